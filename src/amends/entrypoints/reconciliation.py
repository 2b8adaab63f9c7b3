"""Holding our refunds and captures against the providers' own books, both ways.

What a provider says of a refund of ours that we have not heard - its report was lost - is taken
like a report. What is left after that is a difference: it is recorded on the order, whose money it
freezes until a person has decided on it, or until the books agree again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta

from msgspec import Struct

from amends.dispute.judge import OnOrder
from amends.engine.outside import Clock, PaymentProvider
from amends.engine.store import Store
from amends.engine.streams import state_of
from amends.entrypoints.comparison import Comparison, Seen
from amends.entrypoints.service import CaseEngine, CaseRequest, ProviderFor
from amends.entrypoints.webhooks_in.chargebacks import take_chargeback
from amends.entrypoints.webhooks_in.payments import order_of_refund
from amends.kernel.money import Money
from amends.kernel.people import CLOCK, Actor, Role
from amends.order.decide.record_agreement import RecordAgreement
from amends.order.decide.record_difference import RecordDifference
from amends.order.decide.refund_failed import ReportRefundFailed
from amends.order.decide.refund_settled import ReportRefundSettled
from amends.order.state import DifferenceKind, Order

# A capture is told to the simulated provider by a job, a moment after the order was placed.
_SETTLES_WITHIN = timedelta(minutes=15)
# So many commands share a transaction.
_AT_ONCE = 100

Told = RecordDifference | RecordAgreement


class Difference(Struct, frozen=True):
    """Where the two books part, as it is on record with the order. ``about``: our refund, the
    provider's refund where we have none, or the payment. ``ours`` or ``theirs`` is None where that
    side has nothing."""

    id: str
    kind: DifferenceKind
    order: str
    about: str
    ours: Money | None
    theirs: Money | None


class Reconciled(Struct, frozen=True):
    """What was compared. ``heard``: reports that had been lost and are taken now.
    ``not_connected``: orders whose provider cannot be asked. ``differences``: all that are open.
    ``agreed``: differences that are none any more."""

    orders: int
    refunds: int
    heard: int
    not_connected: int
    agreed: int
    differences: tuple[Difference, ...]


def reconcile(
    engine: CaseEngine,
    store: Store,
    provider_for: ProviderFor,
    clock: Clock,
    advance: Callable[[int], None] = lambda _: None,
) -> Reconciled:
    """Compare everything and record what differs; ``advance`` is told of each order and of each
    refund at a provider as it is read.

    Orders go on meanwhile: ours are read first, and what is to be recorded is judged again on the
    order as it is by then. Raises ProviderUnclear when a provider cannot be asked, and what an
    order raises that cannot be written, once all the others are.
    """
    with closing(Comparison()) as books:
        providers = _Providers(provider_for)
        orders = not_connected = 0
        for order in _orders(engine, store):
            book = providers.book_of(order.payment.provider)
            books.put_ours(order, book)
            orders += 1
            not_connected += book is None
            advance(1)
        for book, provider in enumerate(providers.known):
            for capture in provider.captures():
                books.put_their_capture(book, capture)
            for refund in provider.refunds():
                books.put_their_refund(book, refund)
                advance(1)
        books.both_are_there()
        heard = _hear(books, engine) + _hear_banks(engine, store, provider_for, providers.known)
        found = list(_differences(books, engine, clock))
        differences = _record(engine, found)
        agreed = _agree(books, engine, found)
        return Reconciled(orders, books.refunds(), heard, not_connected, agreed, differences)


class _Providers:
    """The providers that orders name, each once."""

    def __init__(self, provider_for: ProviderFor) -> None:
        self._provider_for = provider_for
        self._books: dict[str, int | None] = {}
        self.known: list[PaymentProvider] = []

    def book_of(self, name: str) -> int | None:
        if name not in self._books:
            self._books[name] = self._place(self._provider_for(name))
        return self._books[name]

    def _place(self, provider: PaymentProvider | None) -> int | None:
        if provider is None:
            return None
        if provider not in self.known:
            self.known.append(provider)
        return self.known.index(provider)


def _orders(engine: CaseEngine, store: Store) -> Iterator[Order]:
    """Every order as it stands in the record, by id."""
    after, since = "", engine.clock()
    while names := store.upkeep.orders(after):
        after = names[-1]
        for name, stored in sorted(store.records.load(names, (), since).states.items()):
            case = state_of(engine.domain, store.records, name, stored)
            if case is not None:
                yield case.order


def _hear(books: Comparison, engine: CaseEngine) -> int:
    """Takes what the provider says of our refunds; how many of them it made a difference to."""
    heard = 0
    for lost in books.unheard():
        told = (
            ReportRefundSettled(lost.refund, lost.provider_ref, lost.bank_ref)
            if lost.settled
            else ReportRefundFailed(lost.refund, lost.reason or "failed_at_provider")
        )
        view = engine.view(lost.order)
        if view is None:
            continue
        by = Actor(view.state.order.payment.provider, Role.PROVIDER)
        engine.handle_one(CaseRequest(lost.order, OnOrder(lost.order, told), by))
        now = engine.view(lost.order)
        if now is not None:
            was, after = (v.state.order.refunds[lost.refund] for v in (view, now))
            heard += (was.state, was.bank_reference) != (after.state, after.bank_reference)
            books.heard(lost.refund, after.state, after.traced)
    return heard


def _hear_banks(
    engine: CaseEngine, store: Store, provider_for: ProviderFor, known: Sequence[PaymentProvider]
) -> int:
    """Takes what banks have taken back or decided on; how much of it was news."""
    return sum(
        take_chargeback(engine, store.views, provider_for, provider, chargeback).news
        for provider in known
        for chargeback in provider.chargebacks()
    )


def _differences(books: Comparison, engine: CaseEngine, clock: Clock) -> Iterator[Seen]:
    for seen in books.differences(clock.now() - _SETTLES_WITHIN):
        if seen.kind != "not_recorded" or not _recorded_since(books, engine, seen.about):
            yield seen


def _recorded_since(books: Comparison, engine: CaseEngine, booked: str) -> bool:
    """Whether a provider's refund is of an intent recorded after our side was read."""
    intent = books.intent_of(booked)
    order = order_of_refund(intent)
    view = engine.view(order) if order else None
    return view is not None and intent in view.state.order.refunds


def _record(engine: CaseEngine, found: Sequence[Seen]) -> tuple[Difference, ...]:
    """Puts what was found on record with its orders; all of it that is open there."""
    orders = _tell(
        engine,
        [(s.order, RecordDifference(s.kind, s.about, s.ours, s.theirs)) for s in found],
    )
    return tuple(
        Difference(known.id, seen.kind, seen.order, seen.about, seen.ours, seen.theirs)
        for seen in found
        for known in orders[seen.order].differences.values()
        if known.open and (known.kind, known.about) == (seen.kind, seen.about)
    )


def _agree(books: Comparison, engine: CaseEngine, found: Sequence[Seen]) -> int:
    """Ends the differences that were open and are none any more; how many that were."""
    still = {(seen.order, seen.kind, seen.about) for seen in found}
    gone = [
        (order, RecordAgreement(difference))
        for order, difference, kind, about in books.open_before()
        if (order, kind, about) not in still
    ]
    _tell(engine, gone)
    return len(gone)


def _tell(engine: CaseEngine, told: Sequence[tuple[str, Told]]) -> dict[str, Order]:
    """Gives the commands, many at once; the orders as they are by then. What somebody else decided
    a moment before may be refused. Raises what the first order raised that could not be written."""
    orders: dict[str, Order] = {}
    failed: list[Exception] = []
    for first in range(0, len(told), _AT_ONCE):
        requests = [
            CaseRequest(order, OnOrder(order, command), CLOCK)
            for order, command in told[first : first + _AT_ONCE]
        ]
        for answer in engine.handle(requests):
            if isinstance(answer, Exception):
                failed.append(answer)
            elif answer.state is not None:
                orders[answer.order] = answer.state.order
    if failed:
        raise failed[0]
    return orders
