"""Which clocks run in each phase of a dispute, as the pack says."""

from __future__ import annotations

from amends.dispute.state import Dispute
from amends.kernel.deadlines import Deadline, Turn
from amends.kernel.instants import Instant
from amends.kernel.people import Side
from amends.policy.clocks import start_clock
from amends.policy.terms import Days, Terms


def negotiation_clock(terms: Terms, opened_at: Instant, turn: Side, now: Instant) -> Deadline:
    """The end of negotiation, counted from the opening; it waits for whoever's turn it is."""
    term = terms.clocks.negotiation_ends_after
    return start_clock(term, "negotiation", turn, opened_at, "dispute_opened", now=now)


def first_answer_clocks(
    terms: Terms, opened_at: Instant, *, more_time: bool, now: Instant | None = None
) -> tuple[Deadline, ...]:
    """The seller's first answer, with or without the one extension, and the end of negotiation.

    ``now``: when the clocks are set, if later than the opening.
    """
    longer = terms.clocks.seller_answers_within_with_more_time
    term = longer if more_time and longer else terms.clocks.seller_answers_within
    set_at = now or opened_at
    end = negotiation_clock(terms, opened_at, "seller", set_at)
    answer = start_clock(
        term, "answer", "seller", opened_at, "dispute_opened", not_after=end.at, now=set_at
    )
    return (answer, end)


def answer_clocks(
    terms: Terms, dispute: Dispute, turn: Side, now: Instant, anchor: str = "offer_made"
) -> tuple[Deadline, ...]:
    """The answer to what was just said, never past the end of negotiation, and that end."""
    end = negotiation_clock(terms, dispute.opened_at, turn, now).moved_to(dispute.negotiation_ends)
    answer = start_clock(
        terms.clocks.offer_answered_within, "answer", turn, now, anchor, not_after=end.at
    )
    return (answer, end)


def ruling_clock(
    term: Days,
    since: Instant,
    anchor: str,
    turn: Turn = "mediator",
    *,
    now: Instant | None = None,
) -> Deadline:
    """When the ruling is due; ``now``: when the clock is set, if later than ``since``."""
    return start_clock(term, "ruling", turn, since, anchor, now=now)


def kept_ruling_clock(dispute: Dispute) -> tuple[Deadline, ...]:
    """The clocks on whoever decides, as they run: a question to a side does not stop them."""
    deciding = ("ruling", "supervisor_ruling", "appeal_decision", "supervisor_appeal_decision")
    return tuple(d for d in dispute.deadlines if d.what in deciding)
