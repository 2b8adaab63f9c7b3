"""Holding our refunds and captures against the providers' own books, both ways.

Both sides are streamed into a temporary database and compared there, so that how many there are
matters to the disk only. What a provider says of a refund of ours that we have not heard - its
report was lost - is taken like a report. What is left after that is a difference, for a person.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Literal

from msgspec import MsgspecError, Struct

from amends.dispute.judge import OnOrder
from amends.engine.outside import Clock, PaymentProvider
from amends.engine.store import Store
from amends.entrypoints.service import CaseEngine, CaseRequest, ProviderFor
from amends.entrypoints.webhooks_in.payments import order_of_refund
from amends.kernel.instants import to_micros
from amends.kernel.money import Money
from amends.kernel.people import Actor, Role
from amends.order.decide.refund_failed import ReportRefundFailed
from amends.order.decide.refund_settled import ReportRefundSettled
from amends.order.state import Order

Kind = Literal[
    "not_at_provider", "not_recorded", "other_amount", "booked_twice", "not_settled_here",
    "captured_less",
]  # fmt: skip
# A capture is told to the simulated provider by a job, a moment after the order was placed.
_SETTLES_WITHIN = timedelta(minutes=15)
_SCHEMA = """
CREATE TABLE capture (book INTEGER, reference TEXT, ours INTEGER, currency TEXT,
  order_id TEXT, changed_at INTEGER);
CREATE TABLE refund (id TEXT PRIMARY KEY, order_id TEXT, book INTEGER, reference TEXT,
  amount INTEGER, currency TEXT, state TEXT, traced TEXT) WITHOUT ROWID;
CREATE TABLE their_capture (book INTEGER, reference TEXT, amount INTEGER, currency TEXT);
CREATE TABLE their_refund (book INTEGER, id TEXT, reference TEXT, intent TEXT, amount INTEGER,
  currency TEXT, state TEXT);
"""
_INDEXES = """
CREATE INDEX capture_reference ON capture (book, reference);
CREATE INDEX their_capture_reference ON their_capture (book, reference);
CREATE INDEX their_refund_intent ON their_refund (book, intent);
"""
_UNHEARD = """
SELECT r.id, r.order_id, t.id, t.state FROM refund r
  JOIN their_refund t ON t.book = r.book AND t.intent = r.id
 WHERE t.state = 'succeeded' AND r.state <> 'settled'
    OR t.state = 'failed' AND r.state IN ('recorded', 'unknown', 'settled')
       AND NOT EXISTS (SELECT 1 FROM their_refund o
                        WHERE o.book = t.book AND o.intent = t.intent AND o.state <> 'failed')
 ORDER BY r.id"""
# Each answers order, what it is about, our amount, theirs, currency. A person's word on a refund
# (``traced``) stands where the provider says something else.
_DIFFERENCES: dict[Kind, str] = {
    "not_at_provider": """
SELECT r.order_id, r.id, r.amount, NULL, r.currency FROM refund r
 WHERE r.book IS NOT NULL AND r.state = 'settled' AND r.traced = '' AND NOT EXISTS
       (SELECT 1 FROM their_refund t
         WHERE t.book = r.book AND t.intent = r.id AND t.state <> 'failed')
 ORDER BY r.id""",
    "not_recorded": """
SELECT min(c.order_id), t.id, NULL, t.amount, t.currency FROM their_refund t
  JOIN capture c ON c.book = t.book AND c.reference = t.reference
 WHERE t.state <> 'failed' AND t.intent NOT IN (SELECT id FROM refund)
 GROUP BY t.book, t.id ORDER BY t.id""",
    "other_amount": """
SELECT r.order_id, r.id, r.amount, t.amount, t.currency FROM refund r
  JOIN their_refund t ON t.book = r.book AND t.intent = r.id AND t.state <> 'failed'
 WHERE (t.amount, t.currency, t.reference) <> (r.amount, r.currency, r.reference)
 ORDER BY r.id""",
    "booked_twice": """
SELECT r.order_id, r.id, r.amount, sum(t.amount), r.currency FROM refund r
  JOIN their_refund t ON t.book = r.book AND t.intent = r.id AND t.state <> 'failed'
 GROUP BY r.id HAVING count(*) > 1 ORDER BY r.id""",
    "not_settled_here": """
SELECT r.order_id, r.id, r.amount, t.amount, r.currency FROM refund r
  JOIN their_refund t ON t.book = r.book AND t.intent = r.id AND t.state = 'succeeded'
 WHERE r.state <> 'settled' AND r.traced = '' ORDER BY r.id""",
    "captured_less": """
SELECT min(c.order_id), c.reference, sum(c.ours),
       coalesce((SELECT sum(t.amount) FROM their_capture t WHERE t.book = c.book
                 AND t.reference = c.reference AND t.currency = c.currency), 0) AS theirs,
       c.currency
  FROM capture c WHERE c.book IS NOT NULL GROUP BY c.book, c.reference, c.currency
HAVING sum(c.ours) > theirs AND max(c.changed_at) <= :settled ORDER BY c.reference""",
}


class Difference(Struct, frozen=True):
    """Where the two books part. ``about``: our refund, the provider's refund where we have none, or
    the payment. ``ours`` or ``theirs`` is None where that side has nothing."""

    kind: Kind
    order: str
    about: str
    ours: Money | None
    theirs: Money | None


class Reconciled(Struct, frozen=True):
    """What was compared. ``heard``: reports that had been lost and are taken now.
    ``not_connected``: orders whose provider cannot be asked."""

    orders: int
    refunds: int
    heard: int
    not_connected: int
    differences: tuple[Difference, ...]


def reconcile(
    engine: CaseEngine,
    store: Store,
    provider_for: ProviderFor,
    clock: Clock,
    advance: Callable[[int], None] = lambda _: None,
) -> Reconciled:
    """Compare everything; ``advance`` is told of each step's orders.

    Orders go on meanwhile: ours are read first, and what seems unknown to us is looked up again.
    Raises ProviderUnclear when a provider cannot be asked.
    """
    with closing(sqlite3.connect("")) as db:
        db.executescript(_SCHEMA)
        books = _Books(provider_for)
        orders = not_connected = 0
        for order in _orders(engine, store):
            book = books.of(order.payment.provider)
            _put(db, order, book)
            orders += 1
            not_connected += book is None
            advance(1)
        for book, provider in enumerate(books.providers):
            _put_theirs(db, book, provider)
        db.executescript(_INDEXES)
        heard = _hear(db, engine)
        (refunds,) = db.execute("SELECT count(*) FROM refund").fetchone()
        found = tuple(_differences(db, engine, to_micros(clock.now() - _SETTLES_WITHIN)))
    return Reconciled(orders, refunds, heard, not_connected, found)


class _Books:
    """The providers that orders name, each once."""

    def __init__(self, provider_for: ProviderFor) -> None:
        self._provider_for = provider_for
        self._known: dict[str, int | None] = {}
        self.providers: list[PaymentProvider] = []

    def of(self, name: str) -> int | None:
        if name not in self._known:
            self._known[name] = self._place(self._provider_for(name))
        return self._known[name]

    def _place(self, provider: PaymentProvider | None) -> int | None:
        if provider is None:
            return None
        if provider not in self.providers:
            self.providers.append(provider)
        return self.providers.index(provider)


def _orders(engine: CaseEngine, store: Store) -> Iterator[Order]:
    """Every order as it stands in the record, by id."""
    after, since = "", engine.clock()
    while names := store.upkeep.orders(after):
        after = names[-1]
        for name, stored in sorted(store.records.load(names, (), since).states.items()):
            try:
                yield engine.domain.decode_state(stored.state).order
            except MsgspecError:  # another version of the code wrote it
                view = engine.view(name)
                if view is not None:
                    yield view.state.order


def _put(db: sqlite3.Connection, order: Order, book: int | None) -> None:
    paid = order.payment
    db.execute(
        "INSERT INTO capture VALUES (?, ?, ?, ?, ?, ?)",
        (book, paid.reference, order.captured, order.currency, order.id,
         to_micros(order.changed_at)),
    )  # fmt: skip
    db.executemany(
        "INSERT OR REPLACE INTO refund VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (r.id, order.id, book, paid.reference, r.amount, order.currency, r.state, r.traced)
            for r in order.refunds.values()
        ),
    )


def _put_theirs(db: sqlite3.Connection, book: int, provider: PaymentProvider) -> None:
    db.executemany(
        "INSERT INTO their_capture VALUES (?, ?, ?, ?)",
        ((book, c.reference, c.amount.amount, c.amount.currency) for c in provider.captures()),
    )
    db.executemany(
        "INSERT INTO their_refund VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (
                book,
                r.id,
                r.reference,
                r.intent,
                r.amount.amount,
                r.amount.currency,
                r.state if r.stands else "failed",
            )
            for r in provider.refunds()
        ),
    )


def _hear(db: sqlite3.Connection, engine: CaseEngine) -> int:
    """Takes what the provider says of our refunds; how many of them it made a difference to."""
    heard = 0
    for refund, order, theirs, state in db.execute(_UNHEARD).fetchall():
        told = (
            ReportRefundSettled(refund, theirs)
            if state == "succeeded"
            else ReportRefundFailed(refund, "failed_at_provider")
        )
        view = engine.view(order)
        if view is None:
            continue
        by = Actor(view.state.order.payment.provider, Role.PROVIDER)
        engine.handle_one(CaseRequest(order, OnOrder(order, told), by))
        now = engine.view(order)
        if now is not None:
            was, after = view.state.order.refunds[refund], now.state.order.refunds[refund]
            heard += was.state != after.state
            db.execute(
                "UPDATE refund SET state = ?, traced = ? WHERE id = ?",
                (after.state, after.traced, refund),
            )
    return heard


def _differences(db: sqlite3.Connection, engine: CaseEngine, settled: int) -> Iterator[Difference]:
    for kind, query in _DIFFERENCES.items():
        names = {"settled": settled} if ":settled" in query else {}
        for order, about, ours, theirs, currency in db.execute(query, names):
            if kind == "not_recorded" and _recorded_since(db, engine, about):
                continue
            yield Difference(
                kind,
                order,
                about,
                None if ours is None else Money(ours, currency),
                None if theirs is None else Money(theirs, currency),
            )


def _recorded_since(db: sqlite3.Connection, engine: CaseEngine, booked: str) -> bool:
    """Whether a provider's refund is of an intent recorded after our side was read."""
    (intent,) = db.execute("SELECT intent FROM their_refund WHERE id = ?", (booked,)).fetchone()
    order = order_of_refund(intent)
    view = engine.view(order) if order else None
    return view is not None and intent in view.state.order.refunds
