"""Answer what the mediator, officer or supervisor asked."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.case import CaseEvent
from amends.dispute.clocks import kept_ruling_clock
from amends.dispute.deciders import decider
from amends.dispute.events import EvidenceAdded, InformationAnswered
from amends.dispute.proof import refuse_new_evidence
from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Id, Prose

BY = frozenset({Role.BUYER, Role.SELLER})


class AnswerInformation(Struct, frozen=True, forbid_unknown_fields=True, tag="answer_information"):
    """``evidence``: ids of one's own uploads, which are put to the dispute with the answer."""

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
    refused = refuse_new_evidence(asked.order, dispute.id, asked.by, command.evidence, asked.terms)
    if refused:
        return refused
    answer_ref, contents = asked.text("answer", command.answer)
    answered = InformationAnswered(
        at=asked.now,
        dispute=dispute.id,
        phase=dispute.phase,
        turn=decider(dispute),
        deadlines=kept_ruling_clock(dispute),
        by=asked.side,
        answer_ref=answer_ref,
        evidence=command.evidence,
    )
    events: list[CaseEvent] = [answered]
    if command.evidence:
        added = EvidenceAdded(
            at=asked.now,
            dispute=dispute.id,
            by=asked.by.person,
            side=asked.side,
            evidence=command.evidence,
        )
        events.append(added)
    return Accepted(tuple(events), contents)
