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
# The accounts a seller is shown of their own orders: the balance, what is held, what was kept.
SELLERS_ACCOUNTS = ("seller", "escrow", "platform_fee")


class Posting(Struct, frozen=True):
    """One posting: ``event`` is the number of the order's event it comes from, ``kind`` that
    event's type, ``seller`` the order's."""

    at: Instant
    order: str
    event: int
    account: str
    amount: int
    currency: str
    kind: str
    seller: str


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
        str(row["kind"]),
        str(row["seller"]),
    )


def postings(views: Views) -> Iterator[Posting]:
    """All of them, the oldest first, a page at a time."""
    yield from _listed(views, {}, "at")


def postings_of_order(views: Views, order: str) -> Iterator[Posting]:
    """One order's, in the order in which they came about."""
    yield from _listed(views, {"order_id": order}, "n")


def postings_of_seller(views: Views, seller: str) -> Iterator[Posting]:
    """Those of a seller's orders, the oldest first."""
    yield from _listed(views, {"seller": seller}, "at")


def postings_of_payment(views: Views, provider: str, reference: str) -> Iterator[Posting]:
    """Those of the orders that share a payment, order by order."""
    for order in orders_of_payment(views, provider, reference):
        yield from postings_of_order(views, order)


def orders_of_payment(views: Views, provider: str, reference: str) -> tuple[str, ...]:
    """The orders that share a payment, the oldest first."""
    payment = {"provider": provider, "reference": reference}
    return tuple(str(r["order_id"]) for r in _rows(views, "orders", payment, "placed_at"))


def trial_balance(
    views: Views, *, order: str | None = None, seller: str | None = None
) -> TrialBalance:
    """What every account comes to over all orders, or those of one seller, or one order; accounts
    that come to nothing included."""
    where: dict[str, Column] = {"order_id": order, "seller": seller}
    where = {name: value for name, value in where.items() if value is not None}
    totals = views.totals("postings", "amount", ("currency", "account"), where)
    return balance_of({(str(cur), str(account)): net for (cur, account), net in totals.items()})


def balance_of_payment(views: Views, provider: str, reference: str) -> TrialBalance:
    """What every account comes to over the orders that share a payment."""
    nets: dict[tuple[str, str], int] = {}
    for entry in postings_of_payment(views, provider, reference):
        key = (entry.currency, entry.account)
        nets[key] = nets.get(key, 0) + entry.amount
    return balance_of(nets)


class SellerBalance(Struct, frozen=True):
    """Where a seller stands in a currency: ``held`` in escrow, and the seller's own ``balance``, of
    which one part is zero: what there is, or what is owed. ``fees``: kept by the platform."""

    currency: str
    held: Money
    balance: Money
    owed: Money
    fees: Money


def seller_balances(views: Views, seller: str) -> tuple[SellerBalance, ...]:
    """A seller's balances, by currency."""
    totals = views.totals("postings", "amount", ("currency", "account"), {"seller": seller})
    currencies = dict.fromkeys(str(currency) for currency, _ in totals)

    def credit(currency: str, account: str) -> int:
        return -totals.get((currency, account), 0)

    def money(currency: str, amount: int) -> Money:
        return Money(max(0, amount), currency)

    return tuple(
        SellerBalance(
            currency,
            held=money(currency, credit(currency, "escrow")),
            balance=money(currency, credit(currency, "seller")),
            owed=money(currency, -credit(currency, "seller")),
            fees=money(currency, credit(currency, "platform_fee")),
        )
        for currency in currencies
    )


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
