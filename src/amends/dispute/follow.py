"""What an order's own events bring about in its disputes: parcels that arrive, money that goes."""

from __future__ import annotations

from amends.dispute.case import CaseEvent, evolve
from amends.dispute.effects import effect_of, settle
from amends.dispute.events.effects import DisputeClosed, ReplacementDelivered, ReturnDelivered
from amends.dispute.events.negotiation import DeliveryNoted
from amends.dispute.money import has_arrived, paid_outcome, refunds_of
from amends.dispute.state import Case, Dispute
from amends.dispute.steps import clock_since
from amends.kernel.decision import Stamp
from amends.order.events.base import OrderEvent
from amends.order.events.books import DifferenceResolved, RefundCounted
from amends.order.events.life import TrackingRecorded
from amends.order.events.money import (
    ChargebackOutcomeRecorded,
    FinanceAlarmed,
    RefundSettled,
    TraceRecorded,
)
from amends.order.state import Parcel
from amends.policy.terms import Terms


def follow(case: Case, event: OrderEvent, terms: Terms, stamp: Stamp) -> tuple[CaseEvent, ...]:
    """What follows in the disputes of ``case``, of which ``event`` is already a part."""
    match event:
        case TrackingRecorded(status="delivered"):
            return _delivered(case, event, terms, stamp)
        case RefundSettled() | TraceRecorded():
            return _paid(case, event.refund, stamp)
        case FinanceAlarmed(because="nothing_left_to_refund"):
            return _paid_by_bank(case, event)
        case RefundCounted():
            return _paid(case, event.refund.id, stamp)
        case ChargebackOutcomeRecorded() if not case.order.frozen:
            return _freed(case, terms, stamp, "chargeback_decided")
        case DifferenceResolved() if not case.order.frozen:
            return _freed(case, terms, stamp, "difference_resolved")
        case _:
            return ()


def with_what_follows(
    case: Case, events: tuple[CaseEvent, ...], terms: Terms, stamp: Stamp
) -> tuple[CaseEvent, ...]:
    """``events`` and, after each, what it brings about in the disputes."""
    if not any(isinstance(event, OrderEvent) for event in events):
        return events
    told: list[CaseEvent] = []
    for event in events:
        told.append(event)
        case = evolve(case, event)
        if isinstance(event, OrderEvent):
            for further in follow(case, event, terms, stamp):
                told.append(further)
                case = evolve(case, further)
    return tuple(told)


def _delivered(
    case: Case, event: TrackingRecorded, terms: Terms, stamp: Stamp
) -> tuple[CaseEvent, ...]:
    parcel = next(p for p in case.order.parcels if p.id == event.parcel)
    if parcel.delivered_at != event.at:
        return ()  # told before
    if parcel.kind == "outbound":
        return _noted(case, parcel, event)
    dispute = case.disputes[parcel.dispute]
    if dispute.phase == "closed":
        return ()
    if parcel.kind == "return":
        return _came_back(dispute, event, terms, stamp)
    sent = dispute.replacement
    if sent is None or sent.parcel != parcel.id:
        return ()
    return (ReplacementDelivered(at=event.at, dispute=dispute.id),)


def _noted(case: Case, parcel: Parcel, event: TrackingRecorded) -> tuple[CaseEvent, ...]:
    return tuple(
        DeliveryNoted(at=event.at, dispute=dispute.id, parcel=parcel.id)
        for dispute in case.disputes.values()
        if dispute.phase != "closed"
        and dispute.claim.reason == "not_received"
        and dispute.claim.lines.keys() & parcel.lines.keys()
    )


def _came_back(
    dispute: Dispute, event: TrackingRecorded, terms: Terms, stamp: Stamp
) -> tuple[CaseEvent, ...]:
    """The seller's time to inspect runs, unless the case is elsewhere by now: in an appeal, or paid
    because the parcel was believed lost. It is then only noted."""
    back = dispute.return_
    if back is None or back.parcel != event.parcel or back.delivered_at or dispute.turn is None:
        return ()
    turn, clocks = dispute.turn, dispute.deadlines
    if dispute.phase == "returning":
        within = terms.returns.inspected_within
        turn = "seller"
        clocks = (clock_since(within, "inspection", turn, event.at, "return_delivered", stamp.at),)
    arrived = ReturnDelivered(
        at=event.at, dispute=dispute.id, phase=dispute.phase, turn=turn, deadlines=clocks
    )
    return (arrived,)


def _paid(case: Case, refund_id: str, stamp: Stamp) -> tuple[CaseEvent, ...]:
    """A dispute that waits for its money ends with the last refund the provider has booked."""
    dispute = case.disputes.get(case.order.refunds[refund_id].dispute)
    if dispute is None or dispute.phase != "settling" or dispute.withheld:
        return ()
    if not has_arrived(case.order, dispute.id):
        return ()
    closed = DisputeClosed(
        at=stamp.at,
        dispute=dispute.id,
        outcome=paid_outcome(effect_of(dispute)),
        because="refund_settled",
    )
    return (closed,)


def _paid_by_bank(case: Case, event: FinanceAlarmed) -> tuple[CaseEvent, ...]:
    """A refund could not be sent because nothing is left to refund: a bank has given the buyer the
    money. The dispute ends as if we had paid it."""
    order = case.order
    dispute = case.disputes.get(order.refunds[event.refund].dispute)
    if dispute is None or dispute.phase != "settling" or dispute.withheld:
        return ()
    if order.refundable or any(r.under_way for r in refunds_of(order, dispute.id)):
        return ()
    closed = DisputeClosed(
        at=event.at,
        dispute=dispute.id,
        outcome=paid_outcome(effect_of(dispute)),
        because=event.because,
    )
    return (closed,)


def _freed(case: Case, terms: Terms, stamp: Stamp, because: str) -> tuple[CaseEvent, ...]:
    """The bank has decided, or the books agree: what was withheld meanwhile is sent, as far as it
    is left."""
    told: list[CaseEvent] = []
    for dispute in case.disputes.values():
        if dispute.phase == "settling" and dispute.withheld:
            for event in settle(case.order, dispute, terms, stamp.at, effect_of(dispute), because):
                told.append(event)
                case = evolve(case, event)
    return tuple(told)
