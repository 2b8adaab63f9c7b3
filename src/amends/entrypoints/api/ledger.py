"""The ledger over HTTP: its postings, and what the accounts come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from amends.entrypoints.api.calls import Call, Reply, invalid, json_reply
from amends.entrypoints.api.context import Api
from amends.entrypoints.api.lists import filters_of, listing
from amends.entrypoints.api.paging import PageView, Row, Segment, page
from amends.entrypoints.ledger import (
    SELLERS_ACCOUNTS,
    balance_of_payment,
    orders_of_payment,
    posting,
    seller_balances,
    trial_balance,
)
from amends.kernel.instants import Instant
from amends.kernel.money import Money
from amends.kernel.record import Column

_WHOSE = ("order", "seller", "provider", "reference")


class PostingItem(Struct, frozen=True):
    """A posting; ``event`` is the number of the order's event it comes from, ``kind`` that event's
    type."""

    at: Instant
    order: str
    event: int
    kind: str
    seller: str
    account: str
    side: Literal["debit", "credit"]
    amount: Money


def get_ledger(api: Api, call: Call) -> Reply:
    """By order or payment (as it came about), seller or account; else the newest first."""
    filters = filters_of(call, (*_WHOSE, "account"))
    views = api.service.store.views
    segments: tuple[Segment, ...]
    if payment := payment_of(filters):
        account = {n: value for n, value in filters.items() if n == "account"}
        orders = orders_of_payment(views, *payment)
        segments = tuple(Segment({"order_id": order}, "n", account) for order in orders)
    else:
        if "order" in filters:
            filters["order_id"] = filters.pop("order")
        segments = (listing(api, "postings", filters, "at"),)
    return json_reply(page(views, "postings", segments, call, _posting))


def get_balance(api: Api, call: Call) -> Reply:
    """Every account's balance by currency: over all orders, or of an order, a seller or a
    payment."""
    filters = filters_of(call, _WHOSE)
    views = api.service.store.views
    if payment := payment_of(filters):
        return json_reply(balance_of_payment(views, *payment))
    order, seller = filters.get("order"), filters.get("seller")
    return json_reply(trial_balance(views, order=_text(order), seller=_text(seller)))


def payment_of(filters: Mapping[str, Column]) -> tuple[str, str] | None:
    """The payment that filters name. Raises Problem 422 when only half of it is there."""
    provider, reference = filters.get("provider"), filters.get("reference")
    if provider is None and reference is None:
        return None
    if provider is None or reference is None:
        missing = "provider" if provider is None else "reference"
        raise invalid("field_missing", {"field": missing}, "add_field", field=missing)
    return str(provider), str(reference)


def _text(value: Column) -> str | None:
    return None if value is None else str(value)


def get_own_balance(api: Api, call: Call) -> Reply:
    """The asking seller's balances, by currency."""
    filters_of(call, ())
    return json_reply(PageView(seller_balances(api.service.store.views, call.by.person), None))


def get_own_statement(api: Api, call: Call) -> Reply:
    """The postings on the asking seller's own accounts, the newest first: the balance's, or those
    of another ``account`` of theirs."""
    filters = filters_of(call, ("account",))
    account = filters.get("account", "seller")
    if account not in SELLERS_ACCOUNTS:
        raise invalid("unknown_account", {"known": SELLERS_ACCOUNTS}, "mend_field", field="account")
    segment = Segment({"seller": call.by.person, "account": account}, "-at")
    return json_reply(page(api.service.store.views, "postings", (segment,), call, _posting))


def _posting(row: Row) -> PostingItem:
    entry = posting(row)
    return PostingItem(
        entry.at,
        entry.order,
        entry.event,
        entry.kind,
        entry.seller,
        entry.account,
        "debit" if entry.amount > 0 else "credit",
        Money(abs(entry.amount), entry.currency),
    )
