"""What falls due by itself: on the order, and in each of its disputes."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.case import CaseEvent
from amends.dispute.events.negotiation import DisputeReminded, TurnExtended
from amends.dispute.follow import with_what_follows
from amends.dispute.lapse import Lapse, lapsed
from amends.dispute.state import Case
from amends.kernel.deadlines import Deadline
from amends.kernel.decision import Stamp
from amends.kernel.instants import Instant, Outage
from amends.order.expire import expire as expire_order
from amends.policy.terms import Terms


class _Due(Struct, frozen=True):
    """A dispute's clock with which something has to be done at ``at``."""

    at: Instant
    dispute: str
    clock: Deadline


def expire(case: Case, terms: Terms, stamp: Stamp) -> tuple[CaseEvent, ...]:
    """What the earliest instant due at or before ``stamp.at`` brings; () when nothing is due.

    One clock at a time, so that the next is judged by what this one has made of the case: at the
    same instant the order's own come first, then the disputes' in the order of their opening, and
    in a dispute ends before reminders. Events carry the instant they were due at, however late the
    service got to them.
    """
    of_order = expire_order(case.order, terms, stamp)
    due = _earliest(case, stamp.at)
    events: tuple[CaseEvent, ...]
    if of_order and (due is None or of_order[0] <= due.at):
        at, events = of_order
    elif due:
        at, events = due.at, _brought_by(due, case, terms, stamp)
    else:
        return ()
    return with_what_follows(case, events, terms, replace(stamp, at=at))


def _earliest(case: Case, now: Instant) -> _Due | None:
    every = [
        _Due(clock.next_due, dispute.id, clock)
        for dispute in case.disputes.values()
        for clock in dispute.deadlines
        if clock.next_due <= now
    ]
    if not every:
        return None
    first = min(due.at for due in every)
    dispute = next(due.dispute for due in every if due.at == first)
    now_due = [due for due in every if (due.at, due.dispute) == (first, dispute)]
    return next((due for due in now_due if not due.clock.reminders), now_due[0])


def _brought_by(due: _Due, case: Case, terms: Terms, stamp: Stamp) -> tuple[CaseEvent, ...]:
    clock = due.clock
    if clock.reminders:
        reminded = DisputeReminded(
            at=due.at, dispute=due.dispute, what=clock.what, turn=clock.turn, due=clock.at
        )
        return (reminded,)
    outage = _outage_at_the_end(clock, terms, stamp)
    if outage:
        extended = TurnExtended(
            at=due.at,
            dispute=due.dispute,
            what=clock.what,
            down_since=outage.since,
            down_until=outage.until,
            due=clock.at + (outage.until - outage.since),
        )
        return (extended,)
    return lapsed(Lapse(case, case.disputes[due.dispute], clock, terms))


def _outage_at_the_end(clock: Deadline, terms: Terms, stamp: Stamp) -> Outage | None:
    """The outage of ours, long enough to matter, in which a side's turn ran out. The turn then ends
    after it, so that no outage extends it twice."""
    if clock.turn not in ("buyer", "seller"):
        return None
    least = terms.clocks.outage_extends_after.span
    return next(
        (
            outage
            for outage in stamp.outages
            if outage.since <= clock.at < outage.until and outage.until - outage.since >= least
        ),
        None,
    )
