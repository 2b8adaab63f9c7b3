"""What a reader is warned of beside a message: only what would cost them something as the case
stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute
from amends.dispute.state import Case, Dispute
from amends.guidance.scams import Found, Trick
from amends.kernel.decision import Stamp
from amends.kernel.instants import Instant
from amends.kernel.people import Actor, Role
from amends.order.protection import protection
from amends.policy.terms import Terms


class Warned(Struct, frozen=True):
    """A warning; ``until``: the reader's own date to act by, where they have one."""

    trick: Trick
    until: Instant | None


def warnings(
    found: Iterable[Found], at: Instant, case: Case, by: Actor, terms: Terms, stamp: Stamp
) -> tuple[Warned, ...]:
    """What ``by`` is warned of in what the other side wrote ``at`` an instant.

    A seller has nothing to close, to send back or to miss: they are told of ways off the platform
    alone. Waiting is no harm up to the buyer's own date, nor postage that is theirs to pay.
    """
    until = own_date(case, by, terms, stamp.at)
    kept = []
    for one in found:
        match one.trick:
            case "elsewhere":
                harms = True
            case "postage":
                harms = by.role is Role.BUYER and not _buyer_pays(case, by, terms, stamp)
            case "wait":
                late = one.days is None or until is None or at + timedelta(one.days) >= until
                harms = by.role is Role.BUYER and until is not None and late
            case _:
                harms = by.role is Role.BUYER
        if harms:
            kept.append(Warned(one.trick, until))
    return tuple(kept)


def own_date(case: Case, by: Actor, terms: Terms, now: Instant) -> Instant | None:
    """The first date by which a side has to act: on their turn in a dispute, or a buyer's, before
    protection ends, while there is no dispute."""
    open_ones = _open(case)
    if open_ones:
        return min(
            (c.at for d in open_ones for c in d.deadlines if c.turn == by.role), default=None
        )
    if by.role is not Role.BUYER:
        return None
    ends = (line.window.until for line in protection(case.order, terms, now))
    return min((end for end in ends if end and end > now), default=None)


def _open(case: Case) -> list[Dispute]:
    return [dispute for dispute in case.disputes.values() if dispute.closed_at is None]


def _buyer_pays(case: Case, by: Actor, terms: Terms, stamp: Stamp) -> bool:
    payers = {AskedOfDispute(case, d, by, terms, stamp).pays_return for d in _open(case)}
    return payers == {"buyer"}
