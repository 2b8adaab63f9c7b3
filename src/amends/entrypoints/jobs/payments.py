"""Refunds and captures at the payment provider: each refund at most once, whatever happens."""

from __future__ import annotations

from datetime import timedelta

from amends.dispute.judge import OnOrder
from amends.engine.jobs import Again, Done
from amends.engine.outside import (
    Clock,
    PaymentProvider,
    ProviderConflict,
    ProviderRefund,
    ProviderUnclear,
    RefundReply,
    SimulatedPayments,
)
from amends.engine.store import JobToRun
from amends.entrypoints.service import CaseEngine, CaseRequest, ProviderFor
from amends.kernel.decision import Refused
from amends.kernel.people import Actor, Role
from amends.order.decide.refund_failed import ReportRefundFailed
from amends.order.decide.refund_settled import ReportRefundSettled
from amends.order.decide.refund_unknown import ReportRefundUnknown
from amends.order.retries import covered
from amends.order.state import Order, Refund

_PENDING_READ_EVERY = timedelta(hours=6)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=10), timedelta(hours=6)
_BANK_LOOKED_AT_EVERY = timedelta(hours=12)

Told = ReportRefundSettled | ReportRefundFailed | ReportRefundUnknown


class RefundJob:
    """Sends a refund intent to its provider, under the intent's own id as idempotency key.

    After an unclear answer, and whenever an attempt was begun before, it reads at the provider
    first; it sends again, under the same key, only what the provider does not know. While a bank
    decides about the payment nothing is sent, and nothing that the bank has given back already.
    """

    def __init__(self, engine: CaseEngine, provider_for: ProviderFor, clock: Clock) -> None:
        self._engine = engine
        self._provider_for = provider_for
        self._clock = clock

    def __call__(self, job: JobToRun) -> Done | Again:
        """One step; what the provider says becomes a command."""
        view = self._engine.view(job.order)
        refund = view.state.order.refunds.get(str(job.payload["refund"])) if view else None
        if view is None or refund is None or not refund.under_way:
            return Done()
        order = view.state.order
        provider = self._provider_for(order.payment.provider)
        if provider is None:
            return self._tell(order, ReportRefundFailed(refund.id, "provider_not_connected"))
        begun = job.attempts > 1 or refund.state == "unknown"
        try:
            known = provider.find_refund(refund.id, order.payment.reference) if begun else None
            if known is not None:
                return self._read(order, refund, known)
            if order.chargeback_open:
                return Again(self._clock.now() + _BANK_LOOKED_AT_EVERY)
            if not covered(order, refund):
                return self._tell(order, ReportRefundFailed(refund.id, "taken_by_bank"))
            return self._replied(order, refund, self._send(provider, order, refund))
        except ProviderUnclear:
            self._tell(order, ReportRefundUnknown(refund.id))
            return self._look(provider, order, refund, job.attempts)
        except ProviderConflict:
            return self._tell(order, ReportRefundFailed(refund.id, "provider_conflict"))

    def _look(
        self, provider: PaymentProvider, order: Order, refund: Refund, attempts: int
    ) -> Done | Again:
        """Read at once: a lost answer is often all that went wrong."""
        try:
            known = provider.find_refund(refund.id, order.payment.reference)
        except ProviderUnclear:
            known = None
        if known is not None:
            return self._read(order, refund, known)
        return Again(self._clock.now() + _wait_after(attempts))

    @staticmethod
    def _send(provider: PaymentProvider, order: Order, refund: Refund) -> RefundReply:
        return provider.refund(
            refund.id, order.payment.reference, order.money(refund.amount), refund.id
        )

    def _replied(self, order: Order, refund: Refund, reply: RefundReply) -> Done | Again:
        match reply.state:
            case "succeeded":
                return self._tell(order, ReportRefundSettled(refund.id, reply.id or ""))
            case "declined":
                return self._tell(order, ReportRefundFailed(refund.id, reply.code or "declined"))
            case "pending":
                return Again(self._clock.now() + _PENDING_READ_EVERY)

    def _read(self, order: Order, refund: Refund, known: ProviderRefund) -> Done | Again:
        match known.state:
            case "succeeded":
                return self._tell(order, ReportRefundSettled(refund.id, known.id))
            case "failed" | "canceled":
                reason = known.reason or "failed_at_provider"
                return self._tell(order, ReportRefundFailed(refund.id, reason))
            case "pending" | "requires_action":
                return Again(self._clock.now() + _PENDING_READ_EVERY)

    def _tell(self, order: Order, told: Told) -> Done:
        by = Actor(order.payment.provider, Role.PROVIDER)
        answer = self._engine.handle_one(CaseRequest(order.id, OnOrder(order.id, told), by))
        if isinstance(answer.outcome, Refused):
            raise RuntimeError(f"the order does not take it: {answer.outcome.rule}")
        return Done()


class CaptureJob:
    """Lets a simulated provider know of what a marketplace captured elsewhere."""

    def __init__(
        self, engine: CaseEngine, simulator: SimulatedPayments, *, all_of_it: bool
    ) -> None:
        """``all_of_it``: whatever provider an order names; else only those of the simulator."""
        self._engine = engine
        self._simulator = simulator
        self._all = all_of_it

    def __call__(self, job: JobToRun) -> Done | Again:
        """Book the capture of the order the job belongs to."""
        view = self._engine.view(job.order)
        if view is None:
            return Done()
        order = view.state.order
        if self._all or order.payment.provider == "simulator":
            # Orders of one purchase share a payment; each has its share of it.
            share = order.money(order.captured)
            self._simulator.book_capture(order.payment.reference, share, order.id)
        return Done()


def _wait_after(attempts: int) -> timedelta:
    # The cap holds long before the bound, which keeps a hundred attempts reckonable.
    return min(_LONGEST_WAIT, _FIRST_WAIT * (1 << min(attempts - 1, 8)))
