"""The simulated provider's books, in one SQLite file: captures, refunds, chargebacks, reports."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from amends.engine.outside import Capture, ProviderChargeback, ProviderRefund
from amends.engine.simulated import Reporting
from amends.kernel.instants import Instant, from_micros, to_micros
from amends.kernel.money import Money

RefundState = Literal["pending", "requires_action", "succeeded", "failed", "canceled"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS capture_share (
  number INTEGER PRIMARY KEY, reference TEXT NOT NULL, share TEXT NOT NULL,
  amount INTEGER NOT NULL, currency TEXT NOT NULL, UNIQUE (reference, share)) STRICT;
CREATE TABLE IF NOT EXISTS refund (
  number INTEGER PRIMARY KEY, reference TEXT NOT NULL, intent TEXT NOT NULL,
  amount INTEGER NOT NULL, currency TEXT NOT NULL, booked_at INTEGER NOT NULL,
  state TEXT NOT NULL, becomes TEXT, changes_at INTEGER, reason TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS refund_reference ON refund (reference);
CREATE INDEX IF NOT EXISTS refund_intent ON refund (intent);
CREATE TABLE IF NOT EXISTS chargeback (
  number INTEGER PRIMARY KEY, reference TEXT NOT NULL, amount INTEGER NOT NULL,
  currency TEXT NOT NULL, opened_at INTEGER NOT NULL, evidence_until INTEGER NOT NULL,
  state TEXT NOT NULL, evidence TEXT) STRICT;
CREATE INDEX IF NOT EXISTS chargeback_reference ON chargeback (reference);
CREATE TABLE IF NOT EXISTS report (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, due INTEGER NOT NULL,
  times INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS report_due ON report (due);
CREATE TABLE IF NOT EXISTS idempotency_key (
  key TEXT PRIMARY KEY, parameters TEXT NOT NULL, used_at INTEGER NOT NULL,
  state TEXT NOT NULL, id TEXT, code TEXT) STRICT;
CREATE TABLE IF NOT EXISTS behaviour (
  number INTEGER PRIMARY KEY, behaviour TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
"""
_REFUND = """SELECT number, reference, intent, amount, currency, booked_at, state, becomes,
  changes_at, reason FROM refund"""
_CHARGEBACK = """SELECT number, reference, amount, currency, state, evidence_until,
  evidence IS NOT NULL FROM chargeback WHERE opened_at <= ?"""
# As long as card networks take to give a refund its number.
_BANK_KNOWS_AFTER = 24 * 60 * 60 * 1_000_000


class Change(Struct, frozen=True):
    """What a refund becomes, when, and why."""

    state: RefundState
    at: Instant
    reason: str = ""


class Report(Struct, frozen=True):
    """A change to be reported; ``times``: how often still."""

    id: str
    at: Instant
    times: int
    body: bytes


class SimulatedBooks:
    """One SQLite file (``:memory:`` for one that is forgotten), for threads and processes alike.

    What changes it belongs in a ``transaction``; all that stands at an instant is read with it.
    """

    def __init__(self, path: Path | Literal[":memory:"], *, synced: bool = True) -> None:
        """``synced``: what was booked survives a power cut."""
        self._lock = threading.RLock()
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute(f"PRAGMA synchronous={'FULL' if synced else 'OFF'}")
        self.db.executescript(_SCHEMA)

    def close(self) -> None:
        """Let go of the file, once whoever is at it has finished."""
        with self._lock:
            self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing."""
        with self._lock:
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise

    # --- what stands ------------------------------------------------------------------------------

    def captures(self) -> tuple[Capture, ...]:
        """All captures, in the order they were booked; shares of a reference are one."""
        rows = self._all(
            "SELECT reference, sum(amount), currency FROM capture_share "
            "GROUP BY reference, currency ORDER BY min(number)"
        )
        return tuple(Capture(reference, Money(amount, cur)) for reference, amount, cur in rows)

    def captured(self, reference: str) -> dict[str, int]:
        """What was captured under ``reference``, in minor units by currency."""
        query = (
            "SELECT currency, sum(amount) FROM capture_share WHERE reference = ? GROUP BY currency"
        )
        return dict(self._all(query, reference))

    def refunds(
        self, now: Instant, *, intent: str | None = None, reference: str | None = None
    ) -> tuple[ProviderRefund, ...]:
        """Refunds in the order they were booked, of one intent or capture where it is named."""
        named = {"intent": intent, "reference": reference}
        wanted = {name: value for name, value in named.items() if value is not None}
        where = " AND ".join(f"{name} = ?" for name in wanted) or "true"
        rows = self._all(f"{_REFUND} WHERE {where} ORDER BY number", *wanted.values())
        return tuple(_refund(to_micros(now), *row) for row in rows)

    def chargebacks(self, now: Instant) -> tuple[ProviderChargeback, ...]:
        """All chargebacks a bank has opened, in that order."""
        rows = self._all(f"{_CHARGEBACK} ORDER BY number", to_micros(now))
        return tuple(_chargeback(*row) for row in rows)

    def gone(self, reference: str, currency: str, now: Instant) -> int:
        """What of a capture is refunded, on its way, or taken by a bank."""
        refunds = self.refunds(now, reference=reference)
        taken = [c for c in self.chargebacks(now) if c.reference == reference and c.state != "won"]
        amounts = [r.amount for r in refunds if r.stands] + [c.amount for c in taken]
        return sum(amount.amount for amount in amounts if amount.currency == currency)

    # --- what happens, within a transaction -------------------------------------------------------

    def add_refund(
        self,
        intent: str,
        reference: str,
        amount: Money,
        state: RefundState,
        now: Instant,
        change: Change | None = None,
    ) -> ProviderRefund:
        """Book a refund; that, and what it becomes, will be reported."""
        becomes, changes_at, reason = None, None, ""
        if change is not None:
            becomes, changes_at, reason = change.state, to_micros(change.at), change.reason
        (number,) = self.db.execute(
            "INSERT INTO refund (reference, intent, amount, currency, booked_at, state, becomes,"
            " changes_at, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
            (reference, intent, amount.amount, amount.currency, to_micros(now), state, becomes,
             changes_at, reason),
        ).fetchone()  # fmt: skip
        booked = ProviderRefund(f"re_{number}", reference, intent, amount, state)
        self._report(booked, now)
        if change is not None:
            self._report_change(booked, change)
        return booked

    def change_refund(self, refund: ProviderRefund, change: Change) -> None:
        """Let a refund become something else than it would have."""
        number = int(refund.id.removeprefix("re_"))
        self.db.execute(
            "UPDATE refund SET state = ?, becomes = ?, changes_at = ?, reason = ? WHERE number = ?",
            (refund.state, change.state, to_micros(change.at), change.reason, number),
        )
        self.db.execute(
            "DELETE FROM report WHERE id LIKE ? AND at > ?",
            (f"{refund.id}:%", to_micros(change.at)),
        )
        self._report_change(refund, change)

    def add_chargeback(
        self, reference: str, amount: Money, at: Instant, evidence_until: Instant
    ) -> ProviderChargeback:
        """A bank takes ``amount`` back at ``at``, which may be still to come."""
        row = self.db.execute(
            "INSERT INTO chargeback (reference, amount, currency, opened_at, evidence_until, state)"
            " VALUES (?, ?, ?, ?, ?, 'open')"
            " RETURNING number, reference, amount, currency, state, evidence_until, 0",
            (reference, amount.amount, amount.currency, to_micros(at), to_micros(evidence_until)),
        ).fetchone()
        opened = _chargeback(*row)
        self._report(opened, at)
        return opened

    def evidence(self, chargeback: str) -> str | None:
        """What was handed over. Raises LookupError for a chargeback that is not there."""
        number = int(chargeback.removeprefix("cb_"))
        rows = self._all("SELECT evidence FROM chargeback WHERE number = ?", number)
        if not rows:
            raise LookupError(chargeback)
        return None if rows[0][0] is None else str(rows[0][0])

    def hand_over(self, chargeback: str, evidence: str) -> None:
        """Keep our side of a chargeback; what was handed over first stands."""
        with self.transaction() as db:
            db.execute(
                "UPDATE chargeback SET evidence = coalesce(evidence, ?) WHERE number = ?",
                (evidence, int(chargeback.removeprefix("cb_"))),
            )

    def decide(self, id_: str, outcome: Literal["won", "lost"], now: Instant) -> ProviderChargeback:
        """The bank's decision. Raises ValueError unless there is an open one of that id."""
        found = next((c for c in self.chargebacks(now) if c.id == id_ and c.state == "open"), None)
        if found is None:
            raise ValueError(f"there is no open chargeback {id_}")
        number = int(id_.removeprefix("cb_"))
        self.db.execute("UPDATE chargeback SET state = ? WHERE number = ?", (outcome, number))
        decided = msgspec.structs.replace(found, state=outcome)
        self._report(decided, now)
        return decided

    # --- reports ----------------------------------------------------------------------------------

    def _report_change(self, refund: ProviderRefund, change: Change) -> None:
        changed = msgspec.structs.replace(refund, state=change.state, reason=change.reason)
        self._report(changed, change.at)

    def _report(self, about: ProviderRefund | ProviderChargeback, at: Instant) -> None:
        how = self.reporting()
        if not how.times:
            return
        what = "refund" if isinstance(about, ProviderRefund) else "chargeback"
        id_ = f"{about.id}:{about.state}"
        body = {"id": id_, "type": f"{what}.{about.state}", "at": at, what: about}
        self.db.execute(
            "INSERT INTO report (id, at, due, times, body) VALUES (?, ?, ?, ?, ?)",
            (id_, to_micros(at), to_micros(at + how.late), how.times,
             msgspec.json.encode(body).decode()),
        )  # fmt: skip

    def reports(self, until: Instant) -> list[Report]:
        """What is to be reported by then, oldest first."""
        rows = self._all(
            "SELECT id, at, times, body FROM report WHERE due <= ? ORDER BY at, number",
            to_micros(until),
        )
        return [_report(*row) for row in rows]

    def reports_about(self, id_: str, until: Instant) -> list[Report]:
        """What has happened to a refund or chargeback by then and is still to be reported."""
        rows = self._all(
            "SELECT id, at, times, body FROM report WHERE id LIKE ? AND at <= ? ORDER BY number",
            f"{id_}:%", to_micros(until),
        )  # fmt: skip
        return [_report(*row) for row in rows]

    def delivered(self, report: str) -> None:
        """It was reported as often as it is to be."""
        with self.transaction() as db:
            db.execute("DELETE FROM report WHERE id = ?", (report,))

    def next_report_at(self) -> Instant | None:
        """When the earliest report is due or was."""
        ((due,),) = self._all("SELECT min(due) FROM report")
        return None if due is None else from_micros(due)

    def reporting(self) -> Reporting:
        """How what is booked is reported."""
        kept = self.setting("reporting")
        return Reporting() if kept is None else msgspec.json.decode(kept, type=Reporting)

    # --- settings ---------------------------------------------------------------------------------

    def setting(self, name: str) -> str | None:
        """A named value, or None."""
        rows = self._all("SELECT value FROM setting WHERE name = ?", name)
        return rows[0][0] if rows else None

    def put(self, name: str, value: str, *, once: bool = False) -> None:
        """Set it; ``once``: unless it is there."""
        what = "IGNORE" if once else "REPLACE"
        with self.transaction() as db:
            db.execute(f"INSERT OR {what} INTO setting VALUES (?, ?)", (name, value))  # noqa: S608

    def _all(self, query: str, *values: str | int) -> list[Any]:
        with self._lock:
            return self.db.execute(query, values).fetchall()


def _report(id_: str, at: int, times: int, body: str) -> Report:
    return Report(id_, from_micros(at), times, body.encode())


def _refund(
    now: int,
    number: int,
    reference: str,
    intent: str,
    amount: int,
    currency: str,
    booked_at: int,
    state: RefundState,
    becomes: RefundState | None,
    changes_at: int | None,
    reason: str,
) -> ProviderRefund:
    booked = Money(amount, currency)
    if becomes is None or changes_at is None or changes_at > now:
        becomes, reason = state, ""
    known_to_bank = becomes == "succeeded" and now >= booked_at + _BANK_KNOWS_AFTER
    bank_ref = f"74{number:021}" if known_to_bank else ""
    return ProviderRefund(f"re_{number}", reference, intent, booked, becomes, reason, bank_ref)


def _chargeback(
    number: int,
    reference: str,
    amount: int,
    currency: str,
    state: Literal["open", "won", "lost"],
    evidence_until: int,
    answered: int,
) -> ProviderChargeback:
    return ProviderChargeback(
        f"cb_{number}",
        reference,
        Money(amount, currency),
        state,
        from_micros(evidence_until),
        bool(answered),
    )
