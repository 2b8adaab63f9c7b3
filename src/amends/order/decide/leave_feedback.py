"""Tell others how the seller did."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Prose
from amends.order.asked import Asked, OrderOutcome
from amends.order.events.life import FeedbackLeft

BY = frozenset({Role.BUYER})


class LeaveFeedback(Struct, frozen=True, forbid_unknown_fields=True, tag="leave_feedback"):
    """``stars``: 1 (poor) to 5. Left again, it takes the place of what was there."""

    stars: Annotated[int, Meta(ge=1, le=5)]
    text: Prose = ""


def may(asked: Asked) -> Refused | None:
    """After the order or its dispute has ended, and for some days after the first time.

    Not while a dispute is open: until it has ended a review would be a means of pressure.
    """
    order, term = asked.order, asked.terms.clocks.feedback_amendable_for
    if order.open_claims:
        disputes: Facts = {"disputes": tuple(order.open_claims)}
        return Refused("dispute_open", disputes, ("wait_for_end_of_dispute",))
    ended = order.received_at or order.protection_ended_at or order.cancelled_at
    if not ended and not order.claims:
        return Refused("order_not_ended", {"status": order.status}, ("confirm_receipt",))
    if order.feedback_at and asked.now >= order.feedback_at + term.span:
        facts: Facts = {"left_at": order.feedback_at, "days": term.days, "source": term.source}
        return Refused(term.rule, facts, ("send_message",))
    return None


def decide(asked: Asked, command: LeaveFeedback) -> OrderOutcome:
    """On record; it can be amended for as long as the pack says after the first time."""
    ref, contents = asked.text("text", command.text)
    left = FeedbackLeft(at=asked.now, by=asked.by.person, stars=command.stars, ref=ref)
    return Accepted((left,), contents)
