"""The ledger as finance reads it: postings, statements, and the trial balance.

A posting's amount is positive for a debit and negative for a credit, in minor units.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from amends.engine.store import Views
from amends.kernel.instants import Instant, from_micros
from amends.kernel.money import Money, decimals
from amends.kernel.record import Column

_AT_ONCE = 500


class Posting(Struct, frozen=True):
    """One posting: ``event`` is the number of the order's event it comes from."""

    at: Instant
    order: str
    event: int
    account: str
    amount: int
    currency: str


class AccountBalance(Struct, frozen=True):
    """What an account comes to: one of the two sides is zero."""

    account: str
    debit: Money
    credit: Money


class CurrencyBalance(Struct, frozen=True):
    """A currency's accounts and the sums of their sides, which have to be equal."""

    currency: str
    accounts: tuple[AccountBalance, ...]
    debit: Money
    credit: Money
    balanced: bool


class TrialBalance(Struct, frozen=True):
    """Every account's balance, by currency."""

    currencies: tuple[CurrencyBalance, ...]


def posting(row: Mapping[str, Column]) -> Posting:
    """A row of the ledger's list."""
    return Posting(
        from_micros(int(row["at"] or 0)),
        str(row["order_id"]),
        int(row["n"] or 0),
        str(row["account"]),
        int(row["amount"] or 0),
        str(row["currency"]),
    )


def postings(views: Views) -> Iterator[Posting]:
    """All of them, the oldest first, a page at a time."""
    yield from _listed(views, {}, "at")


def postings_of_order(views: Views, order: str) -> Iterator[Posting]:
    """One order's, in the order in which they came about."""
    yield from _listed(views, {"order_id": order}, "n")


def postings_of_seller(views: Views, seller: str) -> Iterator[Posting]:
    """Those of a seller's orders, order by order, the oldest order first."""
    for row in _rows(views, "orders", {"seller": seller}, "placed_at"):
        yield from postings_of_order(views, str(row["order_id"]))


def trial_balance(views: Views) -> TrialBalance:
    """What every account comes to over all orders, accounts that come to nothing included."""
    totals = views.totals("postings", "amount", ("currency", "account"))
    return balance_of({(str(cur), str(account)): net for (cur, account), net in totals.items()})


def balance_of(nets: Mapping[tuple[str, str], int]) -> TrialBalance:
    """The balance that sums by currency and account come to."""
    by_currency: dict[str, dict[str, int]] = {}
    for (currency, account), net in sorted(nets.items()):
        by_currency.setdefault(currency, {})[account] = net
    return TrialBalance(tuple(_balance(*entry) for entry in by_currency.items()))


def in_units(amount: int, currency: str) -> str:
    """``-80050`` of RUB is ``-800.50``: exact, with the currency's own number of decimals."""
    places = decimals(currency)
    sign, digits = "-" if amount < 0 else "", str(abs(amount)).rjust(places + 1, "0")
    if not places:
        return f"{sign}{digits}"
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def _balance(currency: str, nets: Mapping[str, int]) -> CurrencyBalance:
    debit = sum(net for net in nets.values() if net > 0)
    credit = -sum(net for net in nets.values() if net < 0)
    return CurrencyBalance(
        currency,
        tuple(
            AccountBalance(account, Money(max(net, 0), currency), Money(max(-net, 0), currency))
            for account, net in nets.items()
        ),
        Money(debit, currency),
        Money(credit, currency),
        debit == credit,
    )


def _listed(views: Views, where: Mapping[str, Column], by: str) -> Iterator[Posting]:
    for row in _rows(views, "postings", where, by):
        yield posting(row)


def _rows(
    views: Views, table: str, where: Mapping[str, Column], by: str
) -> Iterator[Mapping[str, Column]]:
    after: str | None = None
    while True:
        page = views.page(table, where, order_by=by, after=after, limit=_AT_ONCE)
        yield from page.rows
        after = page.next
        if after is None:
            return
