"""Call off an order of which nothing was shipped: all of the money goes back."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role
from amends.order.asked import Asked, OrderOutcome, refuse_cancelled
from amends.order.events.base import OrderEvent
from amends.order.events.life import OrderCancelled
from amends.order.freezing import refuse_frozen
from amends.order.refunds import plan_refund
from amends.order.retries import record_refund

BY = frozenset({Role.MARKETPLACE})


class CancelOrder(Struct, frozen=True, forbid_unknown_fields=True, tag="cancel_order"):
    """Nothing to say: the whole order is meant."""


def may(asked: Asked) -> Refused | None:
    """Until anything was shipped or received, and while no dispute is open and no money frozen."""
    order = asked.order
    if order.cancelled_at:
        return refuse_cancelled(order)
    if order.outbound:
        facts: Facts = {"parcels": tuple(p.id for p in order.outbound)}
        return Refused("already_shipped", facts, ("open_dispute", "make_offer"))
    if order.received_at:
        return Refused("already_received", {"at": order.received_at}, ("open_dispute",))
    if order.open_claims:
        disputes: Facts = {"disputes": tuple(order.open_claims)}
        return Refused("dispute_open", disputes, ("settle_dispute",))
    return refuse_frozen(order)


def decide(asked: Asked, command: CancelOrder) -> OrderOutcome:
    """Cancelled, and what was paid and has not gone back yet is refunded."""
    order, now = asked.order, asked.now
    events: list[OrderEvent] = [OrderCancelled(at=now)]
    whole = plan_refund(
        order,
        order.refundable,
        now,
        lines={line.id: line.quantity for line in order.lines},
        with_shipping=True,
    )
    if whole is not None:
        events.append(record_refund(order, whole, asked.terms))
    return Accepted(tuple(events))
