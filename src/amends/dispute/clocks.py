"""Which clocks run in each phase of a dispute, as the pack says."""

from __future__ import annotations

from msgspec.structs import replace

from amends.dispute.state import Dispute
from amends.kernel.deadlines import Deadline, Turn
from amends.kernel.instants import Instant
from amends.kernel.people import Side
from amends.policy.clocks import start_clock
from amends.policy.terms import Days, Terms


def first_answer_clocks(terms: Terms, opened_at: Instant) -> tuple[Deadline, ...]:
    """The seller's first answer and the end of negotiation, both counted from the opening."""
    end = start_clock(
        terms.clocks.negotiation_ends_after, "negotiation", "seller", opened_at, "dispute_opened"
    )
    answer = start_clock(
        terms.clocks.seller_answers_within, "answer", "seller", opened_at, "dispute_opened",
        not_after=end.at,
    )  # fmt: skip
    return (answer, end)


def longer_answer_clocks(terms: Terms, dispute: Dispute, now: Instant) -> tuple[Deadline, ...]:
    """The same with the extension the seller asked for at ``now``, where the pack gives one.

    An answer that an outage of ours made due still later stays due then.
    """
    longer = terms.clocks.seller_answers_within_with_more_time or terms.clocks.seller_answers_within
    answer = start_clock(
        longer, "answer", "seller", dispute.opened_at, "dispute_opened",
        not_after=dispute.negotiation_ends, now=now,
    )  # fmt: skip
    running = dispute.deadline("answer")
    if running and running.at > answer.at:
        answer = running
    return (answer, *_end_of_negotiation(dispute, "seller"))


def answer_clocks(
    terms: Terms, dispute: Dispute, turn: Side, now: Instant, anchor: str = "offer_made"
) -> tuple[Deadline, ...]:
    """The answer to what was just said, never past the end of negotiation, and that end."""
    answer = start_clock(
        terms.clocks.offer_answered_within, "answer", turn, now, anchor,
        not_after=dispute.negotiation_ends,
    )  # fmt: skip
    return (answer, *(_told_once(answer, end) for end in _end_of_negotiation(dispute, turn)))


def _told_once(answer: Deadline, end: Deadline) -> Deadline:
    """The end of negotiation without the reminders that those of an answer due then stand for."""
    if end.at != answer.at:
        return end
    return replace(end, reminders=tuple(r for r in end.reminders if r not in answer.reminders))


def _end_of_negotiation(dispute: Dispute, turn: Side) -> tuple[Deadline, ...]:
    """As it runs, with the reminders still to come; it waits for whoever's turn it is."""
    return tuple(replace(d, turn=turn) for d in dispute.deadlines if d.what == "negotiation")


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


def decision_clock(dispute: Dispute) -> Deadline:
    """The clock on whoever decides a dispute in mediation or appeal.

    Raises StopIteration in any other phase.
    """
    deciding = ("ruling", "supervisor_ruling", "appeal_decision", "supervisor_appeal_decision")
    return next(d for d in dispute.deadlines if d.what in deciding)


def kept_ruling_clocks(dispute: Dispute) -> tuple[Deadline, ...]:
    """What a question to a side does not stop: the decision's clock, and the daily alarm that
    there is none yet."""
    alarms = (d for d in dispute.deadlines if d.what == "operator_alarm")
    return (decision_clock(dispute), *alarms)
