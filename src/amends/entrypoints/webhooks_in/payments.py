"""What a payment provider says of a refund, as a command."""

from __future__ import annotations

from amends.dispute.judge import OnOrder
from amends.engine.outside import ProviderRefund
from amends.entrypoints.service import CaseRequest
from amends.kernel.people import Actor, Role
from amends.order.decide.refund_failed import ReportRefundFailed
from amends.order.decide.refund_pending import ReportRefundPending
from amends.order.decide.refund_settled import ReportRefundSettled


def order_of_refund(refund: str) -> str | None:
    """The order a refund's id belongs to: the id leads to it without a look-up."""
    order, mark, number = refund.rpartition("-R")
    return order if mark and number.isascii() and number.isdigit() else None


def request_for(refund: ProviderRefund, provider: str) -> CaseRequest | None:
    """The command a refund's state at ``provider`` stands for; None when it is none of ours."""
    order = order_of_refund(refund.intent)
    if order is None:
        return None
    by = Actor(provider, Role.PROVIDER)
    return CaseRequest(order, OnOrder(order, _told(refund)), by)


def _told(
    refund: ProviderRefund,
) -> ReportRefundPending | ReportRefundSettled | ReportRefundFailed:
    match refund.state:
        case "succeeded":
            return ReportRefundSettled(refund.intent, refund.id, refund.bank_ref)
        case "failed" | "canceled":
            return ReportRefundFailed(refund.intent, refund.reason or "failed_at_provider")
        case "pending" | "requires_action":
            return ReportRefundPending(refund.intent, refund.id)
