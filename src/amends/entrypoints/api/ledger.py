"""The ledger over HTTP: its postings, and what the accounts come to."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from amends.entrypoints.api.calls import Call, Reply, json_reply
from amends.entrypoints.api.context import Api
from amends.entrypoints.api.lists import filters_of, listing
from amends.entrypoints.api.paging import Row, page
from amends.entrypoints.ledger import posting, trial_balance
from amends.kernel.instants import Instant
from amends.kernel.money import Money


class PostingItem(Struct, frozen=True):
    """A posting; ``event`` is the number of the order's event it comes from."""

    at: Instant
    order: str
    event: int
    account: str
    side: Literal["debit", "credit"]
    amount: Money


def get_ledger(api: Api, call: Call) -> Reply:
    """By order (as it came about) or account; else the newest first."""
    filters = filters_of(call, ("order", "account"))
    if "order" in filters:
        filters["order_id"] = filters.pop("order")
    segment = listing(api, "postings", filters, "at")
    return json_reply(page(api.service.store.views, "postings", (segment,), call, _posting))


def get_balance(api: Api, call: Call) -> Reply:
    """Every account's balance over all orders, by currency."""
    filters_of(call, ())
    return json_reply(trial_balance(api.service.store.views))


def _posting(row: Row) -> PostingItem:
    entry = posting(row)
    return PostingItem(
        entry.at,
        entry.order,
        entry.event,
        entry.account,
        "debit" if entry.amount > 0 else "credit",
        Money(abs(entry.amount), entry.currency),
    )
