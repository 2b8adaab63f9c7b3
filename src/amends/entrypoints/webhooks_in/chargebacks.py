"""A chargeback of a payment as commands, one for each order that was paid with it.

What the bank took is split in proportion to what each order has of the payment and no bank has
taken yet, by largest remainder, the first among equals by the orders' ids. What goes beyond all of
them is of things we know nothing of.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from amends.dispute.case import CaseEvent
from amends.dispute.judge import OnOrder
from amends.engine.outside import PaymentProvider, ProviderChargeback
from amends.engine.store import Views
from amends.entrypoints.service import CaseEngine, CaseRequest, CaseView, ProviderFor
from amends.kernel.decision import Accepted, Refused
from amends.kernel.money import allocate
from amends.kernel.people import Actor, Role
from amends.kernel.record import Column
from amends.order.decide.record_chargeback import RecordChargeback
from amends.order.decide.record_chargeback_outcome import RecordChargebackOutcome
from amends.order.state import Order

Told = RecordChargeback | RecordChargebackOutcome

# Orders name the provider; on a sandbox the simulated one stands for all of them.
_NAMES = ("simulator", "stripe")


class Taken(Struct, frozen=True):
    """The orders a chargeback is on record with now, the rule by which one did not take it, and
    whether any of it was news."""

    orders: tuple[str, ...]
    refused: str = ""
    news: bool = False


def paid_with(
    engine: CaseEngine,
    views: Views,
    provider_for: ProviderFor,
    provider: PaymentProvider,
    reference: str,
) -> Iterator[CaseView]:
    """The orders paid at ``provider`` under ``reference``, by their ids."""
    names = [name for name in _NAMES if provider_for(name) is provider]
    paid = (row for name in names for row in _rows(views, name, reference))
    for order in sorted(str(row["order_id"]) for row in paid):
        view = engine.view(order)
        if view is not None:
            yield view


def _rows(views: Views, provider: str, reference: str) -> Iterator[dict[str, Column]]:
    after = None
    while True:
        where = {"provider": provider, "reference": reference}
        page = views.page("orders", where, order_by="placed_at", after=after, limit=100)
        yield from page.rows
        if page.next is None:
            return
        after = page.next


def take_chargeback(
    engine: CaseEngine,
    views: Views,
    provider_for: ProviderFor,
    provider: PaymentProvider,
    chargeback: ProviderChargeback,
) -> Taken:
    """Put on record what the bank took and what it decided, with every order that is concerned.

    Asked again, also after it stopped half-way, it comes to the same. What came and went before
    anybody heard of it leaves nothing to record. Raises ProviderUnclear.
    """

    def orders() -> list[Order]:
        found = paid_with(engine, views, provider_for, provider, chargeback.reference)
        paid = (view.state.order for view in found)
        return [order for order in paid if order.currency == chargeback.amount.currency]

    known = orders()
    if chargeback.state == "won" and not any(chargeback.id in o.chargebacks for o in known):
        return Taken(())
    news = _catch_up(engine, provider, known, chargeback.id)
    known = orders() if news else known
    taken: list[str] = []
    for order, share in zip(known, shares(known, chargeback), strict=True):
        if not share:
            continue
        told: list[Told] = [
            RecordChargeback(chargeback.id, order.money(share), chargeback.evidence_until)
        ]
        if chargeback.state != "open":
            told.append(RecordChargebackOutcome(chargeback.id, chargeback.state))
        for command in told:
            outcome = _tell(engine, order, command)
            if isinstance(outcome, Refused):
                return Taken(tuple(taken), outcome.rule, news)
            news = news or bool(outcome.events)
        taken.append(order.id)
    return Taken(tuple(taken), news=news)


def _catch_up(engine: CaseEngine, provider: PaymentProvider, orders: list[Order], but: str) -> bool:
    """Hear what became of the payment's other chargebacks, whose reports may have been lost: money
    a bank has given back it can take once more. Whether any of it was news."""
    news = False
    for order in orders:
        for other in order.chargebacks.values():
            if other.outcome or other.id == but:
                continue
            now = provider.find_chargeback(other.id)
            if now is not None and now.state != "open":
                outcome = _tell(engine, order, RecordChargebackOutcome(other.id, now.state))
                news = news or not isinstance(outcome, Refused)
    return news


def shares(orders: list[Order], chargeback: ProviderChargeback) -> list[int]:
    """What of the chargeback falls to each order, in minor units."""
    known = [order.chargebacks.get(chargeback.id) for order in orders]
    rest = chargeback.amount.amount - sum(share.amount for share in known if share)
    left = [
        0 if share else max(0, order.captured - order.taken_by_bank)
        for order, share in zip(orders, known, strict=True)
    ]
    split = iter(allocate(min(max(rest, 0), sum(left)), left) if orders else [])
    return [share.amount if share else part for share, part in zip(known, split, strict=True)]


def _tell(engine: CaseEngine, order: Order, told: Told) -> Accepted[CaseEvent] | Refused:
    by = Actor(order.payment.provider, Role.PROVIDER)
    return engine.handle_one(CaseRequest(order.id, OnOrder(order.id, told), by)).outcome
