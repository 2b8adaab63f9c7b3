"""Orders: the list, one order, its commands, messages and files, and opening a dispute."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.judge import OnOrder
from amends.entrypoints.api import evidence, lists
from amends.entrypoints.api.calls import Problem
from amends.entrypoints.looking import look, look_over
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.order import order_view
from amends.entrypoints.views.structs import OrderView
from amends.entrypoints.web.commanding import (
    NOT_BY_FORM,
    ORDER_COMMANDS,
    Target,
    carry_out,
)
from amends.entrypoints.web.delays import Delayed, delayed
from amends.entrypoints.web.forms.contexts import order_context
from amends.entrypoints.web.forms.form import Form
from amends.entrypoints.web.pages import dispute_page, order_page
from amends.entrypoints.web.protection import Protected, protection_in_short
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import (
    LARGEST_FORM,
    Asked,
    TheForm,
    TheSite,
    of_visitor,
    signed_in,
)
from amends.entrypoints.web.searching import orders_with
from amends.entrypoints.web.site import NotThere, Site, call_of, see_dispute, see_order, wording_of
from amends.entrypoints.web.uploading import not_taken, take_upload
from amends.entrypoints.web.windows import Window, windows_of
from amends.kernel.people import Role

_A_PAGE = 20


class Entry(Struct, frozen=True):
    """An order in the list, with what can be done next."""

    order: OrderView
    protected: Protected | None
    window: Window | None
    may_open: bool
    open_disputes: tuple[str, ...]
    mine: bool
    unread: int
    delayed: tuple[Delayed, ...]


class _OrderPage(Struct, frozen=True):
    items: tuple[lists.OrderItem, ...]
    next: str | None


@get("/orders", sync_to_thread=True)
def list_orders(
    request: Asked,
    site: TheSite,
    status: FromQuery[str] = "",
    cursor: FromQuery[str] = "",
    find: FromQuery[str] = "",
) -> Response[Any]:
    """Newest first, by status; ``find`` leads to one order by its id, or shows a party's orders of
    things called so."""
    visitor = signed_in(request, site)
    if visitor.actor.role in (Role.MEDIATOR, Role.APPEALS):
        raise NotThere
    found = find.strip()
    if found and look(site.service, found, visitor.actor) is not None:
        return Redirect(f"/orders/{found}", status_code=303)
    statuses = site.api.words.statuses
    query = {"limit": str(_A_PAGE)}
    query |= {"status": status} if status in statuses else {}
    query |= {"cursor": cursor} if cursor else {}
    try:
        reply = lists.get_orders(site.api, call_of(visitor.actor, "/orders", query=query))
    except Problem:
        raise NotThere from None  # a cursor nobody was given
    rows = msgspec.json.decode(reply.body, type=_OrderPage)
    party = visitor.actor.role in (Role.BUYER, Role.SELLER)
    called = orders_with(site, visitor, found, _A_PAGE) if found and party else []
    ids = called or [row.id for row in rows.items]
    seen = look_over(site.service, ids, visitor.actor, site.api.words)
    read = site.service.store.access.read_marks(visitor.actor.person, ids)
    return page(
        "orders.html",
        visitor,
        now=site.now(),
        here="/orders",
        entries=[_entry(seen[id_], read.get(id_, 0)) for id_ in ids if id_ in seen],
        next=None if called else rows.next,
        status_asked=status if status in statuses else "",
        statuses=tuple(statuses),
        sought=found,
        found=bool(called),
        by_item=party,
    )


def _entry(looking: Looking, read: int) -> Entry:
    """``read``: how many messages of the thread the visitor has seen."""
    order = order_view(looking)
    may_open = any(o.type == "open_dispute" and o.allowed for o in order.options)
    claims = looking.case.order.claims
    open_ones = tuple(key for key in order.disputes if key in claims and claims[key].open)
    protected = protection_in_short(order, looking.stamp.at)
    bars = windows_of(order, looking.stamp.at, own=looking.by.role is Role.BUYER)
    window = next((bar for bar in bars if protected and bar.line == protected.line), None)
    mine = any(looking.case.disputes[key].turn == looking.by.role for key in open_ones)
    unread = max(order.messages - read, 0) if looking.by.role in (Role.BUYER, Role.SELLER) else 0
    return Entry(order, protected, window, may_open, open_ones, mine, unread, delayed(looking))


@get("/orders/{order_id:str}", sync_to_thread=True)
def show_order(
    request: Asked,
    site: TheSite,
    order_id: FromPath[str],
    done: FromQuery[str] = "",
    reply: FromQuery[str] = "",
) -> Response[str]:
    """One order; ``reply``: the number of a saved reply to begin a message with."""
    visitor = signed_in(request, site)
    looking = see_order(site, visitor, order_id)
    me, access = visitor.actor.person, site.service.store.access
    written = looking.case.order.thread.count
    # Most looks find nothing new to read, and a mark is a write to the disk.
    if written > access.read_marks(me, (order_id,)).get(order_id, 0):
        access.mark_read(me, order_id, written)
    return order_page(site, visitor, looking, done=done, reply=reply)


@post("/orders/{order_id:str}/commands/{type_:str}", sync_to_thread=True)
def command_order(
    request: Asked, site: TheSite, sent: TheForm, order_id: FromPath[str], type_: FromPath[str]
) -> Response[Any]:
    """A command on the order."""
    visitor = of_visitor(request, site, sent)
    looking = see_order(site, visitor, order_id)
    command = ORDER_COMMANDS.get(type_)
    if command is None or command is OpenDispute or type_ in NOT_BY_FORM:
        raise NotThere

    def show(failed: Form, status: int) -> Response[str]:
        return order_page(site, visitor, looking, failed=failed, status=status)

    target = _target(site, looking, f"/orders/{order_id}/commands/{type_}", f"/orders/{order_id}")
    return carry_out(site, visitor, command, target, sent.texts, show)


def _target(site: Site, looking: Looking, action: str, back: str) -> Target:
    order = looking.case.order.id
    context = order_context(looking, order_view(looking), wording_of(site, looking))
    return Target(looking, context, lambda c: OnOrder(order, c), action, back, version=None)


@post(
    "/orders/{order_id:str}/evidence",
    sync_to_thread=True,
    request_max_body_size=LARGEST_FORM,
)
def upload(request: Asked, site: TheSite, sent: TheForm, order_id: FromPath[str]) -> Response[Any]:
    """Put a file on record with the order, and to a dispute when the form says so."""
    visitor = of_visitor(request, site, sent)
    looking = see_order(site, visitor, order_id)
    dispute = sent.texts.one("dispute")
    try:
        take_upload(site, visitor, order_id, sent)
    except Problem as problem:
        if problem.refused.kind == "unknown":
            raise NotThere from None
        fault = not_taken(site, problem)
        if dispute:
            looking, found = see_dispute(site, visitor, dispute)
            return dispute_page(
                site, visitor, looking, found, upload_fault=fault, status=problem.status
            )
        return order_page(site, visitor, looking, upload_fault=fault, status=problem.status)
    back = f"/disputes/{dispute}" if dispute else f"/orders/{order_id}"
    return Redirect(f"{back}?done=upload_evidence", status_code=303)


@get("/orders/{order_id:str}/evidence/{evidence_id:str}", sync_to_thread=True)
def show_file(
    request: Asked, site: TheSite, order_id: FromPath[str], evidence_id: FromPath[str]
) -> Response[bytes]:
    """The file itself; it can show, never act."""
    visitor = signed_in(request, site)
    see_order(site, visitor, order_id)
    path = {"order_id": order_id, "evidence_id": evidence_id}
    route = "/orders/{order_id}/evidence/{evidence_id}"
    try:
        reply = evidence.get_evidence(site.api, call_of(visitor.actor, route, path))
    except Problem:
        raise NotThere from None
    return Response(reply.body, media_type=reply.media_type, headers=dict(reply.headers))
