"""The payment provider has a refund, and will say later what became of it."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Name
from amends.order.asked import Asked, OrderOutcome
from amends.order.events.money import RefundPending
from amends.order.retries import find_refund, refuse_without_refunds

BY = frozenset({Role.PROVIDER, Role.CLOCK})


class ReportRefundPending(Struct, frozen=True, forbid_unknown_fields=True, tag="refund_pending"):
    """``refund``: our id of it. ``provider_ref``: the provider's, when it is known."""

    refund: Name
    provider_ref: Name = ""


def may(asked: Asked) -> Refused | None:
    """When there is a refund at all."""
    return refuse_without_refunds(asked.order)


def decide(asked: Asked, command: ReportRefundPending) -> OrderOutcome:
    """It is read again from time to time. What has ended is not begun anew by a late report."""
    refund = find_refund(asked.order, command.refund)
    if isinstance(refund, Refused):
        return refund
    if refund.state == "pending" or not refund.under_way:
        return Accepted(())
    pending = RefundPending(
        at=asked.now,
        refund=refund.id,
        provider_ref=command.provider_ref or refund.provider_reference,
    )
    return Accepted((pending,))
