"""Who may not judge: ties to a party, too many of one seller's, not there, above or below the
author."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from amends.dispute.decide.assign_appeals_officer import AssignAppealsOfficer
from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.decide.decide_appeal import DecideAppeal
from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import CLOCK, Actor, Member, Role, Ties
from amends.policy.terms import Days, Judging, Terms
from tests.dispute.cases import ESCALATED, appeal_overdue, appealed, ask, mediated, of, ruling
from tests.given import DAY, MEDIATOR, SECOND, SUPERVISOR, terms

AT = ESCALATED + 4 * DAY


def under(**judging: object) -> Terms:
    return replace(terms(), judging=Judging(**judging))  # type: ignore[arg-type]


def rule(outcome: object) -> str:
    assert isinstance(outcome, Accepted | Refused)
    return outcome.rule if isinstance(outcome, Refused) else ""


@pytest.mark.parametrize("by", [CLOCK, SUPERVISOR])
@pytest.mark.parametrize(
    ("tie", "why"),
    [
        (Ties(same_address=("seller",)), "same_address"),
        (Ties(dealt_with=("buyer",)), "dealt_with_party"),
        (Ties(seller_cases=1000), ""),
    ],
)
def test_a_tie_to_a_side(by: Actor, tie: Ties, why: str) -> None:
    assert rule(ask(mediated(), AssignMediator("m2"), by, ESCALATED, ties={"m2": tie})) == why
    # Somebody else's ties are none of theirs.
    assert rule(ask(mediated(), AssignMediator("m2"), by, ESCALATED, ties={"m3": tie})) == ""


def test_a_mediator_with_a_tie_does_not_rule_either() -> None:
    ties = {"m1": Ties(dealt_with=("seller",))}
    assert rule(ask(mediated(), ruling(), MEDIATOR, AT, ties=ties)) == "dealt_with_party"


@pytest.mark.parametrize(("interest", "why"), [("b1", "interest_declared"), ("b2", "")])
def test_an_interest_they_declared(interest: str, why: str) -> None:
    staff = {"m2": Member("m2", Role.MEDIATOR, interests=(interest,))}
    assert rule(ask(mediated(), AssignMediator("m2"), CLOCK, ESCALATED, staff=staff)) == why


@pytest.mark.parametrize(("cases", "why"), [(2, ""), (3, "too_many_of_seller")])
def test_as_many_of_one_seller_as_the_pack_says(cases: int, why: str) -> None:
    pack = under(seller_cases=3, seller_within=Days("cases_of_one_seller_within", 30, "ours"))
    ties = {"m2": Ties(seller_cases=cases)}
    outcome = ask(mediated(), AssignMediator("m2"), CLOCK, ESCALATED, ties=ties, under=pack)
    assert rule(outcome) == why


@pytest.mark.parametrize(
    ("facts", "because"),
    [
        ({"disabled": True}, "disabled"),
        ({"role": Role.SUPPORT}, "other_role"),
        ({"away_until": ESCALATED + SECOND}, "away"),
        ({"away_until": ESCALATED}, ""),
        ({"seen_at": ESCALATED - 2 * DAY}, "silent"),
        ({"seen_at": ESCALATED - 2 * DAY + SECOND}, ""),
        ({}, ""),
    ],
)
def test_somebody_who_is_not_there(facts: dict[str, object], because: str) -> None:
    member = replace(Member("m2", Role.MEDIATOR), **facts)
    pack = under(silent_after=Days("judge_silent_after", 2, "ours"))
    staff = {"m2": member}
    outcome = ask(mediated(), AssignMediator("m2"), CLOCK, ESCALATED, staff=staff, under=pack)
    assert (outcome.facts["because"] if isinstance(outcome, Refused) else "") == because


CHAIN = {
    "m1": Member("m1", Role.MEDIATOR, reports_to="a2"),
    "a2": Member("a2", Role.APPEALS, reports_to="a3"),
    "a3": Member("a3", Role.APPEALS),
    "a4": Member("a4", Role.APPEALS, reports_to="a5"),
    "a5": Member("a5", Role.APPEALS, reports_to="m1"),
    "a6": Member("a6", Role.APPEALS, reports_to="a3"),
}


@pytest.mark.parametrize(
    ("person", "why"),
    [
        ("a2", "author_reports_to"),
        ("a3", "author_reports_to"),
        ("a5", "reports_to_author"),
        ("a4", "reports_to_author"),
        ("a6", ""),  # they only share somebody above them
        ("a9", ""),
    ],
)
def test_an_appeal_is_heard_beside_the_authors_line(person: str, why: str) -> None:
    case = appealed()
    case = replace(case, disputes={of(case).id: replace(of(case), officer=None)})
    outcome = ask(case, AssignAppealsOfficer(person), CLOCK, AT, staff=CHAIN)
    assert rule(outcome) == why
    taking = Actor(person, Role.APPEALS)
    command = DecideAppeal(decision="upheld", text="It stands.")
    assert rule(ask(case, command, taking, AT, staff=CHAIN)) == why


def test_nor_does_a_supervisor_of_the_author_take_it_over() -> None:
    staff = {"m1": Member("m1", Role.MEDIATOR, reports_to="v1")}
    command = DecideAppeal(decision="upheld", text="It stands.")
    outcome = ask(appeal_overdue(), command, SUPERVISOR, AT + 20 * DAY, staff=staff)
    assert rule(outcome) == "author_reports_to"


def test_a_circle_of_reports_ends() -> None:
    staff = {
        "m1": Member("m1", Role.MEDIATOR, reports_to="x"),
        "x": Member("x", Role.SUPERVISOR, reports_to="m1"),
    }
    case = appealed()
    case = replace(case, disputes={of(case).id: replace(of(case), officer=None)})
    assert rule(ask(case, AssignAppealsOfficer("a9"), CLOCK, AT, staff=staff)) == ""
