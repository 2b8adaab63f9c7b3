"""Who hears an appeal."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from amends.dispute.decide.assign_appeals_officer import AssignAppealsOfficer
from amends.dispute.decide.recuse import Recuse
from amends.dispute.events.judging import AppealsOfficerAssigned
from amends.dispute.state import Case
from amends.kernel.people import Actor, Role
from tests.dispute.carried import appealed
from tests.dispute.cases import ESCALATED, accepted, of, refused, ruled, then
from tests.given import ADMIN, APPEALS, BUYER, DAY, MEDIATOR, SUPERVISOR

AT = ESCALATED + 4 * DAY


def waiting() -> Case:
    """An appeal that is nobody's yet."""
    case = appealed()
    return replace(case, disputes={**case.disputes, of(case).id: replace(of(case), officer=None)})


@pytest.mark.parametrize("by", [SUPERVISOR, ADMIN, APPEALS])
def test_it_is_given_or_taken(by: Actor) -> None:
    case = then(waiting(), AssignAppealsOfficer(APPEALS.person), by, AT)
    assert of(case).officer == APPEALS.person
    assert of(case).deadlines == of(waiting()).deadlines


def test_a_supervisor_may_give_it_to_another() -> None:
    case = then(appealed(), AssignAppealsOfficer("a2"), SUPERVISOR, AT)
    assert of(case).officer == "a2"
    no = refused(appealed(), AssignAppealsOfficer(APPEALS.person), SUPERVISOR, AT)
    assert (no.rule, no.field) == ("already_assigned", "officer")


def test_an_officer_takes_only_what_is_nobodys_and_only_for_themself() -> None:
    other = Actor("a2", Role.APPEALS)
    no = refused(appealed(), AssignAppealsOfficer("a2"), other, AT)
    assert (no.rule, no.facts["officer"]) == ("already_assigned", APPEALS.person)
    no = refused(waiting(), AssignAppealsOfficer("a3"), other, AT)
    assert (no.rule, no.kind) == ("only_for_yourself", "forbidden")
    (taken,) = accepted(waiting(), AssignAppealsOfficer(), other, AT).events
    assert isinstance(taken, AppealsOfficerAssigned)
    assert taken.officer == "a2"


def test_who_assigns_another_names_them() -> None:
    no = refused(waiting(), AssignAppealsOfficer(), SUPERVISOR, AT)
    assert (no.rule, no.kind, no.field) == ("officer_missing", "invalid", "officer")


@pytest.mark.parametrize(
    ("person", "rule"),
    [
        ("m1", "author_of_ruling"),
        ("b1", "conflict_of_interest"),
        ("s1", "conflict_of_interest"),
        ("a1", "recused_before"),
    ],
)
def test_nobody_with_a_part_in_the_case(person: str, rule: str) -> None:
    case = then(appealed(), Recuse(), APPEALS, AT)
    assert refused(case, AssignAppealsOfficer(person), SUPERVISOR, AT).rule == rule
    own = Actor(person, Role.APPEALS)
    assert refused(case, AssignAppealsOfficer(person), own, AT).rule == rule


def test_nor_the_mediator_when_somebody_else_ruled() -> None:
    case = waiting()
    ruling = of(case).ruling
    assert ruling is not None
    dispute = replace(of(case), ruling=replace(ruling, by="v1"))
    case = replace(case, disputes={dispute.id: dispute})
    no = refused(case, AssignAppealsOfficer(MEDIATOR.person), SUPERVISOR, AT)
    assert no.rule == "mediator_of_dispute"
    accepted(case, AssignAppealsOfficer("a1"), SUPERVISOR, AT)


def test_a_party_chooses_no_judge() -> None:
    party = Actor("b1", Role.SUPERVISOR)
    assert refused(waiting(), AssignAppealsOfficer("a1"), party, AT).rule == "conflict_of_interest"


def test_only_in_an_appeal() -> None:
    command = AssignAppealsOfficer("a1")
    assert refused(ruled(), command, SUPERVISOR, AT).rule == "wrong_phase"
    assert refused(waiting(), command, BUYER, AT).rule == "not_for_this_role"
