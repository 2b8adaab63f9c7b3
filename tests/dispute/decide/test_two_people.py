"""Rulings above what one person may award alone: proposed by one, issued by another."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from amends.dispute import deciders
from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.add_evidence import AddEvidence
from amends.dispute.decide.answer_information import AnswerInformation
from amends.dispute.decide.approve_ruling import ApproveRuling
from amends.dispute.decide.assign_appeals_officer import AssignAppealsOfficer
from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.decide.decide_appeal import DecideAppeal
from amends.dispute.decide.issue_ruling import IssueRuling
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.decide.propose_ruling import ProposeRuling
from amends.dispute.decide.propose_settlement import ProposeSettlement
from amends.dispute.decide.recuse import Recuse
from amends.dispute.decide.request_information import RequestInformation
from amends.dispute.decide.send_back_ruling import SendBackRuling
from amends.dispute.events.judging import (
    AppealDecided,
    InformationRequested,
    RulingIssued,
    RulingMissed,
    RulingProposed,
)
from amends.dispute.state import Case, InformationRequest
from amends.kernel.people import Actor, Member, Role, Staff
from amends.order.events.money import RefundRecorded
from amends.order.state import Refund
from amends.policy.terms import Terms
from tests.dispute.cases import (
    D1,
    ESCALATED,
    accepted,
    appealed,
    mediated,
    of,
    overdue,
    refused,
    rub,
    ruled,
    ruling,
    then,
    uploaded,
)  # fmt: skip
from tests.given import (
    APPEALS,
    BUYER,
    DAY,
    MEDIATOR,
    SECOND,
    SELLER,
    SUPERVISOR,
    after,
    terms,
)  # fmt: skip

AT = ESCALATED + DAY
LATER = AT + DAY
OTHER = Actor("v2", Role.SUPERVISOR)
NOTE = SendBackRuling(note="And the postage?")


def pack(times: int | None = 3) -> Terms:
    """More than 600.00 RUB needs two people."""
    platform = replace(terms().platform, honours_up_to={"RUB": 20_000}, large_times=times)
    return replace(terms(), platform=platform)


LARGE = pack()


def proposal(**changes: Any) -> ProposeRuling:
    return ProposeRuling(**{name: getattr(ruling(**changes), name) for name in FIELDS})


FIELDS = IssueRuling.__struct_fields__


def proposed(case: Case | None = None, by: Actor = MEDIATOR, **changes: Any) -> Case:
    return then(case or mediated(), proposal(**changes), by, AT, under=LARGE)


def known(person: str, role: Role, limit: int | None = None) -> Staff:
    return {person: Member(person, role, limits={} if limit is None else {"RUB": limit})}


@pytest.mark.parametrize(("amount", "alone"), [(59_999, True), (60_000, True), (60_001, False)])
def test_one_person_awards_up_to_the_packs_amount(amount: int, alone: bool) -> None:
    command = ruling(amount=rub(amount))
    if alone:
        accepted(mediated(), command, MEDIATOR, AT, under=LARGE)
        return
    no = refused(mediated(), command, MEDIATOR, AT, under=LARGE)
    assert (no.rule, no.field, no.next) == ("two_people_needed", "amount", ("propose_ruling",))
    assert no.facts == {"amount": rub(60_001), "above": rub(60_000)}


def test_without_an_amount_in_the_pack_one_person_awards_anything() -> None:
    accepted(mediated(), ruling(amount=rub(160_000)), MEDIATOR, AT, under=pack(None))


@pytest.mark.parametrize(("limit", "alone"), [(79_999, False), (80_000, True), (None, True)])
def test_a_mediator_awards_up_to_their_own_limit(limit: int | None, alone: bool) -> None:
    staff = known("m1", Role.MEDIATOR, limit)
    if alone:
        accepted(mediated(), ruling(), MEDIATOR, AT, staff=staff)
        return
    no = refused(mediated(), ruling(), MEDIATOR, AT, staff=staff)
    assert (no.rule, no.field, no.next) == ("above_own_limit", "amount", ("propose_ruling",))
    assert no.facts == {"amount": rub(80_000), "limit": rub(79_999)}


def test_a_limit_in_other_currencies_leaves_nothing_in_this_one() -> None:
    staff = {"m1": Member("m1", Role.MEDIATOR, limits={"USD": 100_000})}
    assert refused(mediated(), ruling(), MEDIATOR, AT, staff=staff).rule == "above_own_limit"
    nothing = ruling(finding="for_seller", amount=rub(0))
    accepted(mediated(), nothing, MEDIATOR, AT, staff=staff)


def test_a_proposal_waits_for_a_supervisor_while_the_clocks_run() -> None:
    before = mediated()
    outcome = accepted(before, proposal(), MEDIATOR, AT, under=LARGE)
    (event,) = outcome.events
    assert isinstance(event, RulingProposed)
    assert [c.ref for c in outcome.contents] == ["c1.text"]
    dispute = of(after(before, event))
    assert (dispute.phase, dispute.turn) == ("mediation", "supervisor")
    assert dispute.deadlines == of(before).deadlines
    assert dispute.ruling is None
    assert dispute.proposed is not None
    assert dispute.proposed.ruling.amount == 80_000


def test_a_second_person_issues_it_as_it_was_proposed() -> None:
    (issued,) = accepted(proposed(), ApproveRuling(), SUPERVISOR, LATER, under=LARGE).events
    assert isinstance(issued, RulingIssued)
    said = issued.ruling
    assert (said.by, said.approved_by, said.at, said.amount) == ("m1", "v1", LATER, 80_000)
    dispute = of(after(proposed(), issued))
    assert (dispute.phase, dispute.turn, dispute.proposed) == ("ruled", "seller", None)


def test_nobody_approves_their_own() -> None:
    case = then(overdue(), proposal(), SUPERVISOR, of(mediated()).ruling_due + DAY, under=LARGE)
    at = of(mediated()).ruling_due + 2 * DAY
    no = refused(case, ApproveRuling(), SUPERVISOR, at, under=LARGE)
    assert (no.rule, no.next) == ("second_person_needed", ("ask_other_supervisor",))
    accepted(case, ApproveRuling(), OTHER, at, under=LARGE)


def test_who_approves_is_bound_by_their_own_limit_and_by_no_tie() -> None:
    staff = known("v1", Role.SUPERVISOR, 79_999)
    no = refused(proposed(), ApproveRuling(), SUPERVISOR, LATER, under=LARGE, staff=staff)
    assert (no.rule, no.next) == ("above_own_limit", ("ask_other_supervisor",))
    party = Actor("s1", Role.SUPERVISOR)
    no = refused(proposed(), ApproveRuling(), party, LATER, under=LARGE)
    assert no.rule == "conflict_of_interest"
    assert refused(proposed(), NOTE, party, LATER).rule == "conflict_of_interest"


def test_only_supervisors_approve() -> None:
    for by in (MEDIATOR, BUYER, SELLER, APPEALS):
        no = refused(proposed(), ApproveRuling(), by, LATER, under=LARGE)
        assert no.kind == "forbidden"


def test_there_has_to_be_a_proposal() -> None:
    for command in (ApproveRuling(), NOTE):
        no = refused(mediated(), command, SUPERVISOR, LATER)
        assert no.rule == "nothing_proposed"
        assert refused(ruled(), command, SUPERVISOR, LATER).rule == "wrong_phase"
    with pytest.raises(ValueError, match="no ruling is proposed"):
        deciders.proposal(of(mediated()))


@pytest.mark.parametrize("by", [SUPERVISOR, MEDIATOR])
def test_it_is_sent_back_or_taken_back(by: Actor) -> None:
    outcome = accepted(proposed(), NOTE, by, LATER)
    dispute = of(after(proposed(), *outcome.events))
    assert (dispute.turn, dispute.proposed) == ("mediator", None)
    assert [c.text for c in outcome.contents] == ["And the postage?"]
    case = after(proposed(), *outcome.events)
    accepted(case, ruling(amount=rub(60_000)), MEDIATOR, LATER, under=LARGE)


def test_sending_back_says_why_and_is_no_other_mediators() -> None:
    blank = SendBackRuling(note=" ")
    assert refused(proposed(), blank, SUPERVISOR, LATER).rule == "text_missing"
    assert refused(proposed(), NOTE, Actor("m2", Role.MEDIATOR), LATER).rule == "not_assigned"


def test_one_that_a_supervisor_wrote_goes_back_to_the_supervisors() -> None:
    due = of(mediated()).ruling_due
    case = then(overdue(), proposal(), SUPERVISOR, due + DAY, under=LARGE)
    case = then(case, NOTE, OTHER, due + DAY)
    assert of(case).turn == "supervisor"


@pytest.mark.parametrize(
    ("command", "by"),
    [
        (ruling(amount=rub(1_000)), MEDIATOR),
        (proposal(), MEDIATOR),
        (RequestInformation(of="buyer", question="Which size?"), MEDIATOR),
        (ProposeSettlement(remedy="refund", amount=rub(1_000)), MEDIATOR),
        (Recuse(), MEDIATOR),
        (AssignMediator(mediator="m2"), SUPERVISOR),
    ],
)
def test_nothing_is_decided_past_a_waiting_proposal(command: Any, by: Actor) -> None:
    no = refused(proposed(), command, by, LATER, under=LARGE)
    assert (no.rule, no.facts) == ("ruling_waits", {"proposed_at": AT})
    assert no.next == ("approve_ruling", "send_back_ruling")


def test_the_parties_go_on_and_an_agreement_ends_it() -> None:
    case = then(proposed(), MakeOffer(remedy="refund", amount=rub(70_000)), SELLER, LATER)
    assert of(case).proposed is not None
    assert of(case).turn == "supervisor"
    offer = of(case).offers[-1].id
    settled = then(case, AcceptOffer(offer=offer, amount=rub(70_000)), BUYER, LATER)
    assert of(settled).phase == "settling"
    assert of(settled).proposed is None


def test_lateness_leaves_it_with_the_supervisors() -> None:
    case = proposed()
    due = of(case).ruling_due
    missed = RulingMissed(at=due, dispute=D1, phase="mediation", turn="supervisor", deadlines=())
    accepted(after(case, missed), ApproveRuling(), SUPERVISOR, due + SECOND, under=LARGE)


def test_an_answer_that_comes_meanwhile_leaves_the_turn_with_the_supervisors() -> None:
    """A question cannot be asked while a ruling waits, but the record may hold one."""
    asked = InformationRequested(
        at=LATER, dispute=D1, phase="mediation", turn="buyer", by="m1",
        deadlines=of(proposed()).deadlines, request=InformationRequest("buyer", "c.q", LATER),
    )  # fmt: skip
    case = then(after(proposed(), asked), AnswerInformation(answer="M."), BUYER, LATER)
    assert of(case).turn == "supervisor"


def test_what_cannot_be_carried_out_any_more_is_not_issued() -> None:
    refund = Refund("A-1001-R1", 100_000, {"1": 100_000}, LATER)
    less = after(proposed(), RefundRecorded(at=LATER, refund=refund))
    no = refused(less, ApproveRuling(), SUPERVISOR, LATER, under=LARGE)
    assert (no.rule, no.next) == ("proposal_outdated", ("send_back_ruling",))
    assert no.facts == {"amount": rub(80_000), "most": rub(60_000)}


def test_evidence_that_is_gone_outdates_it() -> None:
    case = then(uploaded(mediated(), "E1"), AddEvidence(evidence=("E1",)), BUYER, AT)
    case = proposed(case, evidence=("E1",), no_evidence=False)
    accepted(case, ApproveRuling(), SUPERVISOR, LATER, under=LARGE)
    gone = {"E1": replace(case.order.evidence["E1"], withdrawn=True)}
    withdrawn = replace(case, order=replace(case.order, evidence=gone))
    no = refused(withdrawn, ApproveRuling(), SUPERVISOR, LATER, under=LARGE)
    assert no.rule == "proposal_outdated"


class TestInAnAppeal:
    CHANGED = DecideAppeal(
        decision="changed", text="All of it.", remedy="refund", finding="for_buyer",
        reasons=("item_differs_from_listing",), clauses=("not_as_described",),
        amount=rub(160_000), no_evidence=True,
    )  # fmt: skip
    WHEN = ESCALATED + 3 * DAY

    def proposed(self) -> Case:
        return then(
            appealed(), proposal(amount=rub(160_000)), APPEALS, self.WHEN, under=LARGE
        )  # fmt: skip

    def test_a_large_change_needs_two_people_as_well(self) -> None:
        no = refused(appealed(), self.CHANGED, APPEALS, self.WHEN, under=LARGE)
        assert no.rule == "two_people_needed"
        staff = known("a1", Role.APPEALS, 1)
        no = refused(appealed(), self.CHANGED, APPEALS, self.WHEN, staff=staff)
        assert no.rule == "above_own_limit"
        upheld = DecideAppeal(decision="upheld", text="It stands.")
        accepted(appealed(), upheld, APPEALS, self.WHEN, under=LARGE, staff=staff)

    def test_the_second_person_had_no_part_in_the_case(self) -> None:
        case = self.proposed()
        assert of(case).turn == "supervisor"
        mediator = Actor("m1", Role.SUPERVISOR)
        no = refused(case, ApproveRuling(), mediator, self.WHEN, under=LARGE)
        assert no.rule == "author_of_ruling"
        decided, *effects = accepted(
            case, ApproveRuling(), SUPERVISOR, self.WHEN, under=LARGE
        ).events
        assert isinstance(decided, AppealDecided)
        assert decided.ruling is not None
        assert (decided.ruling.by, decided.ruling.approved_by) == ("a1", "v1")
        assert (decided.appeal.decided, decided.appeal.decided_by) == ("changed", "a1")
        after_it = of(after(case, decided, *effects))
        assert (after_it.phase, after_it.proposed) == ("settling", None)

    def test_an_appeal_that_is_nobodys_is_taken_by_proposing(self) -> None:
        free = after(appealed())
        dispute = replace(of(free), officer=None)
        free = replace(free, disputes={D1: dispute})
        case = then(free, proposal(), APPEALS, self.WHEN)
        assert of(case).officer == "a1"
        no = refused(case, AssignAppealsOfficer(officer="a2"), SUPERVISOR, self.WHEN)
        assert no.rule == "ruling_waits"
        back = then(case, NOTE, SUPERVISOR, self.WHEN)
        assert of(back).turn == "appeals"
