"""Refunds and captures at the payment provider: each refund at most once, whatever happens."""

from __future__ import annotations

from datetime import timedelta

from amends.dispute.case import CaseEvent
from amends.dispute.judge import OnOrder
from amends.engine.jobs import Again, Done
from amends.engine.outside import (
    Clock,
    PaymentProvider,
    ProviderConflict,
    ProviderRefund,
    ProviderUnclear,
    RefundReply,
)
from amends.engine.simulated import SimulatedPayments
from amends.engine.store import JobToRun
from amends.entrypoints.service import CaseEngine, CaseRequest, ProviderFor
from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Actor, Role
from amends.order.decide.refund_failed import ReportRefundFailed
from amends.order.decide.refund_pending import ReportRefundPending
from amends.order.decide.refund_sent import ReportRefundSent
from amends.order.decide.refund_settled import ReportRefundSettled
from amends.order.decide.refund_unknown import ReportRefundUnknown
from amends.order.freezing import refuse_sending
from amends.order.retries import NOT_CONNECTED
from amends.order.state import Order, Refund

_PENDING_READ_EVERY = timedelta(hours=6)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=10), timedelta(hours=6)
_BANK_LOOKED_AT_EVERY = timedelta(hours=12)
_BOOKS_LOOKED_AT_EVERY = timedelta(hours=1)
# Somebody else is at it: by then they have asked the provider, and it can be read.
_OTHERS_TAKE = timedelta(minutes=10)

Told = (
    ReportRefundSent
    | ReportRefundPending
    | ReportRefundSettled
    | ReportRefundFailed
    | ReportRefundUnknown
)


class RefundJob:
    """Sends a refund intent to its provider, under the intent's own id as idempotency key.

    That an attempt begins is on record before the provider is asked. Whenever one was begun,
    however long ago, it reads at the provider first; it sends again, under the same key, only what
    the provider does not know. While a bank decides about the payment, or the books differ, nothing
    is sent, and nothing that the bank has given back already.
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
        begun = job.attempts > 1 or refund.state != "recorded"
        if provider is None:
            if begun:  # it may have been booked, and nobody can be asked
                return Again(self._clock.now() + _LONGEST_WAIT)
            return self._tell(order, ReportRefundFailed(refund.id, NOT_CONNECTED))
        try:
            known = provider.find_refund(refund.id, order.payment.reference) if begun else None
            if known is not None:
                return self._read(order, refund, known)
            waits = self._begin(order, refund)
            if waits is not None:
                return waits
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

    def _begin(self, order: Order, refund: Refund) -> Done | Again | None:
        """Puts on record that an attempt begins; what to do instead when it may not."""
        if refund.state == "recorded":
            outcome = self._asked(order, ReportRefundSent(refund.id))
            if not isinstance(outcome, Refused):
                return None if outcome.events else Again(self._clock.now() + _OTHERS_TAKE)
            refused: Refused | None = outcome
        else:
            refused = refuse_sending(order, refund)
        match refused.rule if refused else None:
            case None:
                return None
            case "chargeback_open":
                return Again(self._clock.now() + _BANK_LOOKED_AT_EVERY)
            case "difference_open":
                return Again(self._clock.now() + _BOOKS_LOOKED_AT_EVERY)
            case "taken_by_bank":
                return self._tell(order, ReportRefundFailed(refund.id, "taken_by_bank"))
            case other:
                raise RuntimeError(f"the order does not take it: {other}")

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
                return self._pending(order, refund, reply.id or "")

    def _read(self, order: Order, refund: Refund, known: ProviderRefund) -> Done | Again:
        match known.state:
            case "succeeded":
                settled = ReportRefundSettled(refund.id, known.id, known.bank_ref)
                return self._tell(order, settled)
            case "failed" | "canceled":
                reason = known.reason or "failed_at_provider"
                return self._tell(order, ReportRefundFailed(refund.id, reason))
            case "pending" | "requires_action":
                return self._pending(order, refund, known.id)

    def _pending(self, order: Order, refund: Refund, provider_ref: str) -> Again:
        self._tell(order, ReportRefundPending(refund.id, provider_ref))
        return Again(self._clock.now() + _PENDING_READ_EVERY)

    def _tell(self, order: Order, told: Told) -> Done:
        outcome = self._asked(order, told)
        if isinstance(outcome, Refused):
            raise RuntimeError(f"the order does not take it: {outcome.rule}")
        return Done()

    def _asked(self, order: Order, told: Told) -> Accepted[CaseEvent] | Refused:
        by = Actor(order.payment.provider, Role.PROVIDER)
        return self._engine.handle_one(CaseRequest(order.id, OnOrder(order.id, told), by)).outcome


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
