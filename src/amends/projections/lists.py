"""Rows of the lists people look at: orders, disputes, messages, refunds, differences."""

from __future__ import annotations

from amends.dispute.case import CaseEvent
from amends.dispute.claims import category_of
from amends.dispute.events.base import DisputeEvent
from amends.dispute.state import Case, Dispute
from amends.kernel.instants import Instant, to_micros
from amends.kernel.people import STAFF
from amends.kernel.record import Column, Recorded, Row
from amends.order.events.books import DifferenceRecorded, DifferenceResolved, RefundCounted
from amends.order.events.life import ContactRecorded, MessageSent
from amends.order.events.money import RefundEvent, RefundRecorded
from amends.order.state import Difference, Order, Refund


def list_rows(recorded: Recorded[CaseEvent], after: Case) -> tuple[Row, ...]:
    """The rows an event changes."""
    event = recorded.event
    rows = [_order_row(recorded, after.order)]
    if isinstance(event, DisputeEvent):
        rows.append(_dispute_row(after.order, after.disputes[event.dispute]))
    if isinstance(event, MessageSent):
        rows.append(_message_row(event))
    if isinstance(event, MessageSent | ContactRecorded) and recorded.by.role in STAFF:
        rows += _contact_rows(recorded, after.order)
    if isinstance(event, RefundRecorded | RefundCounted):
        rows.append(_refund_row(after.order, event.refund))
    if isinstance(event, RefundEvent):
        rows.append(_refund_row(after.order, after.order.refunds[event.refund]))
    if isinstance(event, DifferenceRecorded):
        rows.append(_difference_row(after.order, event.difference, None))
    if isinstance(event, DifferenceResolved):
        resolved = after.order.differences[event.difference]
        rows.append(_difference_row(after.order, resolved, event.at))
    return tuple(rows)


def _order_row(recorded: Recorded[CaseEvent], order: Order) -> Row:
    values: dict[str, Column] = {
        "buyer": order.buyer,
        "seller": order.seller,
        "purchase": order.purchase,
        "provider": order.payment.provider,
        "reference": order.payment.reference,
        "status": order.status,
        "placed_at": to_micros(order.placed_at),
        "currency": order.currency,
        "captured": order.captured,
        "disputes": len(order.open_claims),
        "version": recorded.number,
        "updated_at": to_micros(recorded.at),
    }
    return Row("orders", {}, values)


def _dispute_row(order: Order, dispute: Dispute) -> Row:
    values: dict[str, Column] = {
        "buyer": order.buyer,
        "seller": order.seller,
        "phase": dispute.phase,
        "turn": dispute.turn,
        "outcome": dispute.outcome,
        "reason": dispute.claim.reason,
        "remedy": dispute.claim.remedy,
        "amount": dispute.claim.amount,
        "currency": order.currency,
        "mediator": dispute.mediator,
        "officer": dispute.officer,
        "language": order.buyer_language,
        "category": category_of(order, dispute.claim.lines),
        "unassigned": " ".join(dispute.unassigned),
        "opened_at": to_micros(dispute.opened_at),
        "due_at": _stamp(min((d.at for d in dispute.deadlines), default=None)),
        "closed_at": _stamp(dispute.closed_at),
        "version": dispute.version,
    }
    return Row("disputes", {"dispute_id": dispute.id}, values)


def _contact_rows(recorded: Recorded[CaseEvent], order: Order) -> list[Row]:
    """That one of the platform's people wrote to the parties: they are not to judge them later."""
    return [
        Row(
            "contacts",
            {"person": recorded.by.person, "other": other},
            {"at": to_micros(recorded.at)},
        )
        for other in (order.buyer, order.seller)
    ]


def _message_row(event: MessageSent) -> Row:
    values: dict[str, Column] = {
        "at": to_micros(event.at),
        "by_person": event.by,
        "by_role": event.role,
        "ref": event.ref,
        "pictures": " ".join(event.pictures),
    }
    return Row("messages", {"n": event.number}, values)


def _refund_row(order: Order, refund: Refund) -> Row:
    values: dict[str, Column] = {
        "dispute_id": refund.dispute,
        "provider": order.payment.provider,
        "reference": order.payment.reference,
        "amount": refund.amount,
        "currency": order.currency,
        "state": refund.state,
        "since": to_micros(refund.state_since),
        "recorded_at": to_micros(refund.recorded_at),
        "settled_at": _stamp(refund.settled_at),
        "arrives_until": _stamp(refund.arrives_until),
    }
    return Row("refunds", {"refund_id": refund.id}, values)


def _difference_row(order: Order, difference: Difference, resolved_at: Instant | None) -> Row:
    values: dict[str, Column] = {
        "kind": difference.kind,
        "about": difference.about,
        "provider": order.payment.provider,
        "reference": order.payment.reference,
        "ours": difference.ours,
        "theirs": difference.theirs,
        "currency": order.currency,
        "other_currency": difference.other_currency,
        "state": "open" if difference.open else "resolved",
        "resolution": difference.resolution,
        "at": to_micros(difference.at),
        "resolved_at": _stamp(resolved_at),
    }
    return Row("differences", {"difference_id": difference.id}, values)


def _stamp(at: Instant | None) -> int | None:
    return None if at is None else to_micros(at)
