"""Dates that are promised: by a marketplace, and of money at a bank."""

from __future__ import annotations

from datetime import timedelta

from amends.kernel.decision import Facts, Refused
from amends.kernel.instants import EPOCH, Calendar, Instant
from amends.order.asked import When, in_the_future
from amends.order.state import Refund
from amends.policy.terms import Terms

# Long enough for what is made to order. Without a bound a slip of a digit would keep the seller's
# money for a century, or lead out of the calendar.
FURTHEST = timedelta(days=1826)


def refuse_promise(at: When | None, placed_at: Instant, field: str) -> Refused | None:
    """Refuses a promised date before the order was placed, or more than five years after it."""
    if at is None or placed_at <= at <= placed_at + FURTHEST:
        return None
    facts: Facts = {"at": at, "placed_at": placed_at, "latest": placed_at + FURTHEST}
    rule, then = "before_the_order", "give_later_time"
    if at > placed_at:
        rule, then = "date_too_far", "give_earlier_time"
    return Refused(rule, facts, (then,), "invalid", field)


def refuse_dates(
    placed_at: When, ship_by: When | None, promised_by: When | None, now: Instant
) -> Refused | None:
    """Refuses an order placed in the future or before 1970, and dates it cannot promise."""
    refused = in_the_future(placed_at, now, "placed_at")
    if refused:
        return refused
    if placed_at < EPOCH:
        facts: Facts = {"at": placed_at, "earliest": EPOCH}
        return Refused("date_too_early", facts, ("give_later_time",), "invalid", "placed_at")
    return refuse_promise(ship_by, placed_at, "shipping.ship_by") or refuse_promise(
        promised_by, placed_at, "promised_by"
    )


def at_the_bank(refund: Refund, terms: Terms, calendar: Calendar) -> tuple[Instant, Instant]:
    """From when to when a refund should show at the buyer's bank, counted from its instruction, or
    from the receipt of the parcel that came back (guide 003)."""
    days, since = terms.refunds, refund.counted_from or refund.recorded_at
    return (
        calendar.add_working_days(since, days.arrives_from_working_days.days),
        calendar.add_working_days(since, days.arrives_until_working_days.days),
    )
