"""What falls due on an order by itself: reminders, the ends of its clocks, the seller's money."""

from __future__ import annotations

from amends.kernel.deadlines import Deadline
from amends.kernel.decision import Stamp
from amends.kernel.instants import Instant
from amends.order.escrow import pay_out, release_due
from amends.order.events.base import OrderEvent
from amends.order.events.books import DifferenceAlarmed, DifferenceEscalated
from amends.order.events.life import FollowUpDue, OrderReminded, ProtectionEnded, SupportOffered
from amends.order.events.money import FinanceAlarmed
from amends.order.freezing import refuse_frozen
from amends.order.protection import protection
from amends.order.retries import alarm_clock, plan_retry, record_refund
from amends.order.state import Order
from amends.policy.terms import Terms


def expire(
    order: Order, terms: Terms, stamp: Stamp
) -> tuple[Instant, tuple[OrderEvent, ...]] | None:
    """The earliest instant due at or before ``stamp.at``, and what it brings, stamped with it.

    One clock at a time, so that the next is judged by what this one has made of the order. Of
    several that are due at once the order is by the step's name and subject; the release comes
    last, because the others may stand in its way.
    """
    clock = min(order.deadlines, key=lambda d: (d.next_due, d.what, d.subject), default=None)
    release = release_due(order)
    if release is not None and (clock is None or release < clock.next_due):
        if release > stamp.at:
            return None
        return release, (pay_out(order, terms, release),)
    if clock is None or clock.next_due > stamp.at:
        return None
    if clock.reminders:
        reminded = OrderReminded(
            at=clock.next_due,
            what=clock.what,
            turn=clock.turn,
            due=clock.at,
            subject=clock.subject,
        )
        return clock.next_due, (reminded,)
    return clock.at, (_ended(order, terms, clock),)


def _ended(order: Order, terms: Terms, clock: Deadline) -> OrderEvent:
    """What follows when a clock has run out."""
    at = clock.at
    match clock.what:
        case "protection":
            return ProtectionEnded(at=at, receipt_assumed=order.received_at is None)
        case "message_answer":
            return SupportOffered(at=at, dispute_possible=_dispute_possible(order, terms, at))
        case "follow_up":
            return FollowUpDue(at=at, contact=clock.subject)
        case "refund_retry":
            return _retried(order, terms, clock)
        case "refund_route":
            again = alarm_clock(terms, "finance", clock.subject, at, "finance_alarmed")
            return FinanceAlarmed(
                at=at, refund=clock.subject, because="route_not_chosen", again=again
            )
        case "difference":
            return _still_differs(order, terms, clock)
        case _:
            because = "refund_missing" if clock.what == "trace" else "refund_overdue"
            return _alarmed(order, terms, clock, because)


def _dispute_possible(order: Order, terms: Terms, at: Instant) -> bool:
    open_now = any(entry.state == "open" for entry in protection(order, terms, at))
    return open_now and order.cancelled_at is None


def _retried(order: Order, terms: Terms, clock: Deadline) -> OrderEvent:
    """The next attempt. While money is frozen nothing is sent, and finance is told every day."""
    frozen = refuse_frozen(order)
    if frozen:
        return _alarmed(order, terms, clock, frozen.rule)
    another = plan_retry(order, order.refunds[clock.subject], clock.at)
    if another is None:
        return _alarmed(order, terms, clock, "nothing_left_to_refund")
    return record_refund(order, another, terms)


def _alarmed(order: Order, terms: Terms, clock: Deadline, because: str) -> FinanceAlarmed:
    refund = order.refunds[clock.subject]
    again = alarm_clock(terms, clock.what, refund.id, clock.at, "finance_alarmed")
    return FinanceAlarmed(at=clock.at, refund=refund.id, because=because, again=again)


def _still_differs(order: Order, terms: Terms, clock: Deadline) -> DifferenceAlarmed:
    """Once it is open for longer than a refund may be under way, those above finance hear of it."""
    difference = order.differences[clock.subject]
    late = clock.at - difference.at >= terms.refunds.settled_within.span
    again = alarm_clock(terms, "difference", difference.id, clock.at, "finance_alarmed")
    event = DifferenceEscalated if late else DifferenceAlarmed
    return event(at=clock.at, difference=difference.id, again=again)
