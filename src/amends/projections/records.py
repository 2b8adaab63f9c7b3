"""What sellers and buyers are known by: how disputes ended, how soon a seller answered, reviews.

A row is written where something is known for good: when a dispute is closed, when the seller gives
a first answer or leaves it out, when the buyer leaves feedback. Other events write none.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from amends.dispute.case import CaseEvent
from amends.dispute.events.base import DisputeEvent
from amends.dispute.events.negotiation import Escalated
from amends.dispute.state import Case, Dispute
from amends.kernel.instants import to_micros
from amends.kernel.record import Column, Recorded, Row
from amends.order.events.life import FeedbackLeft
from amends.order.state import Order

Ended = Literal["settled", "for_buyer", "for_seller", "split", "withdrawn", "platform"]
ENDED: tuple[Ended, ...] = (
    "settled", "for_buyer", "for_seller", "split", "withdrawn", "platform",
)  # fmt: skip
_UNDONE = ("cancelled", "abandoned")
_SECOND = timedelta(seconds=1)


def record_rows(before: Case | None, recorded: Recorded[CaseEvent], after: Case) -> tuple[Row, ...]:
    """The rows an event changes."""
    event = recorded.event
    if isinstance(event, FeedbackLeft):
        return (_review(after.order, event),)
    if before is None or not isinstance(event, DisputeEvent):
        return ()
    was, now = before.disputes.get(event.dispute), after.disputes[event.dispute]
    if was is None:
        return ()
    return (*_answer(after.order, event, was, now), *_end(after.order, was, now))


def how_it_ended(dispute: Dispute) -> Ended:
    """By agreement, by whose right a ruling found, or neither: taken back by the buyer, or honoured
    by the platform because nobody ruled in time."""
    effect = dispute.effect
    if effect is None or dispute.outcome in _UNDONE:
        return "withdrawn"
    if effect.source == "platform":
        return "platform"
    # What is paid instead of goods that did not come keeps what it stands for.
    if effect.source == "agreement" or dispute.ruling is None:
        return "settled"
    return dispute.ruling.finding


def _end(order: Order, was: Dispute, now: Dispute) -> tuple[Row, ...]:
    if was.closed_at == now.closed_at:
        return ()
    if now.closed_at is None:
        return (Row("case_ends", {"dispute_id": now.id}, None),)  # an appeal took it up again
    ended = how_it_ended(now)
    values: dict[str, Column] = {
        "buyer": order.buyer,
        "seller": order.seller,
        "ended": ended,
        "undelivered": "yes" if _undelivered(order, now, ended) else "no",
        "at": to_micros(now.closed_at),
    }
    return (Row("case_ends", {"dispute_id": now.id}, values),)


def _undelivered(order: Order, dispute: Dispute, ended: Ended) -> bool:
    """Whether the goods never came: found so, or made good where no carrier says that they did."""
    if dispute.claim.reason != "not_received" or dispute.outcome not in ("refunded", "replaced"):
        return False
    if ended != "settled":
        return ended == "for_buyer"
    ways = [p for p in order.outbound if p.lines.keys() & dispute.claim.lines.keys()]
    return not ways or any(parcel.delivered_at is None for parcel in ways)


def _answer(order: Order, event: DisputeEvent, was: Dispute, now: Dispute) -> tuple[Row, ...]:
    if now.seller_answered and not was.seller_answered:
        seconds: int | None = (event.at - now.opened_at) // _SECOND
    elif isinstance(event, Escalated) and event.because == "seller_silent":
        seconds = None
    else:
        return ()
    values: dict[str, Column] = {
        "seller": order.seller,
        "answered": "no" if seconds is None else "yes",
        "seconds": seconds,
        "at": to_micros(event.at),
    }
    return (Row("first_answers", {"dispute_id": now.id}, values),)


def _review(order: Order, left: FeedbackLeft) -> Row:
    values: dict[str, Column] = {
        "seller": order.seller,
        "stars": str(left.stars),
        "ref": left.ref,
        "at": to_micros(left.at),
    }
    return Row("reviews", {}, values)
