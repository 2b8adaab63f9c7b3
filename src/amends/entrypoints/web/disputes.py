"""Disputes: everybody's list in the order they work, one dispute, and its commands."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from msgspec import UNSET, Struct
from msgspec.structs import replace

from amends.dispute.judge import OnDispute, OnOrder
from amends.dispute.state import Dispute, order_of
from amends.dispute.visibility import sees_dispute
from amends.entrypoints.api import lists
from amends.entrypoints.api.calls import Problem
from amends.entrypoints.judging.looking_at import look_at
from amends.entrypoints.judging.queue import WORKS_WITH
from amends.entrypoints.looking import look_over
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.dispute import ON_ORDER, in_dispute
from amends.entrypoints.views.order import order_view
from amends.entrypoints.web.commanding import (
    DECISIONS,
    DISPUTE_COMMANDS,
    ORDER_COMMANDS,
    Target,
    carry_out,
)
from amends.entrypoints.web.forms.contexts import dispute_context
from amends.entrypoints.web.forms.form import Form
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.pages import dispute_page
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import Asked, TheForm, TheSite, of_visitor, signed_in
from amends.entrypoints.web.site import NotThere, Site, call_of, see_dispute, wording_of
from amends.entrypoints.web.visitors import Visitor
from amends.kernel.instants import Instant, from_micros
from amends.kernel.people import Role

_A_PAGE = 25
_DUE_SHOWN = 50
_BY_AMOUNT = "amount"


class Entry(Struct, frozen=True):
    """A dispute in a list: what it is about, whose turn it is, until when."""

    dispute: lists.DisputeItem
    title: str
    reason: str
    mine: bool


class _DisputePage(Struct, frozen=True):
    items: tuple[lists.DisputeItem, ...]
    next: str | None


@get("/disputes", sync_to_thread=True)
def list_disputes(
    request: Asked,
    site: TheSite,
    phase: FromQuery[str] = "",
    cursor: FromQuery[str] = "",
    sort: FromQuery[str] = "",
) -> Response[str]:
    """What waits for the visitor by due time, or by what is disputed (``sort=amount``), then
    everything, newest first."""
    visitor = signed_in(request, site)
    phases = site.api.words.phases
    query = {"limit": str(_A_PAGE)}
    query |= {"phase": phase} if phase in phases else {}
    query |= {"cursor": cursor} if cursor else {}
    try:
        reply = lists.get_disputes(site.api, call_of(visitor.actor, "/disputes", query=query))
    except Problem:
        raise NotThere from None  # a cursor nobody was given
    rows = msgspec.json.decode(reply.body, type=_DisputePage)
    due = [] if cursor or phase else _due(site, visitor)
    entries = _entries(site, visitor, {*due, *(row.id for row in rows.items)})
    return page(
        "disputes.html",
        visitor,
        now=site.now(),
        here="/disputes",
        due=_sorted([entries[d] for d in due if d in entries], sort),
        by_amount=sort == _BY_AMOUNT,
        entries=[entries[row.id] for row in rows.items if row.id in entries],
        next=rows.next,
        phase_asked=phase if phase in phases else "",
        phases=tuple(phases),
    )


def _sorted(entries: list[Entry], sort: str) -> list[Entry]:
    """As they came, or the largest first, each currency by itself."""
    if sort != _BY_AMOUNT:
        return entries
    return sorted(entries, key=lambda e: (e.dispute.amount.currency, -e.dispute.amount.amount))


def _due(site: Site, visitor: Visitor) -> list[str]:
    """The ids of what waits for this visitor, the earliest due first, as many as are shown."""
    views, me = site.service.store.views, visitor.actor
    role = me.role.value
    wheres: tuple[dict[str, str | None], ...]
    match me.role:
        case Role.BUYER | Role.SELLER:
            wheres = ({role: me.person, "turn": role},)
        case Role.MEDIATOR:
            wheres = ({"phase": "mediation", "mediator": me.person},)
        case Role.APPEALS:
            wheres = (
                {"phase": "appeal", "officer": me.person}, {"phase": "appeal", "officer": None},
            )  # fmt: skip
        case Role.SUPERVISOR:
            wheres = ({"turn": "supervisor"}, {"phase": "mediation", "mediator": None})
        case _:
            return []
    rows = [
        row
        for where in wheres
        for row in views.page("disputes", where, order_by="due_at", limit=_DUE_SHOWN).rows
    ]
    rows.sort(key=lambda row: int(row["due_at"] or 0))
    return list(dict.fromkeys(str(row["dispute_id"]) for row in rows[:_DUE_SHOWN]))


def _entries(site: Site, visitor: Visitor, disputes: Collection[str]) -> dict[str, Entry]:
    """The disputes as they stand now: what expired meanwhile shows even before it is recorded."""
    by = visitor.actor
    orders = {order for dispute in disputes if (order := order_of(dispute))}
    return {
        dispute.id: _entry(site, visitor, looking, dispute)
        for looking in look_over(site.service, orders, by, site.api.words).values()
        for dispute in looking.case.disputes.values()
        if dispute.id in disputes and sees_dispute(dispute, by)
    }


def _entry(site: Site, visitor: Visitor, looking: Looking, dispute: Dispute) -> Entry:
    order = looking.case.order
    titles = [looking.texts.entry(order.listing_ref, line, "title") for line in dispute.claim.lines]
    clock = min((d.at for d in dispute.deadlines), default=None)
    item = lists.DisputeItem(
        id=dispute.id, order=order.id, phase=dispute.phase, turn=dispute.turn,
        outcome=dispute.outcome, buyer=order.buyer, seller=order.seller,
        reason=dispute.claim.reason, remedy=dispute.claim.remedy,
        amount=order.money(dispute.claim.amount), opened_at=dispute.opened_at, due_at=clock,
        closed_at=dispute.closed_at, version=dispute.version, mediator=UNSET,
    )  # fmt: skip
    mine = dispute.turn == visitor.actor.role.value
    reason = wording_of(site, looking).reason(dispute.claim.reason)
    return Entry(item, ", ".join(str(t) for t in titles if t) or order.id, reason, mine)


@get("/disputes/{dispute_id:str}", sync_to_thread=True)
def show_dispute(
    request: Asked,
    site: TheSite,
    dispute_id: FromPath[str],
    done: FromQuery[str] = "",
    reply: FromQuery[str] = "",
    address: FromQuery[str] = "",
) -> Response[str]:
    """One dispute; ``reply`` and ``address``: the numbers of a seller's own to begin with."""
    visitor = signed_in(request, site)
    looking, dispute = see_dispute(site, visitor, dispute_id)
    if visitor.actor.role in WORKS_WITH and dispute.phase in ("mediation", "appeal"):
        look_at(site.service.store.leases, dispute_id, visitor.actor.person, site.now())
    return dispute_page(site, visitor, looking, dispute, done=done, reply=reply, address=address)


@post("/disputes/{dispute_id:str}/commands/{type_:str}", sync_to_thread=True)
def command_dispute(
    request: Asked, site: TheSite, sent: TheForm, dispute_id: FromPath[str], type_: FromPath[str]
) -> Response[Any]:
    """A command on the dispute, or one on its order that is offered here."""
    visitor = of_visitor(request, site, sent)
    looking, dispute = see_dispute(site, visitor, dispute_id)
    on_order = type_ in ON_ORDER
    command = (ORDER_COMMANDS if on_order else DISPUTE_COMMANDS).get(type_)
    if command is None or type_ in DECISIONS:
        raise NotThere
    order = looking.case.order.id

    def show(failed: Form, status: int) -> Response[str]:
        # What changed meanwhile is shown, so it is looked at again.
        now, as_it_is = see_dispute(site, visitor, dispute_id)
        seen = replace(failed, version=None if on_order else as_it_is.version)
        return dispute_page(site, visitor, now, as_it_is, failed=seen, status=status)

    target = Target(
        looking=looking,
        context=dispute_context(looking, order_view(looking), dispute, wording_of(site, looking)),
        wrap=(lambda c: OnOrder(order, in_dispute(c, dispute_id)))
        if on_order
        else (lambda c: OnDispute(order, dispute_id, c)),
        action=f"/disputes/{dispute_id}/commands/{type_}",
        back=f"/disputes/{dispute_id}",
        version=None if on_order else dispute.version,
    )
    return carry_out(site, visitor, command, target, sent.texts, show)


class Notice(Struct, frozen=True):
    """Something the visitor was told."""

    at: Instant
    subject: str
    text: str
    href: str
    due: Instant | None


class Told(Struct, frozen=True):
    """What somebody was told, a page of it; ``older`` leads to the next one."""

    heading: str
    notices: tuple[Notice, ...]
    older: str


@get("/notices", sync_to_thread=True)
def list_notices(
    request: Asked, site: TheSite, cursor: FromQuery[str] = "", shared: FromQuery[str] = ""
) -> Response[str]:
    """What the visitor was told, newest first; for staff also what their role was told, which is
    turned over by itself (``shared``)."""
    visitor = signed_in(request, site)
    me = visitor.actor
    lists_ = [_told(site, visitor, me.person, "cursor", cursor, "")]
    if me.role not in (Role.BUYER, Role.SELLER, Role.MEDIATOR):
        lists_[0] = _told(site, visitor, me.person, "cursor", cursor, _("To you"))
        everybody = _("To everybody who works as {role}").format(
            role=site.api.words.role(me.role.value)
        )
        lists_.append(_told(site, visitor, "", "shared", shared, everybody))
    return page("notices.html", visitor, now=site.now(), here="/notices", lists=lists_)


def _told(site: Site, visitor: Visitor, person: str, name: str, cursor: str, heading: str) -> Told:
    found = site.service.store.views.page(
        "notices", {"person": person, "role": visitor.actor.role.value}, order_by="-at",
        after=cursor or None, limit=_A_PAGE,
    )  # fmt: skip
    orders = {str(row["order_id"]) for row in found.rows}
    seen = look_over(site.service, orders, visitor.actor)
    shown = tuple(_notice(site, row) for row in found.rows if row["order_id"] in seen)
    older = f"/notices?{urlencode({name: found.next})}" if found.next else ""
    return Told(heading, shown, older)


def _notice(site: Site, row: dict[str, Any]) -> Notice:
    words = site.api.words.event(row["kind"])
    dispute, order = row["dispute_id"], row["order_id"]
    return Notice(
        at=from_micros(row["at"]),
        subject=words.subject.format(order=order, dispute=dispute),
        text=words.notice.format(order=order, dispute=dispute),
        href=f"/disputes/{dispute}" if dispute else f"/orders/{row['order_id']}",
        due=from_micros(row["due_at"]) if row["due_at"] is not None else None,
    )
