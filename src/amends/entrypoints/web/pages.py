"""The order page and the dispute page, for everybody who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Response
from msgspec import Struct

from amends.dispute.state import Dispute
from amends.entrypoints.looking import texts_of_events, waiting_of
from amends.entrypoints.records import seller_record
from amends.entrypoints.support import DESK, log_of
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.dispute import ON_ORDER, dispute_view
from amends.entrypoints.views.guidance import guidance_of
from amends.entrypoints.views.order import order_view
from amends.entrypoints.views.proofs import parcel_view
from amends.entrypoints.views.record import concerns, event_views
from amends.entrypoints.views.structs import (
    DeadlineView,
    MessageView,
    OptionView,
    OrderView,
    ParcelView,
)
from amends.entrypoints.views.texts import Texts
from amends.entrypoints.views.warnings import with_warnings
from amends.entrypoints.web.at_hand import asks_for_address, at_hand
from amends.entrypoints.web.attaching import attachable
from amends.entrypoints.web.carrying_out import after_appeal
from amends.entrypoints.web.commanding import (
    DECISIONS,
    DISPUTE_COMMANDS,
    NOT_BY_FORM,
    ORDER_COMMANDS,
    forms_of,
)
from amends.entrypoints.web.comparing import compared, pays_return_of
from amends.entrypoints.web.delays import delayed
from amends.entrypoints.web.forms.contexts import dispute_context, order_context
from amends.entrypoints.web.forms.form import Form
from amends.entrypoints.web.forms.inputs import Choice
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.live import live_of, scripted
from amends.entrypoints.web.naming import names_of
from amends.entrypoints.web.records import figures_of
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.site import Site, wording_of
from amends.entrypoints.web.story import Told, told
from amends.entrypoints.web.tracking import Way, ways_of
from amends.entrypoints.web.visitors import Visitor
from amends.entrypoints.web.windows import windows_of
from amends.kernel.instants import from_micros
from amends.kernel.people import STAFF, Role
from amends.policy.terms import Terms
from amends.policy.wording import Wording

_ELSEWHERE = {"send_message", "open_dispute", *DECISIONS, *NOT_BY_FORM}


class Acts(Struct, frozen=True):
    """What can be done: one step put forward, others folded in, and what is not possible now."""

    first: Form | None
    others: tuple[Form, ...]
    not_now: tuple[tuple[str, OptionView], ...]


def order_page(
    site: Site,
    visitor: Visitor,
    looking: Looking,
    *,
    failed: Form | None = None,
    upload_fault: str = "",
    status: int = 200,
    done: str = "",
    reply: str = "",
) -> Response[str]:
    """An order with all that belongs to it, and what can be done."""
    order = order_view(looking)
    words, wording = site.api.words, wording_of(site, looking)
    context = order_context(looking, order, wording)
    types = [o.type for o in order.options if o.type not in NOT_BY_FORM]
    action = f"/orders/{order.id}/commands"
    forms = forms_of(
        site, [ORDER_COMMANDS[t] for t in types if t in ORDER_COMMANDS], context, action, None,
        failed,
    )  # fmt: skip
    own = at_hand(site, visitor)
    forms = own.into(forms, address="", reply=reply)
    disputes = [dispute_view(looking, looking.case.disputes[key]) for key in order.disputes]
    reasons = looking.terms.reasons.values()
    is_next = _is_next(order, looking, visitor)
    record = (
        seller_record(site.service.store, order.seller.id, looking.stamp.at)
        if visitor.actor.role is Role.BUYER
        else None
    )
    shown = page(
        "order.html",
        visitor,
        now=looking.stamp.at,
        status=status,
        flash=done_words(site, done),
        errors=failed is not None or bool(upload_fault),
        failed=failed,
        upload_fault=upload_fault,
        key=site.service.new_token(),
        order=order,
        disputes=disputes,
        wording=wording,
        words=words,
        ways=_ways(site, order.id, order.shipments),
        windows=windows_of(
            order, looking.stamp.at, own=visitor.actor.role is Role.BUYER,
            sources=wording if looking.staff else None,
        ),
        delayed=delayed(looking),
        record=record,
        figures=figures_of(record) if record else (),
        attach=attachable(site, looking, disputes),
        mine=is_next,
        messages=with_warnings(looking, messages_of(site, order.id)),
        log=log_of(site.service, looking.case.order, visitor.actor),
        desk=visitor.actor.role in DESK,
        message_form=forms.get("send_message"),
        may_open=_option(order.options, "open_dispute"),
        may_upload=_option(order.options, "upload_evidence"),
        proof_kinds=_proof_kinds(
            [p.code for r in reasons for p in (*r.evidence_from_buyer, *r.evidence_from_seller)
             if not p.on_record], wording,
        ),
        acts=acts_of(site, order.options, forms, mine=is_next, failed=failed),
        titles={line.id: line.title or line.id for line in order.lines},
        live=live_of(looking),
        own=own,
    )  # fmt: skip
    return scripted(shown)


def _ways(site: Site, order: str, parcels: Sequence[ParcelView]) -> tuple[Way, ...]:
    """The parcels' ways; of an order without any, nothing has to be read."""
    if not parcels:
        return ()
    events = site.service.engine.events(order)
    return ways_of(parcels, events, texts_of_events(site.service, order, events))


def dispute_page(
    site: Site,
    visitor: Visitor,
    looking: Looking,
    dispute: Dispute,
    *,
    failed: Form | None = None,
    upload_fault: str = "",
    status: int = 200,
    done: str = "",
    reply: str = "",
    address: str = "",
) -> Response[str]:
    """A dispute: whose turn, until when, what was said, and what can be done; for both sides."""
    shown, order = dispute_view(looking, dispute), order_view(looking)
    wording = wording_of(site, looking)
    context = dispute_context(looking, order, dispute, wording)
    types = {o.type for o in shown.options}
    reason = looking.terms.reasons[dispute.claim.reason]
    forms = forms_of(
        site, [c for t, c in DISPUTE_COMMANDS.items() if t in types], context,
        f"/disputes/{dispute.id}/commands", shown.version, failed,
    )  # fmt: skip
    forms |= forms_of(
        site, [ORDER_COMMANDS[t] for t in ON_ORDER if t in types], context,
        f"/disputes/{dispute.id}/commands", None, failed,
    )  # fmt: skip
    own = at_hand(site, visitor)
    forms = own.into(forms, address=address, reply=reply)
    answer = page(
        "dispute.html",
        visitor,
        now=looking.stamp.at,
        status=status,
        flash=done_words(site, done),
        errors=failed is not None or bool(upload_fault),
        failed=failed,
        upload_fault=upload_fault,
        dispute=shown,
        order=order,
        wording=wording,
        words=site.api.words,
        offers=compared(
            shown.offers, pays_return_of(looking, dispute), looking.terms, wording
        ),
        ways=_ways(site, order.id, _own_parcels(looking, dispute)),
        messages=with_warnings(looking, messages_of(site, order.id)),
        attach=attachable(site, looking, (shown,)),
        yours=is_mine(shown.turn, visitor),
        clock=next_clock(shown.deadlines, shown.turn),
        guidance=guidance_of(looking, dispute),
        acts=acts_of(site, shown.options, forms, mine=is_mine(shown.turn, visitor), failed=failed),
        decides=visitor.actor.role in STAFF,
        key=site.service.new_token(),
        may_add=any(o.type == "add_evidence" and o.allowed for o in shown.options),
        proof_kinds=_proof_kinds(
            [p.code for p in (*reason.evidence_from_buyer, *reason.evidence_from_seller)
             if not p.on_record], wording,
        ),
        story=story_of(site, visitor, looking, dispute, order, wording),
        steps=after_appeal(shown, looking.terms),
        clause_numbers=clause_numbers(looking.terms),
        names=names_of(
            site, (shown.mediator, shown.officer, shown.proposed and shown.proposed.by)
        ),
        titles={line.id: line.title or line.id for line in order.lines},
        waits=None if shown.turn is None else waiting_of(site.service, looking, dispute.id),
        live=live_of(looking),
        own=own,
        asks_for_address=asks_for_address,
    )  # fmt: skip
    return scripted(answer)


def clause_numbers(terms: Terms) -> dict[str, int]:
    """Each clause by where it stands in its pack, to be referred to by people."""
    return {clause: number for number, clause in enumerate(terms.clauses, 1)}


def _own_parcels(looking: Looking, dispute: Dispute) -> tuple[ParcelView, ...]:
    """The return and the replacement."""
    parcels = looking.case.order.parcels
    return tuple(parcel_view(parcel) for parcel in parcels if parcel.dispute == dispute.id)


def _is_next(order: OrderView, looking: Looking, visitor: Visitor) -> bool:
    """Whether the order's next step is this visitor's: sending it, or saying that it came. While a
    dispute is open, that comes first."""
    if any(claim.open for claim in looking.case.order.claims.values()):
        return False
    steps = {Role.SELLER: ("placed", "partly_shipped"), Role.BUYER: ("delivered",)}
    return order.status in steps.get(visitor.actor.role, ())


def is_mine(turn: str | None, visitor: Visitor) -> bool:
    """Whether the step waits for this visitor."""
    return turn is not None and turn == visitor.actor.role.value


def next_clock(clocks: tuple[DeadlineView, ...], turn: str | None) -> DeadlineView | None:
    """The clock on whoever's turn it is; the nearest one otherwise."""
    mine = [clock for clock in clocks if clock.turn == turn]
    return min(mine or clocks, key=lambda clock: clock.at, default=None)


def acts_of(
    site: Site,
    options: tuple[OptionView, ...],
    forms: dict[str, Form],
    *,
    mine: bool,
    failed: Form | None,
) -> Acts:
    """What can be done, by weight; ``mine``: it is the visitor's turn."""
    allowed = [o.type for o in options if o.allowed and o.type in forms]
    allowed = [t for t in allowed if t not in _ELSEWHERE and forms[t].possible]
    words = site.api.words
    by_weight = words.put_forward(allowed)
    # Only on their own turn is a step put forward.
    first = next((t for t in by_weight[:1] if mine and words.command(t).put_forward), None)
    if failed is not None and failed.type not in allowed and failed.type not in _ELSEWHERE:
        # It was possible when the page was shown: what was typed must not vanish with it.
        by_weight.insert(0, failed.type)
    return Acts(
        first=forms[first] if first else None,
        others=tuple(forms[t] for t in by_weight if t != first and t in forms),
        not_now=tuple(
            (words.command(o.type).label, o)
            for o in options
            if not o.allowed and o.type not in NOT_BY_FORM
        ),
    )


def done_words(site: Site, type_: str) -> str:
    """What is said after a command; "" where none was given."""
    return (site.api.words.command(type_).done or _("Done. It is on record.")) if type_ else ""


def _option(options: tuple[OptionView, ...], type_: str) -> OptionView | None:
    return next((o for o in options if o.type == type_), None)


def _proof_kinds(codes: list[str], wording: Wording) -> tuple[Choice, ...]:
    return tuple(Choice(code, wording.proof(code)) for code in dict.fromkeys(codes))


def messages_of(site: Site, order: str) -> tuple[MessageView, ...]:
    """The last hundred messages, oldest first."""
    rows = site.service.store.views.page("messages", {"order_id": order}, order_by="-n", limit=100)
    wanted = {(order, str(row["ref"])) for row in rows.rows}
    found = site.service.store.records.texts(wanted) if wanted else {}
    texts = Texts({ref: text for (_order, ref), text in found.items()})
    return tuple(_message(row, texts) for row in reversed(rows.rows))


def _message(row: dict[str, Any], texts: Texts) -> MessageView:
    return MessageView(
        number=row["n"],
        at=from_micros(row["at"]),
        by=row["by_role"],
        person=row["by_person"],
        text=texts.get(row["ref"]),
        pictures=tuple(str(row["pictures"] or "").split()),
        erased=texts.erased(row["ref"]),
    )


def story_of(
    site: Site, visitor: Visitor, looking: Looking, dispute: Dispute, order: OrderView,
    wording: Wording,
) -> tuple[Told, ...]:  # fmt: skip
    """What happened in the dispute, oldest first, as far as the visitor may know it."""
    events = [
        recorded
        for recorded in site.service.engine.events(order.id)
        if concerns(recorded.event, dispute.id, looking.case)
    ]
    views = event_views(events, visitor.actor, texts_of_events(site.service, order.id, events))
    return tuple(told(view, order.currency, wording) for view in views)
