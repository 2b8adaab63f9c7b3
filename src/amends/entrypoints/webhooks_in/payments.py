"""A payment provider's reports of refunds: each one becomes a command, then counts as taken."""

from __future__ import annotations

from amends.dispute.judge import OnOrder
from amends.engine.callbacks import AboutRefund
from amends.engine.outside import ProviderRefund
from amends.entrypoints.service import CaseRequest, Service
from amends.kernel.people import Actor, Role
from amends.order.decide.refund_failed import ReportRefundFailed
from amends.order.decide.refund_settled import ReportRefundSettled

PROVIDER = Actor("simulator", Role.PROVIDER)


def order_of_refund(refund: str) -> str | None:
    """The order a refund's id belongs to: the id leads to it without a look-up."""
    order, mark, number = refund.rpartition("-R")
    return order if mark and number.isascii() and number.isdigit() else None


def request_for(refund: ProviderRefund) -> CaseRequest | None:
    """The command a refund's state stands for; None when it is no refund of ours, or says nothing
    that is not known."""
    order = order_of_refund(refund.intent)
    if order is None:
        return None
    match refund.state:
        case "succeeded":
            settled = ReportRefundSettled(refund=refund.intent, provider_ref=refund.id)
            return CaseRequest(order, OnOrder(order, settled), PROVIDER)
        case "failed" | "canceled":
            reason = refund.reason or "failed_at_provider"
            failed = ReportRefundFailed(refund=refund.intent, reason=reason)
            return CaseRequest(order, OnOrder(order, failed), PROVIDER)
        case _:
            return None


def take_callbacks(service: Service) -> int:
    """Take what the simulated provider has to report by now; how many reports that were.

    A report is marked as taken once its command is on record: repeated ones change nothing.
    """
    simulator = service.simulator
    reports = simulator.due_reports(service.clock.now())
    for report in reports:
        heard = simulator.hear(report.headers, report.body)
        about = simulator.about(heard.kind, heard.body)
        if isinstance(about, AboutRefund):
            refund = simulator.find_refund(about.intent, about.reference)
            request = request_for(refund) if refund is not None else None
            if request is not None:
                service.engine.handle_one(request)
        simulator.mark_delivered(report.id)
    return len(reports)
