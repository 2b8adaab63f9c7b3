"""What a seller has at hand: return addresses, replies, their return policy, and how they do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from amends.engine.papers import PaperKind
from amends.entrypoints.records import seller_record
from amends.entrypoints.views.structs import ReturnPolicyView
from amends.entrypoints.web.forms.form import Form
from amends.entrypoints.web.forms.inputs import (
    Choice,
    Input,
    Line,
    OneOf,
    Prose,
    Tick,
    Whole,
    Wrong,
    read_all,
)
from amends.entrypoints.web.forms.posted import Posted
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.records import figures_of
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import Asked, TheForm, TheSite, of_visitor, signed_in
from amends.entrypoints.web.site import NotThere, Site
from amends.entrypoints.web.visitors import Visitor
from amends.kernel.instants import Instant
from amends.kernel.people import Role

ADDRESS = "/shop"
_MOST = 100
_KINDS: tuple[PaperKind, ...] = ("return_address", "reply", "return_policy")


class Kept(Struct, frozen=True):
    """A paper as its page shows it; ``values`` by the names of its inputs."""

    number: int
    at: Instant
    values: dict[str, Any]


def kept(site: Site, person: str, kind: PaperKind) -> tuple[Kept, ...]:
    """All of a kind, the oldest first."""
    found = site.service.store.papers.of(person, kind)
    return tuple(Kept(p.number, p.at, msgspec.json.decode(p.text)) for p in found)


@get(ADDRESS, sync_to_thread=True)
def show_shop(request: Asked, site: TheSite, done: FromQuery[str] = "") -> Response[str]:
    """Everything at a glance."""
    return _shop(site, _seller(signed_in(request, site)), done=done)


@post(f"{ADDRESS}/{{kind:str}}", sync_to_thread=True)
def keep(request: Asked, site: TheSite, sent: TheForm, kind: FromPath[str]) -> Response[Any]:
    """One more address, reply, or version of the return policy."""
    visitor = _seller(of_visitor(request, site, sent))
    of = _known(kind)
    try:
        values = read_all(_inputs(site)[of], sent.texts)
    except Wrong as wrong:
        return _shop(site, visitor, failed=of, posted=sent.texts, errors=wrong.messages, status=422)
    papers, me = site.service.store.papers, visitor.actor.person
    if of != "return_policy" and len(papers.of(me, of)) >= _MOST:
        full = {"": _("There are {most} already. Remove one first.").format(most=_MOST)}
        return _shop(site, visitor, failed=of, posted=sent.texts, errors=full, status=409)
    papers.add(me, of, site.now(), msgspec.json.encode(values).decode())
    return Redirect(f"{ADDRESS}?done={of}#{of}", status_code=303)


@post(f"{ADDRESS}/{{kind:str}}/{{number:int}}/remove", sync_to_thread=True)
def remove(
    request: Asked, site: TheSite, sent: TheForm, kind: FromPath[str], number: FromPath[int]
) -> Response[Any]:
    """Forget an address or a reply; versions of a policy stay, for orders refer to them."""
    visitor = _seller(of_visitor(request, site, sent))
    of = _known(kind)
    if of == "return_policy":
        raise NotThere
    site.service.store.papers.drop(visitor.actor.person, of, number)
    return Redirect(f"{ADDRESS}?done=removed#{of}", status_code=303)


def _seller(visitor: Visitor) -> Visitor:
    if visitor.actor.role is not Role.SELLER:
        raise NotThere
    return visitor


def _known(kind: str) -> PaperKind:
    for known in _KINDS:
        if known == kind:
            return known
    raise NotThere


def _inputs(site: Site) -> dict[PaperKind, tuple[Input, ...]]:
    # An order may be placed under any pack, so the tightest limits hold.
    limits = [terms.limits for terms in site.service.library.all()]
    most_days = min(one.longest_change_of_mind_days for one in limits)
    most_fee = min(one.highest_restocking_fee_percent for one in limits)
    sides = (Choice("buyer", _("The buyer")), Choice("seller", _("I do")))
    address = ("name", "street", "further", "city", "region", "postcode", "country", "phone")
    words = site.api.words
    return {
        "return_address": tuple(
            Line(
                name=part, label=words.field("", part).label,
                required=part in ("name", "street", "city", "country"),
            )
            for part in address
        ),
        "reply": (
            Line(name="title", label=_("What it is for"), required=True, most=80),
            Prose(name="text", label=_("The reply"), required=True, most=5000),
        ),
        "return_policy": (
            Whole(
                name="change_of_mind_days", label=_("Days for a change of mind"), required=True,
                hint=_("0: none. At most {most}.").format(most=most_days),
                least=0, most=most_days,
            ),
            OneOf(
                name="return_postage_paid_by", label=_("Who pays the postage back?"),
                choices=sides, required=True,
            ),
            Whole(
                name="restocking_fee_percent", label=_("Restocking fee, per cent"), required=True,
                hint=_("0: none. At most {most}.").format(
                    most=most_fee
                ),
                least=0, most=most_fee, initial="0",
            ),
            Tick(name="exchange", label=_("Exchange is possible instead")),
        ),
    }  # fmt: skip


def _shop(
    site: Site,
    visitor: Visitor,
    *,
    done: str = "",
    failed: PaperKind | None = None,
    posted: Posted | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response[str]:
    titles: dict[PaperKind, str] = {
        "return_address": _("Keep this address"),
        "reply": _("Keep this reply"),
        "return_policy": _("Make this my policy"),
    }
    said = {
        "return_address": _("The address is kept."),
        "reply": _("The reply is kept."),
        "return_policy": _("That is your policy for orders placed from now on."),
        "removed": _("It was removed."),
    }
    me = visitor.actor.person
    record = seller_record(site.service.store, me, site.now())
    policies = kept(site, me, "return_policy")
    stands = {"return_policy": _typed(policies[-1].values)} if policies else {}
    forms = {
        kind: Form(
            type=kind, title=titles[kind], action=f"{ADDRESS}/{kind}", key="", inputs=inputs,
            posted=posted if posted and kind == failed else stands.get(kind, Posted()),
            errors=errors if errors and kind == failed else {},
        )
        for kind, inputs in _inputs(site).items()
    }  # fmt: skip
    versions = [
        (one, msgspec.convert(_policy(one.values), ReturnPolicyView)) for one in reversed(policies)
    ]
    return page(
        "shop.html",
        visitor,
        now=site.now(),
        here=ADDRESS,
        status=status,
        flash=said.get(done, ""),
        errors=failed is not None,
        failed=forms[failed] if failed else None,
        forms=forms,
        addresses=kept(site, me, "return_address"),
        replies=kept(site, me, "reply"),
        versions=versions,
        record=record,
        figures=figures_of(record),
    )


def _policy(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"restocking_fee_percent": 0, "exchange": False, **values}


def _typed(values: Mapping[str, Any]) -> Posted:
    """What is kept, as it stands in the form that changes it."""
    return Posted({name: [str(value)] for name, value in values.items()})
