"""An attempt to send a refund begins."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Name
from amends.order.asked import Asked, OrderOutcome
from amends.order.events.money import RefundSent
from amends.order.freezing import refuse_sending
from amends.order.retries import find_refund, refuse_without_refunds

BY = frozenset({Role.PROVIDER, Role.CLOCK})


class ReportRefundSent(Struct, frozen=True, forbid_unknown_fields=True, tag="refund_sent"):
    """``refund``: our id of it."""

    refund: Name


def may(asked: Asked) -> Refused | None:
    """When there is a refund at all."""
    return refuse_without_refunds(asked.order)


def decide(asked: Asked, command: ReportRefundSent) -> OrderOutcome:
    """Of all who would send it one is told so, by the event; the others have to read first.

    Judged here, on the order as it is, so that nothing is sent that was frozen a moment before.
    """
    refund = find_refund(asked.order, command.refund)
    if isinstance(refund, Refused):
        return refund
    if refund.state != "recorded":
        return Accepted(())
    refused = refuse_sending(asked.order, refund)
    return refused or Accepted((RefundSent(at=asked.now, refund=refund.id),))
