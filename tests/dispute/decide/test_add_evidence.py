from __future__ import annotations

import pytest
from msgspec.structs import replace

from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.add_evidence import AddEvidence
from amends.dispute.decide.cancel_dispute import CancelDispute
from amends.dispute.decide.escalate import Escalate
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.events.negotiation import EvidenceAdded
from amends.dispute.state import Case, InformationRequest
from amends.kernel.people import Actor, Role
from amends.order.events.proof import EvidenceWithdrawn
from tests.dispute.cases import (
    ANSWERED,
    D1,
    ESCALATED,
    accepted,
    answered,
    mediated,
    of,
    opened,
    refused,
    rub,
    ruled,
    then,
    uploaded,
)  # fmt: skip
from tests.given import BUYER, DAY, MEDIATOR, SECOND, SELLER, SUPERVISOR, SUPPORT, after, terms


def in_phase(case: Case, **changes: object) -> Case:
    """The same dispute in another state that a later step leads to."""
    return replace(case, disputes={D1: replace(of(case), **changes)})


def test_both_sides_put_their_own_proofs_while_they_negotiate() -> None:
    case = uploaded(uploaded(opened(), "E1"), "E2", by=SELLER)
    outcome = accepted(case, AddEvidence(evidence=("E2",), note="As sent."), SELLER, ANSWERED)
    assert outcome.events == (
        EvidenceAdded(
            at=ANSWERED, dispute=D1, by="s1", side="seller", evidence=("E2",), note_ref="c1.note"
        ),
    )
    assert [c.text for c in outcome.contents] == ["As sent."]
    case = after(case, *outcome.events)
    assert (of(case).turn, of(case).seller_answered) == ("seller", False)
    case = then(case, AddEvidence(evidence=("E1",)), BUYER, ANSWERED)
    assert [proof.disputes for proof in case.order.evidence.values()] == [(D1,), (D1,)]


@pytest.mark.parametrize("phase", ["awaiting_buyer", "mediation", "returning", "replacing"])
def test_open_until_deciding_starts_and_while_goods_are_on_their_way(phase: str) -> None:
    case = in_phase(uploaded(mediated(), "E1"), phase=phase)
    accepted(case, AddEvidence(evidence=("E1",)), BUYER, ESCALATED)


@pytest.mark.parametrize("phase", ["ruled", "settling", "appeal"])
def test_deciding_freezes_the_evidence(phase: str) -> None:
    case = in_phase(uploaded(mediated(), "E1"), phase=phase)
    for by in (BUYER, SUPERVISOR):
        no = refused(case, AddEvidence(evidence=("E1",)), by, ESCALATED)
        assert (no.rule, no.facts["phase"]) == ("evidence_frozen", phase)


def test_in_an_appeal_only_the_side_asked_adds_to_it() -> None:
    case = uploaded(uploaded(ruled(), "E1"), "E2", by=SELLER)
    question = InformationRequest("buyer", "c.question", ESCALATED)
    case = in_phase(case, phase="appeal", information=question)
    accepted(case, AddEvidence(evidence=("E1",)), BUYER, ESCALATED)
    no = refused(case, AddEvidence(evidence=("E2",)), SELLER, ESCALATED)
    assert no.rule == "evidence_frozen"


def test_a_closed_dispute_takes_nothing() -> None:
    case = then(uploaded(opened(), "E1"), CancelDispute(), BUYER, ANSWERED)
    no = refused(case, AddEvidence(evidence=("E1",)), BUYER, ANSWERED)
    assert no.rule == "dispute_closed"


def test_staff_may_put_any_side_s_proof() -> None:
    case = uploaded(uploaded(mediated(), "E1"), "E2", by=MEDIATOR)
    case = then(case, AddEvidence(evidence=("E1", "E2")), MEDIATOR, ESCALATED)
    assert case.order.evidence["E1"].disputes == (D1,)
    case = uploaded(case, "E3", by=SELLER)
    accepted(case, AddEvidence(evidence=("E3",)), SUPERVISOR, ESCALATED)


def test_staff_with_a_tie_to_the_case_stay_out_of_it() -> None:
    case = uploaded(mediated(), "E1")
    tied = Actor("s1", Role.SUPERVISOR)
    assert refused(case, AddEvidence(evidence=("E1",)), tied, ESCALATED).rule == (
        "conflict_of_interest"
    )
    assert refused(case, AddEvidence(evidence=("E1",)), SUPPORT, ESCALATED).rule == (
        "not_for_this_role"
    )


def test_evidence_has_to_be_one_s_own_and_new_to_the_dispute() -> None:
    case = uploaded(uploaded(opened(), "E1", "E2"), "E3", by=SELLER)
    case = then(case, AddEvidence(evidence=("E1",)), BUYER, ANSWERED)
    assert refused(case, AddEvidence(evidence=()), BUYER, ANSWERED).rule == "evidence_missing"
    for foreign in ("E3", "E9"):
        no = refused(case, AddEvidence(evidence=(foreign,)), BUYER, ANSWERED)
        assert (no.rule, no.facts["evidence"]) == ("unknown_evidence", foreign)
    twice = refused(case, AddEvidence(evidence=("E2", "E2")), BUYER, ANSWERED)
    assert twice.rule == "evidence_named_twice"
    again = refused(case, AddEvidence(evidence=("E2", "E1")), BUYER, ANSWERED)
    assert (again.rule, again.facts["evidence"]) == ("evidence_already_added", "E1")
    case = after(case, EvidenceWithdrawn(at=ANSWERED, evidence="E2"))
    gone = refused(case, AddEvidence(evidence=("E2",)), BUYER, ANSWERED)
    assert gone.rule == "unknown_evidence"


def test_each_side_has_a_limit_of_its_own() -> None:
    two = replace(terms(), limits=replace(terms().limits, evidence_per_side=2))
    case = uploaded(uploaded(opened(), "E1", "E2", "E3"), "S1", "S2", by=SELLER)
    case = then(case, AddEvidence(evidence=("E1",)), BUYER, ANSWERED, under=two)
    no = refused(case, AddEvidence(evidence=("E2", "E3")), BUYER, ANSWERED, under=two)
    assert (no.rule, no.facts) == ("too_much_evidence", {"put": 1, "more": 2, "most": 2})
    case = then(case, AddEvidence(evidence=("E2",)), BUYER, ANSWERED, under=two)
    case = then(case, AddEvidence(evidence=("S1", "S2")), SELLER, ANSWERED, under=two)
    assert refused(case, AddEvidence(evidence=("E3",)), BUYER, ANSWERED, under=two).rule == (
        "too_much_evidence"
    )
    case = after(case, EvidenceWithdrawn(at=ANSWERED, evidence="E1"))
    accepted(case, AddEvidence(evidence=("E3",)), BUYER, ANSWERED, under=two)


def test_a_silent_side_that_gives_evidence_has_been_heard() -> None:
    case = uploaded(then(answered(), Escalate(), SELLER, ANSWERED), "E1")
    assert of(case).unheard == "buyer"
    case = then(case, AddEvidence(evidence=("E1",)), BUYER, ANSWERED + SECOND)
    assert of(case).unheard is None


def test_goods_on_their_way_back_can_be_shown() -> None:
    offer = MakeOffer(remedy="return_and_refund", amount=rub(100))
    case = then(opened(), offer, SELLER, ANSWERED)
    case = then(case, AcceptOffer(offer="O2", amount=rub(100)), BUYER, ANSWERED)
    case = then(uploaded(case, "E1"), AddEvidence(evidence=("E1",)), BUYER, ANSWERED + DAY)
    assert of(case).phase == "returning"
