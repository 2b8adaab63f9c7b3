"""Disagree with what the seller says came back: a mediator decides."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.escalation import escalated
from amends.dispute.parcels import way_back
from amends.dispute.proof import put_evidence
from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Id, Prose

BY = frozenset({Role.BUYER})


class ContestReturn(Struct, frozen=True, forbid_unknown_fields=True, tag="contest_return"):
    """``text``: what was sent and how it can be known. ``evidence``: ids of the buyer's uploads."""

    text: Prose
    evidence: tuple[Id, ...] = ()


def may(asked: AskedOfDispute) -> Refused | None:
    """After an inspection that found fault, while the buyer's answer is awaited."""
    refused = asked.refuse_phase("returning")
    if not refused and way_back(asked.dispute).condition is None:
        facts = {"turn": asked.dispute.turn}
        return Refused("return_not_inspected", facts, ("wait_for_other_side",))
    return refused


def decide(asked: AskedOfDispute, command: ContestReturn) -> Outcome:
    """The ruling has days of its own from here, whatever day of the case it is."""
    if not command.text.strip():
        return Refused("text_missing", {}, ("say_why",), "invalid", "text")
    put = put_evidence(asked, command.evidence)
    if isinstance(put, Refused):
        return put
    text_ref, contents = asked.text("text", command.text)
    moved = escalated(
        asked.dispute,
        asked.terms,
        asked.now,
        "return_contested",
        by="buyer",
        note_ref=text_ref,
    )
    return Accepted((*put, moved), contents)
