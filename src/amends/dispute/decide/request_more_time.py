"""Ask, once, for more time for the first answer."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.clocks import longer_answer_clocks
from amends.dispute.events.negotiation import MoreTimeGiven
from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Prose

BY = frozenset({Role.SELLER})


class RequestMoreTime(Struct, frozen=True, forbid_unknown_fields=True, tag="request_more_time"):
    """``note``: what the time is for."""

    note: Prose = ""


def may(asked: AskedOfDispute) -> Refused | None:
    """Before the first answer, once, where the pack gives it."""
    dispute = asked.dispute
    refused = asked.refuse_phase("awaiting_seller")
    if refused:
        return refused
    if dispute.seller_answered:
        return Refused("first_answer_given", {}, ("make_offer", "decline_offer"))
    answer = dispute.deadline("answer")
    facts: Facts = {"answer_due": answer.at if answer else None}
    if dispute.more_time:
        return Refused("more_time_once", facts, ("make_offer", "decline_offer"))
    if asked.terms.clocks.seller_answers_within_with_more_time is None:
        return Refused("no_more_time_given", facts, ("make_offer", "decline_offer"))
    return None


def decide(asked: AskedOfDispute, command: RequestMoreTime) -> Outcome:
    """The longer span counts from the opening, as the shorter one did."""
    note_ref, contents = asked.text("note", command.note)
    given = MoreTimeGiven(
        at=asked.now,
        dispute=asked.dispute.id,
        phase="awaiting_seller",
        turn="seller",
        deadlines=longer_answer_clocks(asked.terms, asked.dispute, asked.now),
        note_ref=note_ref,
    )
    return Accepted((given,), contents)
