from __future__ import annotations

import pytest

from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.decide.escalate import Escalate
from amends.dispute.decide.recuse import Recuse
from amends.dispute.events.judging import MediatorAssigned
from amends.kernel.people import CLOCK, Actor, Role
from tests.dispute.cases import (
    D1,
    ESCALATED,
    accepted,
    answered,
    mediated,
    of,
    overdue,
    refused,
    ruled,
    then,
)  # fmt: skip
from tests.given import ADMIN, BUYER, DAY, MEDIATOR, SUPERVISOR, SUPPORT


@pytest.mark.parametrize("by", [SUPERVISOR, ADMIN, CLOCK])
def test_a_supervisor_an_operator_or_the_queue_gives_the_case_to_somebody(by: Actor) -> None:
    case = then(answered(), Escalate(), BUYER, ESCALATED)
    outcome = accepted(case, AssignMediator(mediator="m1"), by, ESCALATED)
    assert outcome.events == (MediatorAssigned(at=ESCALATED, dispute=D1, mediator="m1"),)


def test_another_takes_over_with_the_clock_as_it_runs() -> None:
    before = mediated()
    case = then(before, AssignMediator(mediator="m2"), SUPERVISOR, ESCALATED + DAY)
    assert of(case).mediator == "m2"
    assert (of(case).turn, of(case).deadlines) == ("mediator", of(before).deadlines)
    late = then(overdue(), AssignMediator(mediator="m2"), SUPERVISOR, ESCALATED + 14 * DAY)
    assert (of(late).turn, of(late).deadlines) == ("supervisor", of(overdue()).deadlines)


@pytest.mark.parametrize(("person", "side"), [("b1", "buyer"), ("s1", "seller")])
def test_nobody_judges_their_own_case(person: str, side: str) -> None:
    no = refused(mediated(), AssignMediator(mediator=person), SUPERVISOR, ESCALATED)
    assert (no.rule, no.facts) == ("conflict_of_interest", {"person": person, "side": side})
    tied = Actor(person, Role.SUPERVISOR)
    chosen = refused(mediated(), AssignMediator(mediator="m2"), tied, ESCALATED)
    assert (chosen.rule, chosen.facts["side"]) == ("conflict_of_interest", side)


def test_who_gave_it_back_does_not_get_it_again() -> None:
    case = then(mediated(), Recuse(note="A cousin."), MEDIATOR, ESCALATED)
    no = refused(case, AssignMediator(mediator="m1"), SUPERVISOR, ESCALATED)
    assert (no.rule, no.facts["person"]) == ("recused_before", "m1")
    # A supervisor who gave a case back may still choose somebody else for it.
    accepted(case, AssignMediator(mediator="m2"), Actor("m1", Role.SUPERVISOR), ESCALATED)


def test_who_has_it_is_not_assigned_again() -> None:
    no = refused(mediated(), AssignMediator(mediator="m1"), SUPERVISOR, ESCALATED)
    assert (no.rule, no.field) == ("already_assigned", "mediator")


def test_only_in_mediation_and_not_by_support() -> None:
    command = AssignMediator(mediator="m2")
    assert refused(answered(), command, SUPERVISOR, ESCALATED).rule == "wrong_phase"
    assert refused(ruled(), command, SUPERVISOR, ESCALATED).rule == "wrong_phase"
    assert refused(mediated(), command, SUPPORT, ESCALATED).rule == "not_for_this_role"
