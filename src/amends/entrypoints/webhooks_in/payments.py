"""A payment provider's reports of refunds: each one becomes a command, then counts as taken."""

from __future__ import annotations

from amends.dispute.judge import OnOrder
from amends.engine.outside import Callback
from amends.entrypoints.service import CaseRequest, Service
from amends.kernel.people import Actor, Role
from amends.order.decide.refund_failed import ReportRefundFailed
from amends.order.decide.refund_settled import ReportRefundSettled

PROVIDER = Actor("simulator", Role.PROVIDER)


def order_of_refund(refund: str) -> str | None:
    """The order a refund's id belongs to: the id leads to it without a look-up."""
    order, mark, number = refund.rpartition("-R")
    return order if mark and number.isascii() and number.isdigit() else None


def request_for(callback: Callback) -> CaseRequest | None:
    """The command a report stands for; None when it is about no refund of ours, or says nothing
    that is not known."""
    refund = callback.refund
    order = order_of_refund(refund.intent)
    if order is None:
        return None
    match refund.state:
        case "succeeded":
            settled = ReportRefundSettled(refund=refund.intent, provider_ref=refund.id)
            return CaseRequest(order, OnOrder(order, settled), PROVIDER)
        case "failed":
            failed = ReportRefundFailed(refund=refund.intent, reason="failed_at_provider")
            return CaseRequest(order, OnOrder(order, failed), PROVIDER)
        case _:
            return None


def take_callbacks(service: Service) -> int:
    """Take what the simulated provider has to report by now; how many reports that were.

    A report is marked as taken once its command is on record: repeated ones change nothing.
    """
    callbacks = service.simulator.due_callbacks(service.clock.now())
    for callback in callbacks:
        request = request_for(callback)
        if request is not None:
            service.engine.handle_one(request)
        service.simulator.mark_delivered(callback.id)
    return len(callbacks)
