"""Carrying out what was agreed or ruled: a return, a replacement, or money."""

from __future__ import annotations

from amends.dispute.asked import AskedOfDispute
from amends.dispute.case import CaseEvent
from amends.dispute.events import DisputeClosed, EffectStarted
from amends.dispute.state import Dispute, Effect
from amends.kernel.instants import Instant
from amends.order.events import RefundRecorded
from amends.order.refunds import plan_refund
from amends.order.state import Order
from amends.policy.clocks import start_clock
from amends.policy.terms import Terms


def carry_out(asked: AskedOfDispute, effect: Effect, because: str) -> tuple[CaseEvent, ...]:
    """What follows from ``effect`` now that it is final; ``because`` names the step or rule."""
    return effect_events(asked.order, asked.dispute, asked.terms, asked.now, effect, because)


def effect_events(
    order: Order, dispute: Dispute, terms: Terms, now: Instant, effect: Effect, because: str
) -> tuple[CaseEvent, ...]:
    """The same, for callers that expire a deadline at its own instant ``now``."""
    match effect.remedy:
        case "return_and_refund":
            address = start_clock(
                terms.returns.address_within, "return_address", "seller", now, because
            )
            return (
                EffectStarted(
                    at=now, dispute=dispute.id, phase="returning", turn="seller",
                    deadlines=(address,), effect=effect,
                ),
            )  # fmt: skip
        case "replacement":
            ship = start_clock(
                terms.returns.replacement_shipped_within,
                "replacement_shipment", "seller", now, because,
            )  # fmt: skip
            started = EffectStarted(
                at=now, dispute=dispute.id, phase="replacing", turn="seller",
                deadlines=(ship,), effect=effect,
            )  # fmt: skip
            if not effect.amount or order.chargeback_open:
                return (started,)
            part = plan_refund(
                order, effect.amount, now, lines=dispute.claim.lines, dispute=dispute.id,
                funded_by=effect.funded_by, with_shipping=dispute.claim.whole_order,
                by_line=effect.by_line,
            )  # fmt: skip
            return (started, RefundRecorded(at=now, refund=part)) if part else (started,)
        case "refund" | "repair_cost":
            return settle(order, dispute, terms, now, effect, because)


def settle(
    order: Order, dispute: Dispute, terms: Terms, now: Instant, effect: Effect, because: str
) -> tuple[CaseEvent, ...]:
    """Send the money: record the refund, wait for a bank that holds it, or close without money.

    The amount never passes what can still be refunded; when nothing can, because a bank has given
    the buyer the money already, the dispute ends as refunded.
    """
    if not effect.amount:
        closed = DisputeClosed(
            at=now, dispute=dispute.id, outcome=effect.without_amount, because=because
        )
        return (closed,)
    under_way = start_clock(terms.refunds.settled_within, "refund", "platform", now, because)
    started = EffectStarted(
        at=now, dispute=dispute.id, phase="settling", turn="platform", deadlines=(under_way,),
        effect=effect, withheld=order.chargeback_open,
    )  # fmt: skip
    if order.chargeback_open:
        return (started,)
    refund = plan_refund(
        order, effect.amount, now, lines=dispute.claim.lines, dispute=dispute.id,
        funded_by=effect.funded_by, with_shipping=dispute.claim.whole_order,
        by_line=effect.by_line,
    )  # fmt: skip
    if refund is None:
        ended = DisputeClosed(
            at=now, dispute=dispute.id, outcome="refunded", because="nothing_left_to_refund"
        )
        return (started, ended)
    return (started, RefundRecorded(at=now, refund=refund))


def refund_without_return(dispute: Dispute, effect: Effect) -> Effect:
    """The same money with the goods kept: for a return that cannot go on by the seller's doing."""
    return Effect(
        remedy="refund",
        amount=effect.amount,
        return_paid_by=effect.return_paid_by,
        source="fallback",
        funded_by=effect.funded_by,
        without_amount=dispute.outcome or "settled_without_refund",
        by_line=effect.by_line,
    )
