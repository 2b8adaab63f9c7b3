"""Two sets of books side by side in a temporary database, and where they part.

Both sides are streamed in, so that how many refunds there are matters to the disk only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from msgspec import Struct

from amends.engine.outside import Capture, ProviderRefund
from amends.kernel.instants import Instant, to_micros
from amends.kernel.money import Money
from amends.order.state import DifferenceKind, Order

_SCHEMA = """
CREATE TABLE capture (book INTEGER, reference TEXT, ours INTEGER, currency TEXT,
  order_id TEXT, changed_at INTEGER);
CREATE TABLE refund (id TEXT PRIMARY KEY, order_id TEXT, book INTEGER, reference TEXT,
  amount INTEGER, currency TEXT, state TEXT, traced TEXT, provider_ref TEXT, bank_ref TEXT,
  counted INTEGER) WITHOUT ROWID;
CREATE TABLE difference (id TEXT PRIMARY KEY, order_id TEXT, book INTEGER, kind TEXT, about TEXT,
  ours INTEGER, theirs INTEGER, resolution TEXT) WITHOUT ROWID;
CREATE TABLE their_capture (book INTEGER, reference TEXT, amount INTEGER, currency TEXT);
CREATE TABLE their_refund (book INTEGER, id TEXT, reference TEXT, intent TEXT, amount INTEGER,
  currency TEXT, state TEXT, reason TEXT, bank_ref TEXT);
"""
_INDEXES = """
CREATE INDEX capture_reference ON capture (book, reference);
CREATE INDEX refund_counted ON refund (book, provider_ref) WHERE counted;
CREATE INDEX difference_about ON difference (book, about);
CREATE INDEX their_capture_reference ON their_capture (book, reference);
CREATE INDEX their_refund_intent ON their_refund (book, intent);
"""
# What somebody counted as a refund of ours stands for it from then on.
_NAMED = """
UPDATE their_refund SET intent = (SELECT r.id FROM refund r
  WHERE r.book = their_refund.book AND r.counted AND r.provider_ref = their_refund.id)
 WHERE EXISTS (SELECT 1 FROM refund r
  WHERE r.book = their_refund.book AND r.counted AND r.provider_ref = their_refund.id)"""
_UNHEARD = """
SELECT r.id, r.order_id, t.id, t.state, t.reason, t.bank_ref FROM refund r
  JOIN their_refund t ON t.book = r.book AND t.intent = r.id
 WHERE t.state = 'succeeded' AND (r.state <> 'settled' OR t.bank_ref NOT IN ('', r.bank_ref))
    OR t.state = 'failed' AND r.state NOT IN ('failed', 'reversed')
       AND NOT EXISTS (SELECT 1 FROM their_refund o
                        WHERE o.book = t.book AND o.intent = t.intent AND o.state <> 'failed')
 ORDER BY r.id"""
# Each answers order, what it is about, our amount, theirs, our currency, theirs. A person's word on
# a refund (``traced``) stands where the provider says something else. What is about a payment as a
# whole is told of each order that shares it, unless one of them has decided on it.
_DIFFERENCES: dict[DifferenceKind, str] = {
    "not_at_provider": """
SELECT r.order_id, r.id, r.amount, NULL, r.currency, r.currency FROM refund r
 WHERE r.book IS NOT NULL AND r.state IN ('settled', 'pending') AND r.traced = '' AND NOT EXISTS
       (SELECT 1 FROM their_refund t
         WHERE t.book = r.book AND t.intent = r.id AND t.state <> 'failed')
 ORDER BY r.id""",
    "not_recorded": """
SELECT DISTINCT c.order_id, t.id, NULL, t.amount, c.currency, t.currency FROM their_refund t
  JOIN capture c ON c.book = t.book AND c.reference = t.reference
 WHERE t.state <> 'failed' AND t.intent NOT IN (SELECT id FROM refund) AND NOT EXISTS
       (SELECT 1 FROM difference d WHERE d.book = t.book AND d.about = t.id
           AND d.kind = 'not_recorded' AND d.theirs = t.amount
           AND d.resolution NOT IN ('', 'books_agree'))
 ORDER BY t.id, c.order_id""",
    "other_amount": """
SELECT r.order_id, r.id, r.amount, t.amount, r.currency, t.currency FROM refund r
  JOIN their_refund t ON t.book = r.book AND t.intent = r.id AND t.state <> 'failed'
 WHERE (t.amount, t.currency, t.reference) <> (r.amount, r.currency, r.reference)
 ORDER BY r.id""",
    "booked_twice": """
SELECT r.order_id, r.id, r.amount, sum(t.amount), r.currency, r.currency FROM refund r
  JOIN their_refund t ON t.book = r.book AND t.intent = r.id AND t.state <> 'failed'
 GROUP BY r.id HAVING count(*) > 1 ORDER BY r.id""",
    "not_settled_here": """
SELECT r.order_id, r.id, r.amount, t.amount, r.currency, t.currency FROM refund r
  JOIN their_refund t ON t.book = r.book AND t.intent = r.id AND t.state = 'succeeded'
 WHERE r.state <> 'settled' AND r.traced = '' ORDER BY r.id""",
    "captured_less": """
WITH less AS (
SELECT c.book, c.reference, c.currency, sum(c.ours) AS ours,
       coalesce((SELECT sum(t.amount) FROM their_capture t WHERE t.book = c.book
                 AND t.reference = c.reference AND t.currency = c.currency), 0) AS theirs
  FROM capture c WHERE c.book IS NOT NULL GROUP BY c.book, c.reference, c.currency
HAVING sum(c.ours) > theirs AND max(c.changed_at) <= :settled)
SELECT c.order_id, l.reference, l.ours, l.theirs, l.currency, l.currency FROM less l
  JOIN capture c ON (c.book, c.reference, c.currency) = (l.book, l.reference, l.currency)
 WHERE NOT EXISTS
       (SELECT 1 FROM difference d WHERE d.book = l.book AND d.about = l.reference
           AND d.kind = 'captured_less' AND (d.ours, d.theirs) = (l.ours, l.theirs)
           AND d.resolution NOT IN ('', 'books_agree'))
 ORDER BY l.reference, c.order_id""",
}
_OPEN = (
    "SELECT order_id, id, kind, about FROM difference WHERE resolution = '' AND book IS NOT NULL"
)


class Unheard(Struct, frozen=True):
    """What the provider says of a refund of ours, and we do not know. ``bank_ref``: by what the
    buyer's bank finds it, "" when that is not known."""

    refund: str
    order: str
    provider_ref: str
    settled: bool
    reason: str
    bank_ref: str


class Seen(Struct, frozen=True):
    """Where the two books part, as an order's differences are recorded."""

    order: str
    kind: DifferenceKind
    about: str
    ours: Money | None
    theirs: Money | None


class Comparison:
    """Ours and the providers', by the number of each provider's book; None: it cannot be asked."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Forget it all."""
        self._db.close()

    def put_ours(self, order: Order, book: int | None) -> None:
        """What we have of an order's payment."""
        paid = order.payment
        self._db.execute(
            "INSERT INTO capture VALUES (?, ?, ?, ?, ?, ?)",
            (book, paid.reference, order.captured, order.currency, order.id,
             to_micros(order.changed_at)),
        )  # fmt: skip
        self._db.executemany(
            "INSERT OR REPLACE INTO refund VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (r.id, order.id, book, paid.reference, r.amount, order.currency, r.state, r.traced,
                 r.provider_reference, r.bank_reference, bool(r.difference))
                for r in order.refunds.values()
            ),
        )  # fmt: skip
        self._db.executemany(
            "INSERT OR REPLACE INTO difference VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (d.id, order.id, book, d.kind, d.about, d.ours, d.theirs, d.resolution)
                for d in order.differences.values()
            ),
        )

    def put_their_capture(self, book: int, capture: Capture) -> None:
        """A capture of the provider's."""
        self._db.execute(
            "INSERT INTO their_capture VALUES (?, ?, ?, ?)",
            (book, capture.reference, capture.amount.amount, capture.amount.currency),
        )

    def put_their_refund(self, book: int, refund: ProviderRefund) -> None:
        """A refund of the provider's."""
        state = refund.state if refund.stands else "failed"
        self._db.execute(
            "INSERT INTO their_refund VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (book, refund.id, refund.reference, refund.intent, refund.amount.amount,
             refund.amount.currency, state, refund.reason, refund.bank_ref),
        )  # fmt: skip

    def both_are_there(self) -> None:
        """Nothing more is put in; what follows asks."""
        self._db.executescript(_INDEXES)
        self._db.execute(_NAMED)

    def refunds(self) -> int:
        """How many of ours there are."""
        (count,) = self._db.execute("SELECT count(*) FROM refund").fetchone()
        return int(count)

    def unheard(self) -> list[Unheard]:
        """What reports that were lost would have said."""
        return [
            Unheard(refund, order, theirs, state == "succeeded", reason, bank_ref)
            for refund, order, theirs, state, reason, bank_ref in self._db.execute(_UNHEARD)
        ]

    def heard(self, refund: str, state: str, traced: str) -> None:
        """What a refund of ours is by now."""
        self._db.execute(
            "UPDATE refund SET state = ?, traced = ? WHERE id = ?", (state, traced, refund)
        )

    def differences(self, changed_before: Instant) -> Iterator[Seen]:
        """Where the books part. Captures are compared for orders that last changed by then."""
        for kind, query in _DIFFERENCES.items():
            names = {"settled": to_micros(changed_before)} if ":settled" in query else {}
            for order, about, ours, theirs, currency, theirs_in in self._db.execute(query, names):
                yield Seen(
                    order,
                    kind,
                    about,
                    None if ours is None else Money(ours, currency),
                    None if theirs is None else Money(theirs, theirs_in),
                )

    def intent_of(self, booked: str) -> str:
        """The intent a provider's refund names."""
        (intent,) = self._db.execute(
            "SELECT intent FROM their_refund WHERE id = ?", (booked,)
        ).fetchone()
        return str(intent)

    def open_before(self) -> list[tuple[str, str, str, str]]:
        """Order, id, kind and subject of each difference that was open when we were read."""
        return list(self._db.execute(_OPEN))
