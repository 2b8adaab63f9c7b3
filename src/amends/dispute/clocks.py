"""Which clocks run in each phase of a dispute, as the pack says."""

from __future__ import annotations

from amends.dispute.state import Dispute
from amends.kernel.deadlines import Deadline, Turn
from amends.kernel.instants import Instant
from amends.kernel.people import Side
from amends.policy.clocks import start_clock
from amends.policy.terms import Days, Terms


def negotiation_clock(terms: Terms, opened_at: Instant, turn: Side) -> Deadline:
    """The end of negotiation, counted from the opening; it waits for whoever's turn it is."""
    term = terms.clocks.negotiation_ends_after
    return start_clock(term, "negotiation", turn, opened_at, "dispute_opened")


def first_answer_clocks(
    terms: Terms, opened_at: Instant, *, more_time: bool
) -> tuple[Deadline, ...]:
    """The seller's first answer, with or without the one extension, and the end of negotiation."""
    longer = terms.clocks.seller_answers_within_with_more_time
    term = longer if more_time and longer else terms.clocks.seller_answers_within
    end = negotiation_clock(terms, opened_at, "seller")
    answer = start_clock(term, "answer", "seller", opened_at, "dispute_opened", not_after=end.at)
    return (answer, end)


def answer_clocks(terms: Terms, dispute: Dispute, turn: Side, now: Instant) -> tuple[Deadline, ...]:
    """The answer to what was just said, never past the end of negotiation, and that end."""
    end = negotiation_clock(terms, dispute.opened_at, turn)
    answer = start_clock(
        terms.clocks.offer_answered_within, "answer", turn, now, "offer_made", not_after=end.at
    )
    return (answer, end)


def ruling_clock(term: Days, since: Instant, anchor: str, turn: Turn = "mediator") -> Deadline:
    """When the ruling is due."""
    return start_clock(term, "ruling", turn, since, anchor)


def kept_ruling_clock(dispute: Dispute) -> tuple[Deadline, ...]:
    """The clocks on whoever decides, as they run: a question to a side does not stop them."""
    deciding = ("ruling", "supervisor_ruling", "appeal_decision", "supervisor_appeal_decision")
    return tuple(d for d in dispute.deadlines if d.what in deciding)
