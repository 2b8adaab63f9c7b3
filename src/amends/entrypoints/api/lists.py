"""Lists of orders, disputes and refunds: everybody's own, staff's all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from msgspec import UNSET, Struct, UnsetType

from amends.dispute.state import Phase
from amends.entrypoints.api.calls import Call, Problem, Reply, invalid, json_reply, not_one_of
from amends.entrypoints.api.context import Api
from amends.entrypoints.api.paging import Row, Segment, best_listing, page
from amends.entrypoints.views.asking import is_staff
from amends.kernel.deadlines import Turn
from amends.kernel.decision import Refused
from amends.kernel.instants import Instant, from_micros
from amends.kernel.money import Money
from amends.kernel.people import Actor, Role
from amends.kernel.record import Column
from amends.order.state import OrderStatus, RefundState


class OrderItem(Struct, frozen=True):
    """An order in a list; ``disputes`` counts the open ones."""

    id: str
    status: str
    placed_at: Instant
    buyer: str
    seller: str
    purchase: str | None
    captured: Money
    disputes: int
    version: int
    updated_at: Instant


class DisputeItem(Struct, frozen=True):
    """A dispute in a list; ``due_at`` is its next deadline. ``mediator`` is for staff."""

    id: str
    order: str
    phase: str
    turn: str | None
    outcome: str | None
    buyer: str
    seller: str
    reason: str
    remedy: str
    amount: Money
    opened_at: Instant
    due_at: Instant | None
    closed_at: Instant | None
    version: int
    mediator: str | UnsetType | None = UNSET


class RefundItem(Struct, frozen=True):
    """A refund in finance's list; ``since`` when it has been in its state."""

    id: str
    order: str
    dispute: str | None
    amount: Money
    state: str
    since: Instant
    provider: str
    reference: str
    recorded_at: Instant
    settled_at: Instant | None
    arrives_until: Instant | None


def get_orders(api: Api, call: Call) -> Reply:
    """By buyer, seller, status or purchase; newest first."""
    filters = filters_of(
        call, ("buyer", "seller", "status", "purchase"), status=get_args(OrderStatus)
    )
    segments = [listing(api, "orders", own, "placed_at") for own in _own(call.by, filters)]
    return json_reply(page(api.service.store.views, "orders", segments, call, _order))


def get_disputes(api: Api, call: Call) -> Reply:
    """By phase, turn, buyer, seller, order, or for staff by mediator; newest first."""
    # To the parties a filter by what they are not shown would tell it.
    hidden = ("mediator",) if is_staff(call.by) else ()
    filters = filters_of(
        call, ("phase", "turn", "buyer", "seller", *hidden, "order"),
        phase=get_args(Phase), turn=get_args(Turn),
    )  # fmt: skip
    if "order" in filters:
        filters["order_id"] = filters.pop("order")
    segments = [listing(api, "disputes", own, "opened_at") for own in _own(call.by, filters)]

    def show(row: Row) -> DisputeItem:
        return _dispute(row, call.by)

    return json_reply(page(api.service.store.views, "disputes", segments, call, show))


def get_refunds(api: Api, call: Call) -> Reply:
    """By state, order, or the provider's reference; newest first, or (``sort=age``) those that have
    been in their state for longest."""
    filters = filters_of(
        call, ("state", "order", "provider", "reference", "sort"),
        state=get_args(RefundState), sort=("age",),
    )  # fmt: skip
    if "order" in filters:
        filters["order_id"] = filters.pop("order")
    if filters.pop("sort", "") == "age" and filters.keys() == {"state"}:
        segment = Segment(filters, "since")
    else:
        segment = listing(api, "refunds", filters, "recorded_at")
    return json_reply(page(api.service.store.views, "refunds", (segment,), call, refund_item))


def _own(by: Actor, filters: Mapping[str, Column]) -> tuple[dict[str, Column], ...]:
    """What the asker's role may see, each list apart: an officer's own, and appeals in want of one.

    A filter that contradicts it leaves nothing of a list.
    """
    limits: tuple[dict[str, Column], ...]
    match by.role:
        case Role.BUYER | Role.SELLER:
            limits = ({by.role.value: by.person},)
        case Role.MEDIATOR:
            limits = ({"mediator": by.person},)
        case Role.APPEALS:
            limits = ({"officer": None, "phase": "appeal"}, {"officer": by.person})
        case _:
            limits = ({},)
    return tuple(
        {**filters, **limit}
        for limit in limits
        if all(filters.get(name, value) == value for name, value in limit.items())
    )


def filters_of(
    call: Call, allowed: tuple[str, ...], **vocabularies: tuple[str, ...]
) -> dict[str, Column]:
    """The filters of the query. Raises Problem 422 for one that does not exist, and for a value
    that nothing can have: an empty list would look like an answer."""
    extra = sorted(call.query.keys() - {*allowed, "limit", "cursor"})
    if extra:
        facts = {"fields": tuple(extra), "known": allowed}
        refused = Refused("unknown_filter", facts, ("choose_known_filter",), "invalid", extra[0])
        raise Problem(refused, 422)
    filters: dict[str, Column] = {n: value for n, value in call.query.items() if n in allowed}
    for name, value in filters.items():
        if "\x00" in str(value):  # PostgreSQL would not even look for it
            raise invalid("nul_character", {"field": name}, "remove_nul", field=name)
        if str(value) not in vocabularies.get(name, (value,)):
            raise not_one_of(name, str(value), vocabularies[name])
    return filters


def listing(api: Api, table: str, filters: Mapping[str, Column], by: str) -> Segment:
    """The rows of ``table`` that ``filters`` leave, the latest in ``by`` first; of one order, in
    the order in which they came about."""
    by_order = {
        "disputes": "dispute_id", "refunds": "refund_id", "postings": "n",
        "differences": "difference_id",
    }.get(table, by)  # fmt: skip
    if "order_id" in filters:
        also = {name: value for name, value in filters.items() if name != "order_id"}
        return Segment({"order_id": filters["order_id"]}, by_order, also)
    return best_listing(api.service.listings(table, by), filters, f"-{by}")


def _instant(value: Column) -> Instant | None:
    return None if value is None else from_micros(int(value))


def _at(value: Column) -> Instant:
    return from_micros(int(value or 0))


def _text(value: Column) -> str | None:
    return str(value) if value else None


def _money(row: Row, column: str) -> Money:
    return Money(int(row[column] or 0), str(row["currency"]))


def _order(row: Row) -> OrderItem:
    return OrderItem(
        id=str(row["order_id"]),
        status=str(row["status"]),
        placed_at=_at(row["placed_at"]),
        buyer=str(row["buyer"]),
        seller=str(row["seller"]),
        purchase=_text(row["purchase"]),
        captured=_money(row, "captured"),
        disputes=int(row["disputes"] or 0),
        version=int(row["version"] or 0),
        updated_at=_at(row["updated_at"]),
    )


def _dispute(row: Row, by: Actor) -> DisputeItem:
    return DisputeItem(
        id=str(row["dispute_id"]),
        order=str(row["order_id"]),
        phase=str(row["phase"]),
        turn=_text(row["turn"]),
        outcome=_text(row["outcome"]),
        buyer=str(row["buyer"]),
        seller=str(row["seller"]),
        reason=str(row["reason"]),
        remedy=str(row["remedy"]),
        amount=_money(row, "amount"),
        opened_at=_at(row["opened_at"]),
        due_at=_instant(row["due_at"]),
        closed_at=_instant(row["closed_at"]),
        version=int(row["version"] or 0),
        mediator=_text(row["mediator"]) if is_staff(by) else UNSET,
    )


def refund_item(row: Row) -> RefundItem:
    """A row of the list of refunds."""
    return RefundItem(
        id=str(row["refund_id"]),
        order=str(row["order_id"]),
        dispute=_text(row["dispute_id"]),
        amount=_money(row, "amount"),
        state=str(row["state"]),
        since=_at(row["since"]),
        provider=str(row["provider"]),
        reference=str(row["reference"]),
        recorded_at=_at(row["recorded_at"]),
        settled_at=_instant(row["settled_at"]),
        arrives_until=_instant(row["arrives_until"]),
    )
