"""The catalogue of the pages' components, each made by the very macro the pages use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from msgspec import Struct

from amends.entrypoints.views.structs import (
    DeadlineView,
    EvidenceView,
    LineProtectionView,
    LineQuantityView,
    MessageView,
    OfferView,
    ParcelView,
    WhyView,
)
from amends.entrypoints.web.comparing import compared
from amends.entrypoints.web.forms.form import Form
from amends.entrypoints.web.forms.inputs import Choice, Line, OneOf, Prose
from amends.entrypoints.web.forms.posted import Posted
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.protection import protected
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import Asked, TheSite, visitor_of
from amends.entrypoints.web.story import Told
from amends.entrypoints.web.tracking import Passed, Way
from amends.entrypoints.web.windows import window_of
from amends.entrypoints.words.languages import spoken
from amends.kernel.money import Money

ADDRESS = "/design"
_DAY = timedelta(days=1)
_PLACED = datetime(2026, 3, 1, 10, tzinfo=UTC)
_NOW = _PLACED + 15 * _DAY


class _Proof(Struct, frozen=True):
    label: str
    state: str
    needed: bool


@get(ADDRESS, sync_to_thread=True)
def show_design(request: Asked, site: TheSite) -> Response[str]:
    """Every component with an order that never was."""
    library = site.service.library
    terms = library.all()[0]
    wording = library.wording(terms.id, terms.version, spoken())
    return page(
        "design.html",
        visitor_of(request, site),
        now=_NOW,
        cards=[_card(entry) for entry in _entries()],
        clock=DeadlineView(
            what="answer", turn="buyer", at=_NOW + 2 * _DAY,
            then=_("Without an answer the case goes to a mediator."),
            why=_("5 days after Fri 13 Mar 10:00 UTC, when the offer was made"),
            rule="answer", source="",
        ),
        story=(
            Told(_NOW - 4 * _DAY, _("The buyer opened the dispute."), _("It is an S."), False),
            Told(_NOW - 1 * _DAY, _("The seller made an offer."), "", False),
            Told(_NOW, _("The buyer accepted the offer. That is final."), "", True),
        ),
        offers=compared(_offers(), "seller", terms, wording),
        way=_way(),
        titles={"1": _("Blouse")},
        proof=_proof(),
        asked=(
            _Proof(_("a photo of the size chart"), "missing", True),
            _Proof(_("a photo of the whole item"), "added", True),
            _Proof(_("the tracking"), "record", False),
        ),
        messages=(
            _message(1, "buyer", _("Is it an S or an M?")),
            _message(2, "seller", _("The chart says M. We look into it.")),
        ),
        form=_form(),
        wording=wording,
    )  # fmt: skip


@post(ADDRESS, sync_to_thread=False)
def send_nothing() -> Redirect:
    """The form of the catalogue leads back to it."""
    return Redirect(f"{ADDRESS}#form", status_code=303)


def _entries() -> tuple[LineProtectionView, ...]:
    why = (
        WhyView("opens_after_shipment", _("6 days after shipment on 2 March 10:00 UTC"), ""),
        WhyView("closes_after_arrival", _("15 days after delivery on 12 March 10:00 UTC"), ""),
    )

    def entry(since: timedelta | None, until: timedelta | None, **open_: Any) -> LineProtectionView:
        return LineProtectionView(
            line="1", quantity=1, reasons=(), remedies=(), remedies_by_reason={},
            opens_at=_PLACED + since if since else None,
            closes_at=_PLACED + until if until else None,
            why=why if since else (), **open_,
        )  # fmt: skip

    return (
        entry(None, None, open=False),
        entry(7 * _DAY, 26 * _DAY, open=True),
        entry(5 * _DAY, 12 * _DAY, open=False),
    )


def _card(entry: LineProtectionView) -> dict[str, Any]:
    """What a list shows of an order, as far as its card reads it."""
    order = {
        "id": "A-1", "status": "delivered", "placed_at": _PLACED,
        "lines": [{"id": "1", "title": _("Blouse"), "quantity": 1}],
        "payment": {"captured": Money(4800, "EUR")}, "seller": {"id": "s1", "name": "Blouse House"},
    }  # fmt: skip
    return {
        "order": order, "protected": protected(entry, _NOW), "may_open": entry.open,
        "window": window_of(entry, _PLACED, _NOW, own=True, sources=None),
        "open_disputes": (), "mine": False, "unread": 0, "delayed": (),
    }  # fmt: skip


def _offers() -> tuple[OfferView, ...]:
    def offer(id_: str, by: str, remedy: str, amount: int, status: str) -> OfferView:
        return OfferView(
            id=id_, by=by, remedy=remedy, amount=Money(amount, "EUR"), note=None, status=status,
            at=_NOW - _DAY, agreed_by=(), return_postage_paid_by="seller",
        )  # fmt: skip

    return (
        offer("O1", "buyer", "return_and_refund", 4800, "standing"),
        offer("O2", "seller", "refund", 1200, "replaced"),
        offer("O3", "seller", "refund", 2400, "standing"),
    )


def _way() -> Way:
    parcel = ParcelView(
        id="P1", kind="outbound", carrier="DHL", tracking_number="1234567890", check="valid",
        lines=(LineQuantityView("1", 1),), shipped_at=_PLACED + _DAY, status="delivered",
        status_at=_PLACED + 11 * _DAY, delivered_at=_PLACED + 11 * _DAY,
    )  # fmt: skip
    return Way(
        parcel,
        (
            Passed(_PLACED + 11 * _DAY, "delivered", "Leipzig"),
            Passed(_PLACED + 6 * _DAY, "in_transit", "Wien"),
            Passed(_PLACED + _DAY, "sent", ""),
        ),
    )


def _proof() -> EvidenceView:
    return EvidenceView(
        id="E1", by="buyer", kind="photo", media_type="image/svg+xml", digest="", at=_NOW,
        disputes=(), opened=True, relied_on=True, withdrawn=False, url="", name="chart.jpg",
        found=(), removed=(),
    )  # fmt: skip


def _message(number: int, by: str, text: str) -> MessageView:
    return MessageView(number=number, at=_NOW, by=by, person=by, text=text, pictures=())


def _form() -> Form:
    return Form(
        type="sample",
        title=_("Send"),
        action=ADDRESS,
        key="",
        inputs=(
            Line(name="line", label=_("A short text"), hint=_("What it is for."), required=True),
            OneOf(
                name="choice", label=_("A choice"), required=True,
                choices=(Choice("a", _("This")), Choice("b", _("That"), _("With a word more"))),
            ),
            Prose(name="prose", label=_("A long text")),
        ),
        posted=Posted({"choice": ["b"]}),
        errors={"line": _("Answer this: {label}").format(label=_("A short text"))},
    )  # fmt: skip
