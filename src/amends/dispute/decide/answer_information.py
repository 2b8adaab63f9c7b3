"""Answer what the mediator, officer or supervisor asked."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.clocks import kept_ruling_clocks
from amends.dispute.deciders import decider
from amends.dispute.events.judging import InformationAnswered
from amends.dispute.proof import put_evidence
from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Id, Prose

BY = frozenset({Role.BUYER, Role.SELLER})


class AnswerInformation(Struct, frozen=True, forbid_unknown_fields=True, tag="answer_information"):
    """``evidence``: ids of one's own uploads; those new to the dispute are put to it."""

    answer: Prose
    evidence: tuple[Id, ...] = ()


def may(asked: AskedOfDispute) -> Refused | None:
    """Only the side that was asked, while the question is open."""
    refused = asked.refuse_phase("mediation", "appeal")
    if refused:
        return refused
    request = asked.dispute.information
    if request is None:
        return Refused("no_question_open", {}, ("see_options",))
    if request.of != asked.side:
        facts: Facts = {"of": request.of}
        return Refused("other_side_asked", facts, ("wait_for_other_side",))
    return None


def decide(asked: AskedOfDispute, command: AnswerInformation) -> Outcome:
    """The turn goes back to whoever decides, with the time that is left."""
    dispute = asked.dispute
    if not command.answer.strip():
        return Refused("text_missing", {}, ("write_answer",), "invalid", "answer")
    added = put_evidence(asked, command.evidence)
    if isinstance(added, Refused):
        return added
    answer_ref, contents = asked.text("answer", command.answer)
    answered = InformationAnswered(
        at=asked.now,
        dispute=dispute.id,
        phase=dispute.phase,
        turn=decider(dispute),
        deadlines=kept_ruling_clocks(dispute),
        by=asked.side,
        answer_ref=answer_ref,
        evidence=command.evidence,
    )
    return Accepted((answered, *added), contents)
