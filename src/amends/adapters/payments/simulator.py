"""A payment provider to test against: strict, durable, forgetful, and badly behaved on demand.

Strict where a real one is: it never refunds more than was captured, and an idempotency key stands
for one set of parameters. Forgetful where a real one is: keys are gone after 24 hours of its clock,
after which the same key refunds again. It does not compare intents, which are metadata to it.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Literal, cast, get_args

from amends.engine.outside import (
    Behaviour,
    BookedPayments,
    Callback,
    Capture,
    Clock,
    ProviderConflict,
    ProviderRefund,
    ProviderUnclear,
    RefundReply,
)
from amends.kernel.instants import Instant, from_micros, to_micros
from amends.kernel.money import Money

KEYS_REMEMBERED_FOR = timedelta(hours=24)
PENDING_SUCCEEDS_AFTER = timedelta(days=1)
FAILS_AFTER = timedelta(days=2)

State = Literal["pending", "succeeded", "failed"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS capture_share (
  number INTEGER PRIMARY KEY, reference TEXT NOT NULL, share TEXT NOT NULL,
  amount INTEGER NOT NULL, currency TEXT NOT NULL, UNIQUE (reference, share)) STRICT;
CREATE TABLE IF NOT EXISTS refund (
  number INTEGER PRIMARY KEY, reference TEXT NOT NULL, intent TEXT NOT NULL,
  amount INTEGER NOT NULL, currency TEXT NOT NULL, state TEXT NOT NULL,
  becomes TEXT, changes_at INTEGER, delivered INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX IF NOT EXISTS refund_reference ON refund (reference);
CREATE INDEX IF NOT EXISTS refund_intent ON refund (intent);
CREATE INDEX IF NOT EXISTS refund_change ON refund (changes_at)
  WHERE changes_at IS NOT NULL AND delivered = 0;
CREATE TABLE IF NOT EXISTS idempotency_key (
  key TEXT PRIMARY KEY, parameters TEXT NOT NULL, used_at INTEGER NOT NULL,
  state TEXT NOT NULL, id TEXT, code TEXT) STRICT;
CREATE TABLE IF NOT EXISTS behaviour (
  number INTEGER PRIMARY KEY, behaviour TEXT NOT NULL) STRICT;
"""


class PaymentSimulator:
    """A provider in one SQLite file (``:memory:`` for one that is forgotten), on ``clock``.

    May be shared by threads, and the file by processes.
    """

    def __init__(self, path: Path | Literal[":memory:"], clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def book_capture(self, reference: str, amount: Money, share: str = "") -> None:
        """Book a capture, or what ``share`` has in one, in place of what was booked for it before.

        Shares of one reference and currency are one capture.
        """
        with self._transaction() as db:
            db.execute(
                "INSERT INTO capture_share (reference, share, amount, currency) "
                "VALUES (?, ?, ?, ?) ON CONFLICT (reference, share) "
                "DO UPDATE SET amount = excluded.amount, currency = excluded.currency",
                (reference, share, amount.amount, amount.currency),
            )

    def captures(self) -> tuple[Capture, ...]:
        """All captures, in the order they were booked."""
        with self._lock:
            rows = self._db.execute(
                "SELECT reference, sum(amount), currency FROM capture_share "
                "GROUP BY reference, currency ORDER BY min(number)"
            ).fetchall()
        return tuple(Capture(reference, Money(amount, cur)) for reference, amount, cur in rows)

    def set_next(self, behaviours: Sequence[Behaviour]) -> None:
        """What the next calls to ``refund`` meet, one each, repeated calls included.

        After the last it is ``ok`` again. Replaces what was set before. Raises ValueError for an
        unknown behaviour.
        """
        unknown = sorted(set(behaviours) - set(get_args(Behaviour)))
        if unknown:
            raise ValueError(
                f"no such behaviour: {', '.join(unknown)}; "
                f"there are {', '.join(get_args(Behaviour))}"
            )
        with self._transaction() as db:
            db.execute("DELETE FROM behaviour")
            db.executemany(
                "INSERT INTO behaviour (behaviour) VALUES (?)", [(b,) for b in behaviours]
            )

    def refund(
        self, intent: str, reference: str, amount: Money, idempotency_key: str
    ) -> RefundReply:
        """Give ``amount`` of the capture back; see ``PaymentProvider.refund``.

        Declines with the code ``unknown_reference``, ``amount_not_positive``,
        ``currency_mismatch``, ``exceeds_capture`` or, told so, ``declined_by_provider``.
        """
        with self._transaction():
            behaviour = self._next_behaviour()
            if behaviour not in ("timeout", "unavailable"):
                reply = self._answer(intent, reference, amount, idempotency_key, behaviour)
        # Raised only here, so that what was booked and what was used up are kept.
        if behaviour in ("timeout", "timeout_but_done"):
            raise ProviderUnclear("timeout")
        if behaviour == "unavailable":
            raise ProviderUnclear("unavailable")
        return reply

    def _next_behaviour(self) -> Behaviour:
        row = self._db.execute(
            "DELETE FROM behaviour WHERE number = (SELECT min(number) FROM behaviour) "
            "RETURNING behaviour"
        ).fetchone()
        return cast(Behaviour, row[0]) if row else "ok"

    def _answer(
        self, intent: str, reference: str, amount: Money, key: str, behaviour: Behaviour
    ) -> RefundReply:
        now = self._clock.now()
        self._db.execute(
            "DELETE FROM idempotency_key WHERE used_at <= ?",
            (to_micros(now - KEYS_REMEMBERED_FOR),),
        )
        parameters = f"{amount.amount} {amount.currency} {len(intent)} {intent} {reference}"
        known = self._db.execute(
            "SELECT parameters, state, id, code FROM idempotency_key WHERE key = ?", (key,)
        ).fetchone()
        if known:
            if known[0] != parameters:
                raise ProviderConflict("this idempotency key stands for another refund")
            return RefundReply(known[1], known[2], known[3])
        reply = self._book(intent, reference, amount, behaviour, now)
        self._db.execute(
            "INSERT INTO idempotency_key (key, parameters, used_at, state, id, code) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (key, parameters, to_micros(now), reply.state, reply.id, reply.code),
        )
        return reply

    def _book(
        self, intent: str, reference: str, amount: Money, behaviour: Behaviour, now: Instant
    ) -> RefundReply:
        captured = self._captured(reference)
        if not captured:
            return RefundReply("declined", code="unknown_reference")
        if amount.amount < 1:
            return RefundReply("declined", code="amount_not_positive")
        if amount.currency not in captured:
            return RefundReply("declined", code="currency_mismatch")
        standing = self._standing(reference, amount.currency, now)
        if standing + amount.amount > captured[amount.currency]:
            return RefundReply("declined", code="exceeds_capture")
        if behaviour == "decline":
            return RefundReply("declined", code="declined_by_provider")
        state: Literal["succeeded", "pending"] = "succeeded"
        becomes: State | None = None
        changes_at: int | None = None
        if behaviour == "pending":
            state, becomes, changes_at = (
                "pending",
                "succeeded",
                to_micros(now + PENDING_SUCCEEDS_AFTER),
            )
        elif behaviour == "fail_later":
            becomes, changes_at = "failed", to_micros(now + FAILS_AFTER)
        number = self._db.execute(
            "INSERT INTO refund (reference, intent, amount, currency, state, becomes, changes_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING number",
            (reference, intent, amount.amount, amount.currency, state, becomes, changes_at),
        ).fetchone()[0]
        return RefundReply(state, id=_refund_id(number))

    def _captured(self, reference: str) -> dict[str, int]:
        """What was captured under ``reference``, in minor units by currency."""
        rows = self._db.execute(
            "SELECT currency, sum(amount) FROM capture_share WHERE reference = ? GROUP BY currency",
            (reference,),
        ).fetchall()
        return dict(rows)

    def _standing(self, reference: str, currency: str, now: Instant) -> int:
        """What is refunded of this capture or on its way, failed ones left out."""
        row = self._db.execute(
            "SELECT coalesce(sum(amount), 0) FROM refund WHERE reference = ? AND currency = ? "
            "AND NOT (becomes IS 'failed' AND changes_at <= ?)",
            (reference, currency, to_micros(now)),
        ).fetchone()
        return int(row[0])

    def find_refund(self, intent: str) -> ProviderRefund | None:
        """The refund booked for ``intent`` as it stands now; the first that has not failed."""
        booked = self._read("WHERE intent = ?", (intent,))
        standing = [refund for refund in booked if refund.state != "failed"]
        return next(iter(standing or booked), None)

    def refunds(self) -> tuple[ProviderRefund, ...]:
        """All refunds as they stand now, in the order they were booked."""
        return self._read("", ())

    def _read(self, where: str, arguments: tuple[str, ...]) -> tuple[ProviderRefund, ...]:
        now = to_micros(self._clock.now())
        with self._lock:
            rows = self._db.execute(
                "SELECT number, reference, intent, amount, currency, "  # noqa: S608 - a constant
                "CASE WHEN changes_at <= ? THEN becomes ELSE state END "
                f"FROM refund {where} ORDER BY number",
                (now, *arguments),
            ).fetchall()
        return tuple(_refund(row) for row in rows)

    def booked(self) -> BookedPayments:
        """All captures and refunds as they stand now."""
        return BookedPayments(self.captures(), self.refunds())

    def due_callbacks(self, now: Instant) -> tuple[Callback, ...]:
        """Changes that have happened by ``now`` and were not marked delivered, oldest first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT changes_at, number, reference, intent, amount, currency, becomes "
                "FROM refund WHERE changes_at <= ? AND delivered = 0 ORDER BY changes_at, number",
                (to_micros(now),),
            ).fetchall()
        return tuple(
            Callback(f"{_refund_id(row[1])}:{row[6]}", from_micros(row[0]), _refund(row[1:]))
            for row in rows
        )

    def mark_delivered(self, callback: str) -> None:
        """Do not report this change again. Marking twice or an unknown id changes nothing."""
        with self._transaction() as db:
            db.execute(
                "UPDATE refund SET delivered = 1 WHERE changes_at IS NOT NULL AND delivered = 0 "
                "AND 're_' || number || ':' || becomes = ?",
                (callback,),
            )

    def next_change_at(self) -> Instant | None:
        """When the earliest change not yet delivered happens or happened."""
        with self._lock:
            row = self._db.execute(
                "SELECT min(changes_at) FROM refund WHERE changes_at IS NOT NULL AND delivered = 0"
            ).fetchone()
        return None if row[0] is None else from_micros(row[0])


def _refund_id(number: int) -> str:
    return f"re_{number}"


def _refund(row: tuple[int, str, str, int, str, State]) -> ProviderRefund:
    number, reference, intent, amount, currency, state = row
    return ProviderRefund(_refund_id(number), reference, intent, Money(amount, currency), state)
