from __future__ import annotations

from msgspec.structs import replace

from amends.dispute.decide.add_evidence import AddEvidence
from amends.dispute.decide.answer_information import AnswerInformation
from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.decide.escalate import Escalate
from amends.dispute.decide.request_information import RequestInformation
from amends.dispute.events.judging import InformationAnswered
from amends.dispute.events.negotiation import EvidenceAdded
from amends.dispute.state import Case
from amends.kernel.people import Actor
from tests.dispute.cases import (
    ANSWERED,
    D1,
    ESCALATED,
    OPENED,
    accepted,
    answered,
    appeal_overdue,
    appealed,
    mediated,
    of,
    overdue,
    refused,
    ruled,
    then,
    uploaded,
)  # fmt: skip
from tests.given import APPEALS, BUYER, DAY, MEDIATOR, SECOND, SELLER, SUPERVISOR, after, terms

ANSWER = AnswerInformation(answer="The EU chart, as the listing shows.")


def questioned(case: Case | None = None, by: Actor = MEDIATOR, at: object = ESCALATED) -> Case:
    command = RequestInformation(of="seller", question="Which chart?")
    return then(case or mediated(), command, by, at)  # type: ignore[arg-type]


def test_the_answer_gives_the_turn_back_with_the_time_that_is_left() -> None:
    case = uploaded(questioned(), "E1", by=SELLER)
    command = replace(ANSWER, evidence=("E1",))
    outcome = accepted(case, command, SELLER, ESCALATED + DAY)
    assert [type(e) for e in outcome.events] == [InformationAnswered, EvidenceAdded]
    assert [(c.ref, c.owner) for c in outcome.contents] == [("c1.answer", "s1")]
    case = after(case, *outcome.events)
    dispute = of(case)
    assert (dispute.phase, dispute.turn, dispute.information) == ("mediation", "mediator", None)
    assert dispute.deadlines == of(mediated()).deadlines
    assert case.order.evidence["E1"].disputes == (D1,)


def test_what_is_in_the_dispute_already_is_only_referred_to() -> None:
    case = uploaded(questioned(), "E1", by=SELLER)
    case = then(case, AddEvidence(evidence=("E1",)), SELLER, ESCALATED)
    outcome = accepted(case, replace(ANSWER, evidence=("E1",)), SELLER, ESCALATED)
    (only,) = outcome.events
    assert isinstance(only, InformationAnswered)
    assert only.evidence == ("E1",)


def test_without_evidence_only_the_answer_is_told() -> None:
    outcome = accepted(questioned(), ANSWER, SELLER, ESCALATED)
    assert [type(e) for e in outcome.events] == [InformationAnswered]


def test_it_goes_back_to_whoever_asked() -> None:
    asked = questioned(appealed(), APPEALS, ESCALATED + 3 * DAY)
    assert of(then(asked, ANSWER, SELLER, ESCALATED + 3 * DAY)).turn == "appeals"
    asked = questioned(overdue(), SUPERVISOR, OPENED + 15 * DAY)
    assert of(then(asked, ANSWER, SELLER, OPENED + 15 * DAY)).turn == "supervisor"
    asked = questioned(appeal_overdue(), SUPERVISOR, ESCALATED + 9 * DAY)
    assert of(then(asked, ANSWER, SELLER, ESCALATED + 9 * DAY)).turn == "supervisor"


def test_a_silent_side_that_answers_has_been_heard() -> None:
    case = then(answered(), Escalate(), SELLER, ANSWERED)
    case = then(case, AssignMediator(mediator="m1"), SUPERVISOR, ANSWERED)
    case = then(case, RequestInformation(of="buyer", question="Fits?"), MEDIATOR, ANSWERED)
    assert of(case).unheard == "buyer"
    assert of(then(case, ANSWER, BUYER, ANSWERED + SECOND)).unheard is None


def test_only_the_side_that_was_asked() -> None:
    no = refused(questioned(), ANSWER, BUYER, ESCALATED)
    assert (no.rule, no.facts["of"]) == ("other_side_asked", "seller")
    assert refused(mediated(), ANSWER, SELLER, ESCALATED).rule == "no_question_open"
    assert refused(answered(), ANSWER, SELLER, ESCALATED).rule == "wrong_phase"
    assert refused(ruled(), ANSWER, SELLER, ESCALATED).rule == "wrong_phase"
    assert refused(questioned(), ANSWER, MEDIATOR, ESCALATED).rule == "not_for_this_role"


def test_an_answer_has_words_and_evidence_of_one_s_own() -> None:
    no = refused(questioned(), AnswerInformation(answer="\n"), SELLER, ESCALATED)
    assert (no.rule, no.field) == ("text_missing", "answer")
    case = uploaded(questioned(), "E1", by=BUYER)
    foreign = replace(ANSWER, evidence=("E1",))
    assert refused(case, foreign, SELLER, ESCALATED).rule == "unknown_evidence"
    none = replace(terms(), limits=replace(terms().limits, evidence_per_side=0))
    case = uploaded(questioned(), "E1", by=SELLER)
    assert refused(case, foreign, SELLER, ESCALATED, under=none).rule == "too_much_evidence"
