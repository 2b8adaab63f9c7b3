"""The clock of each step on the goods' way back, and on a replacement's way to the buyer."""

from __future__ import annotations

from amends.dispute.state import Replacement, Return
from amends.kernel.deadlines import DAY, Deadline, Turn
from amends.kernel.instants import Instant
from amends.order.state import Order
from amends.policy.clocks import start_clock
from amends.policy.terms import Days, Terms


def return_clock(
    order: Order, back: Return | None, terms: Terms, now: Instant, anchor: str
) -> Deadline:
    """The clock of the step a return is at, started at ``now``, when ``anchor`` happened."""
    returns = terms.returns
    if back is None or not back.address_ref:
        return start_clock(returns.address_within, "return_address", "seller", now, anchor)
    if back.condition is not None:
        return start_clock(
            returns.inspection_answered_within, "inspection_answer", "buyer", now, anchor
        )
    if back.delivered_at is not None:
        return start_clock(returns.inspected_within, "inspection", "seller", now, anchor)
    if back.parcel:
        return start_clock(
            _carrier_days(order, back.parcel, terms), "return_arrival", "seller", now, anchor
        )
    return start_clock(returns.shipped_within, "return_shipment", "buyer", now, anchor)


def replacement_clock(
    order: Order, sent: Replacement | None, terms: Terms, now: Instant, anchor: str
) -> Deadline:
    """The clock of the step a replacement is at, started at ``now``, when ``anchor`` happened."""
    if sent is None or not sent.parcel:
        within = terms.returns.replacement_shipped_within
        return start_clock(within, "replacement_shipment", "seller", now, anchor)
    days = _carrier_days(order, sent.parcel, terms)
    return start_clock(days, "replacement_arrival", "buyer", now, anchor)


def _carrier_days(order: Order, parcel_id: str, terms: Terms) -> Days:
    return terms.carrier_days(next(p.carrier for p in order.parcels if p.id == parcel_id))


def clock_since(
    term: Days, what: str, turn: Turn, since: Instant, anchor: str, now: Instant
) -> Deadline:
    """A clock on what happened at ``since`` and is told at ``now``.

    It counts from when it happened, but from now where that would leave whoever must act less than
    a day: nobody loses by silence on what they were told too late.
    """
    left = since + term.span - now
    return start_clock(
        term, what, turn, since if left >= min(DAY, term.span) else now, anchor, now=now
    )
