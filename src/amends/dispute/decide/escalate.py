"""Ask for a mediator once the seller has answered and the sides do not agree."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.escalation import escalated
from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Prose

BY = frozenset({Role.BUYER, Role.SELLER})


class Escalate(Struct, frozen=True, forbid_unknown_fields=True, tag="escalate"):
    """``note``: what the mediator should know that is not in the case yet."""

    note: Prose = ""


def may(asked: AskedOfDispute) -> Refused | None:
    """The seller's first answer comes before; without it the case goes to a mediator by itself."""
    refused = asked.refuse_phase("awaiting_seller", "awaiting_buyer")
    if refused or asked.dispute.seller_answered:
        return refused
    answer = asked.dispute.deadline("answer")
    facts: Facts = {"answer_due": answer.at if answer else None}
    next_ = ("wait_for_other_side",) if asked.side == "buyer" else ("make_offer", "decline_offer")
    return Refused("seller_has_not_answered", facts, next_)


def decide(asked: AskedOfDispute, command: Escalate) -> Outcome:
    """The other side keeps what is left of its time to answer; no ruling comes before."""
    note_ref, contents = asked.text("note", command.note)
    moved = escalated(
        asked.dispute, asked.terms, asked.now, "asked_for", by=asked.side, note_ref=note_ref
    )
    return Accepted((moved,), contents)
