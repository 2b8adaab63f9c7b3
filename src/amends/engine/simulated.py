"""The simulated payment provider: how it behaves on demand, and what a sandbox asks of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal, Protocol

from msgspec import Meta, Struct

from amends.engine.outside import Capture, ConnectedProvider, ProviderChargeback, ProviderRefund
from amends.kernel.instants import Instant
from amends.kernel.money import Money

Behaviour = Literal[
    "ok",
    "decline",
    "pending",
    "requires_action",
    "canceled",
    "timeout",
    "timeout_but_done",
    "fail_later",
    "unavailable",
    "already_refunded",
    "partial_only",
    "expired_card",
    "closed_account",
    "empty_balance",
    "chargeback",
]


class Reporting(Struct, frozen=True, forbid_unknown_fields=True):
    """How a simulated provider reports what it books: each report so many times (0: it is lost), so
    much later, those due together in which order, and the first report of a refund before the call
    that asked for it is answered."""

    times: Annotated[int, Meta(ge=0, le=50)] = 1
    late: timedelta = timedelta(0)
    newest_first: bool = False
    before_answer: bool = False


class SignedReport(Struct, frozen=True):
    """A report as it travels. ``id`` is the same each time this change is reported."""

    id: str
    at: Instant
    headers: dict[str, str]
    body: bytes


class BookedPayments(Struct, frozen=True, omit_defaults=True):
    """What a provider has booked, as the sandbox shows it."""

    captures: tuple[Capture, ...]
    refunds: tuple[ProviderRefund, ...]
    chargebacks: tuple[ProviderChargeback, ...] = ()


class SimulatedPayments(ConnectedProvider, Protocol):
    """A provider whose behaviour can be set, on a given clock."""

    def book_capture(self, reference: str, amount: Money, share: str = "") -> None:
        """Book a capture, or what ``share`` has in one, in place of what was booked for it before.

        Shares of one reference and currency are one capture.
        """

    def set_next(self, behaviours: Sequence[Behaviour]) -> None:
        """What the next calls to ``refund`` meet, one each; ``ok`` after the last.

        Replaces what was set before. Raises ValueError for an unknown behaviour.
        """

    def set_reporting(self, reporting: Reporting) -> None:
        """How what is booked from now on is reported."""

    def open_chargeback(self, reference: str, amount: Money | None = None) -> ProviderChargeback:
        """The payer's bank takes ``amount`` back, all of the capture when none is named.

        Raises ValueError when the capture does not hold that much any more.
        """

    def decide_chargeback(self, id_: str, outcome: Literal["won", "lost"]) -> ProviderChargeback:
        """The bank decides. Raises ValueError unless there is an open one of that id."""

    def evidence(self, chargeback: str) -> str | None:
        """What was handed over for it, or None. Raises LookupError for an id there is not."""

    def booked(self) -> BookedPayments:
        """All captures, refunds and chargebacks as they stand now."""

    def due_reports(self, now: Instant) -> tuple[SignedReport, ...]:
        """What is to be reported by ``now``, each as often as it is to be, in the order set."""

    def mark_delivered(self, report: str) -> None:
        """Do not report this change again. Marking twice or an unknown id changes nothing."""

    def next_report_at(self) -> Instant | None:
        """When the earliest report is due or was due; None: nothing to come."""
