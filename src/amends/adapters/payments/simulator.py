"""A payment provider to test against: strict, durable, forgetful, and badly behaved on demand.

Strict where a real one is: it never refunds more than was captured and a bank has left, and an
idempotency key stands for one set of parameters. Forgetful where a real one is: keys are gone after
24 hours of its clock, after which the same key refunds again. It does not compare intents, which
are metadata to it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Literal, cast, get_args

import msgspec

from amends.adapters.payments.simulated_books import Change, RefundState, SimulatedBooks
from amends.engine.callbacks import About, AboutChargeback, AboutRefund, Heard, NotGenuine
from amends.engine.outside import (
    Capture,
    Clock,
    ProviderChargeback,
    ProviderConflict,
    ProviderRefund,
    ProviderUnclear,
    RefundReply,
)
from amends.engine.simulated import Behaviour, BookedPayments, Reporting, SignedReport
from amends.kernel.instants import Instant, to_micros
from amends.kernel.money import Money

KEYS_REMEMBERED_FOR = timedelta(hours=24)
PENDING_SUCCEEDS_AFTER = timedelta(days=1)
BUYER_ACTS_AFTER = timedelta(days=3)
FAILS_AFTER = timedelta(days=2)
BANK_STEPS_IN_AFTER = timedelta(hours=1)
EVIDENCE_WITHIN = timedelta(days=10)
SIGNATURE = "simulator-signature"
_SECRET = "secret"  # noqa: S105 - the name it is kept under

# What a booked refund starts as and becomes, after how long and why.
_COURSES: dict[Behaviour, tuple[RefundState, RefundState, timedelta, str]] = {
    "pending": ("pending", "succeeded", PENDING_SUCCEEDS_AFTER, ""),
    "requires_action": ("requires_action", "succeeded", BUYER_ACTS_AFTER, ""),
    "canceled": ("pending", "canceled", PENDING_SUCCEEDS_AFTER, "canceled_at_provider"),
    "fail_later": ("succeeded", "failed", FAILS_AFTER, "failed_at_provider"),
    "closed_account": ("pending", "failed", FAILS_AFTER, "closed_account"),
    "chargeback": ("pending", "failed", BANK_STEPS_IN_AFTER, "charge_disputed"),
}
_DECLINES: dict[Behaviour, str] = {
    "decline": "declined_by_provider",
    "expired_card": "expired_card",
    "empty_balance": "balance_insufficient",
}


def _nobody_listens(_headers: Mapping[str, str], _body: bytes) -> None:
    """Where reports go that come before an answer, unless somebody listens."""


class PaymentSimulator:
    """A provider in one SQLite file (``:memory:`` for one that is forgotten), on ``clock``.

    May be shared by threads, and the file by processes. ``listener`` is given a report that comes
    before the answer to the call it is about.
    """

    def __init__(
        self, path: Path | Literal[":memory:"], clock: Clock, *, synced: bool = True
    ) -> None:
        """``synced``: what was booked survives a power cut."""
        self._clock = clock
        self._books = SimulatedBooks(path, synced=synced)
        self._books.put(_SECRET, secrets.token_hex(32), once=True)
        self.listener: Callable[[Mapping[str, str], bytes], None] = _nobody_listens

    def close(self) -> None:
        """Let go of the file."""
        self._books.close()

    # --- what it is told --------------------------------------------------------------------------

    def book_capture(self, reference: str, amount: Money, share: str = "") -> None:
        """Book a capture, or what ``share`` has in one, in place of what was booked for it before.

        Shares of one reference and currency are one capture.
        """
        with self._books.transaction() as db:
            db.execute(
                "INSERT INTO capture_share (reference, share, amount, currency) "
                "VALUES (?, ?, ?, ?) ON CONFLICT (reference, share) "
                "DO UPDATE SET amount = excluded.amount, currency = excluded.currency",
                (reference, share, amount.amount, amount.currency),
            )

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
        with self._books.transaction() as db:
            db.execute("DELETE FROM behaviour")
            db.executemany(
                "INSERT INTO behaviour (behaviour) VALUES (?)", [(b,) for b in behaviours]
            )

    def set_reporting(self, reporting: Reporting) -> None:
        """How what is booked from now on is reported."""
        self._books.put("reporting", msgspec.json.encode(reporting).decode())

    def open_chargeback(self, reference: str, amount: Money | None = None) -> ProviderChargeback:
        """The payer's bank takes ``amount`` back, all that it has left when none is named; what is
        on its way to the payer fails.

        Raises ValueError when the capture does not hold that much any more.
        """
        now = self._clock.now()
        with self._books.transaction():
            taken = amount or self._left_to_banks(reference, now)
            most = self._left_to_banks(reference, now, taken.currency)
            if not 1 <= taken.amount <= most.amount:
                raise ValueError(f"of {reference} a bank can take 1 to {most.amount}")
            for refund in self._books.refunds(now, reference=reference):
                if refund.state in ("pending", "requires_action"):
                    failed = Change("failed", now, "charge_disputed")
                    self._books.change_refund(refund, failed)
            return self._books.add_chargeback(reference, taken, now, now + EVIDENCE_WITHIN)

    def decide_chargeback(self, id_: str, outcome: Literal["won", "lost"]) -> ProviderChargeback:
        """The bank decides. Raises ValueError unless there is an open one of that id."""
        with self._books.transaction():
            return self._books.decide(id_, outcome, self._clock.now())

    # --- what it is asked -------------------------------------------------------------------------

    def refund(
        self, intent: str, reference: str, amount: Money, idempotency_key: str
    ) -> RefundReply:
        """Give ``amount`` of the capture back; see ``PaymentProvider.refund``.

        Declines with the code ``unknown_reference``, ``amount_not_positive``,
        ``currency_mismatch``, ``charge_disputed``, ``already_refunded``, ``exceeds_capture`` or,
        told so, ``declined_by_provider``, ``expired_card`` or ``balance_insufficient``.
        """
        with self._books.transaction():
            behaviour = self._next_behaviour()
            if behaviour not in ("timeout", "unavailable"):
                reply = self._answer(intent, reference, amount, idempotency_key, behaviour)
        # Only here, so that what was booked and what was used up are kept.
        if self._books.reporting().before_answer and behaviour not in ("timeout", "unavailable"):
            self._report_first(reply)
        if behaviour in ("timeout", "timeout_but_done"):
            raise ProviderUnclear("timeout")
        if behaviour == "unavailable":
            raise ProviderUnclear("unavailable")
        return reply

    def _next_behaviour(self) -> Behaviour:
        row = self._books.db.execute(
            "DELETE FROM behaviour WHERE number = (SELECT min(number) FROM behaviour) "
            "RETURNING behaviour"
        ).fetchone()
        return cast(Behaviour, row[0]) if row else "ok"

    def _answer(
        self, intent: str, reference: str, amount: Money, key: str, behaviour: Behaviour
    ) -> RefundReply:
        now, db = self._clock.now(), self._books.db
        db.execute(
            "DELETE FROM idempotency_key WHERE used_at <= ?",
            (to_micros(now - KEYS_REMEMBERED_FOR),),
        )
        parameters = f"{amount.amount} {amount.currency} {len(intent)} {intent} {reference}"
        known = db.execute(
            "SELECT parameters, state, id, code FROM idempotency_key WHERE key = ?", (key,)
        ).fetchone()
        if known:
            if known[0] != parameters:
                raise ProviderConflict("this idempotency key stands for another refund")
            return RefundReply(known[1], known[2], known[3])
        reply = self._book(intent, reference, amount, behaviour, now)
        db.execute(
            "INSERT INTO idempotency_key (key, parameters, used_at, state, id, code) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (key, parameters, to_micros(now), reply.state, reply.id, reply.code),
        )
        return reply

    def _book(
        self, intent: str, reference: str, amount: Money, behaviour: Behaviour, now: Instant
    ) -> RefundReply:
        self._refund_by_hand(reference, amount.currency, behaviour, now)
        code = self._why_not(reference, amount, now) or _DECLINES.get(behaviour)
        if code:
            return RefundReply("declined", code=code)
        state: RefundState = "succeeded"
        change = None
        if behaviour in _COURSES:
            state, becomes, after, reason = _COURSES[behaviour]
            change = Change(becomes, now + after, reason)
        booked = self._books.add_refund(intent, reference, amount, state, now, change)
        if behaviour == "chargeback":
            at = now + BANK_STEPS_IN_AFTER
            taken = self._left_to_banks(reference, now, amount.currency)
            if taken.amount:  # else another bank, or the same, has stepped in before
                self._books.add_chargeback(reference, taken, at, at + EVIDENCE_WITHIN)
        return RefundReply("succeeded" if state == "succeeded" else "pending", id=booked.id)

    def _why_not(self, reference: str, amount: Money, now: Instant) -> str | None:
        captured = self._books.captured(reference)
        if not captured:
            return "unknown_reference"
        if amount.amount < 1:
            return "amount_not_positive"
        if amount.currency not in captured:
            return "currency_mismatch"
        if any(
            c.reference == reference and c.state == "open" for c in self._books.chargebacks(now)
        ):
            return "charge_disputed"
        left = captured[amount.currency] - self._books.gone(reference, amount.currency, now)
        if left <= 0:
            return "already_refunded"
        return "exceeds_capture" if amount.amount > left else None

    def _refund_by_hand(
        self, reference: str, currency: str, behaviour: Behaviour, now: Instant
    ) -> None:
        """Somebody at the shop was faster than we, on the provider's own pages."""
        if behaviour not in ("already_refunded", "partial_only"):
            return
        captured = self._books.captured(reference).get(currency, 0)
        left = captured - self._books.gone(reference, currency, now)
        amount = left if behaviour == "already_refunded" else (left + 1) // 2
        if amount > 0:
            self._books.add_refund("", reference, Money(amount, currency), "succeeded", now)

    def _left_to_banks(self, reference: str, now: Instant, currency: str = "") -> Money:
        """Banks take back what was paid, whatever was refunded."""
        captured = self._books.captured(reference)
        of = currency or next(iter(captured), "XXX")
        taken = sum(
            c.amount.amount
            for c in self._books.chargebacks(now + BANK_STEPS_IN_AFTER)
            if c.reference == reference and c.amount.currency == of and c.state != "won"
        )
        return Money(max(0, captured.get(of, 0) - taken), of)

    def find_refund(self, intent: str, reference: str) -> ProviderRefund | None:
        """The refund booked for ``intent`` as it stands now; the first that stands."""
        booked = self._books.refunds(self._clock.now(), intent=intent, reference=reference)
        standing = [refund for refund in booked if refund.stands]
        return next(iter(standing or booked), None)

    def refunds(self) -> tuple[ProviderRefund, ...]:
        """All refunds as they stand now, in the order they were booked."""
        return self._books.refunds(self._clock.now())

    def captures(self) -> tuple[Capture, ...]:
        """All captures, in the order they were booked."""
        return self._books.captures()

    def find_chargeback(self, id_: str) -> ProviderChargeback | None:
        """The chargeback as it stands now."""
        return next((c for c in self.chargebacks() if c.id == id_), None)

    def chargebacks(self) -> tuple[ProviderChargeback, ...]:
        """All chargebacks as they stand now, in the order they were opened."""
        return self._books.chargebacks(self._clock.now())

    def hand_over(self, chargeback: str, evidence: str) -> bool:
        """Keep our side of an open chargeback, as long as the bank hears it."""
        found = self.find_chargeback(chargeback)
        until = found.evidence_until if found and found.state == "open" else None
        if until is None or self._clock.now() > until:
            return False
        self._books.hand_over(chargeback, evidence)
        return True

    def evidence(self, chargeback: str) -> str | None:
        """What was handed over, for whoever plays the bank. Raises LookupError."""
        return self._books.evidence(chargeback)

    def booked(self) -> BookedPayments:
        """All captures, refunds and chargebacks as they stand now."""
        return BookedPayments(self.captures(), self.refunds(), self.chargebacks())

    # --- what it reports --------------------------------------------------------------------------

    def due_reports(self, now: Instant) -> tuple[SignedReport, ...]:
        """What is to be reported by ``now``, each as often as it is to be, in the order set."""
        reports = self._books.reports(now)
        if self._books.reporting().newest_first:
            reports.reverse()
        return tuple(
            SignedReport(report.id, report.at, self._signed(report.body), report.body)
            for report in reports
            for _ in range(report.times)
        )

    def mark_delivered(self, report: str) -> None:
        """Do not report this change again. Marking twice or an unknown id changes nothing."""
        self._books.delivered(report)

    def next_report_at(self) -> Instant | None:
        """When the earliest report is due or was due."""
        return self._books.next_report_at()

    def _report_first(self, reply: RefundReply) -> None:
        """What was just booked is reported before the call is answered, whenever that is due."""
        for report in self._books.reports_about(reply.id or "", self._clock.now()):
            self.listener(self._signed(report.body), report.body)

    def _signed(self, body: bytes) -> dict[str, str]:
        return {SIGNATURE: self._signature(body)}

    def _signature(self, body: bytes) -> str:
        secret = self._books.setting(_SECRET) or ""
        return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()

    def hear(self, headers: Mapping[str, str], body: bytes) -> Heard:
        """Verify a report by its signature. Raises NotGenuine."""
        if not hmac.compare_digest(
            headers.get(SIGNATURE, "").encode(), self._signature(body).encode()
        ):
            raise NotGenuine("the signature does not fit")
        read = msgspec.json.decode(body, type=_Report)
        return Heard(read.id, read.type, body.decode())

    def about(self, kind: str, body: str) -> About | None:
        """What a report speaks of."""
        read = msgspec.json.decode(body, type=_Report)
        if read.refund is not None:
            return AboutRefund(read.refund.intent, read.refund.reference)
        return None if read.chargeback is None else AboutChargeback(read.chargeback.id)


class _Report(msgspec.Struct, frozen=True):
    id: str
    type: str
    refund: ProviderRefund | None = None
    chargeback: ProviderChargeback | None = None
