"""The payment provider's answer to a refund was unclear."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Name
from amends.order.asked import Asked, OrderOutcome
from amends.order.events.money import RefundUnknown
from amends.order.retries import find_refund, refuse_without_refunds

BY = frozenset({Role.PROVIDER, Role.CLOCK})


class ReportRefundUnknown(Struct, frozen=True, forbid_unknown_fields=True, tag="refund_unknown"):
    """``refund``: our id of it."""

    refund: Name


def may(asked: Asked) -> Refused | None:
    """When there is a refund at all."""
    return refuse_without_refunds(asked.order)


def decide(asked: Asked, command: ReportRefundUnknown) -> OrderOutcome:
    """It counts as money that may have left until it is read at the provider. What is known of it
    is not unlearnt by an unclear answer that comes late."""
    refund = find_refund(asked.order, command.refund)
    if isinstance(refund, Refused):
        return refund
    if refund.state not in ("recorded", "sent"):
        return Accepted(())
    return Accepted((RefundUnknown(at=asked.now, refund=refund.id),))
