from __future__ import annotations

from amends.dispute.decide.assign_appeals_officer import AssignAppealsOfficer
from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.decide.escalate import Escalate
from amends.dispute.decide.recuse import Recuse
from amends.dispute.decide.report_unassigned import ReportUnassigned
from amends.dispute.events.judging import NobodyFits
from amends.kernel.people import CLOCK
from tests.dispute.cases import (
    D1,
    ESCALATED,
    accepted,
    answered,
    appealed,
    mediated,
    of,
    refused,
    ruled,
    then,
)
from tests.given import APPEALS, BUYER, DAY, SUPERVISOR

WHY = ReportUnassigned(because=("full", "away", "full"))


def test_the_supervisor_is_told_once_for_the_same_reasons() -> None:
    case = then(answered(), Escalate(), BUYER, ESCALATED)
    outcome = accepted(case, WHY, CLOCK, ESCALATED)
    assert outcome.events == (NobodyFits(at=ESCALATED, dispute=D1, because=("away", "full")),)
    assert NobodyFits.told == ("supervisor",)
    case = then(case, WHY, CLOCK, ESCALATED)
    assert accepted(case, WHY, CLOCK, ESCALATED).events == ()
    assert accepted(case, ReportUnassigned(because=("full",)), CLOCK, ESCALATED).events


def test_it_is_over_when_somebody_has_it() -> None:
    case = then(then(answered(), Escalate(), BUYER, ESCALATED), WHY, CLOCK, ESCALATED)
    assert of(case).unassigned == ("away", "full")
    assert of(then(case, AssignMediator("m1"), SUPERVISOR, ESCALATED)).unassigned == ()
    at = ESCALATED + 3 * DAY
    waiting = then(then(appealed(), Recuse(), APPEALS, at), WHY, CLOCK, at)
    assert of(waiting).unassigned == ("away", "full")
    assert of(then(waiting, AssignAppealsOfficer("a2"), CLOCK, at)).unassigned == ()


def test_only_of_what_is_nobodys_and_only_by_the_queue() -> None:
    assert refused(mediated(), WHY, CLOCK, ESCALATED).rule == "already_assigned"
    assert refused(appealed(), WHY, CLOCK, ESCALATED + 3 * DAY).rule == "already_assigned"
    assert refused(ruled(), WHY, CLOCK, ESCALATED + 3 * DAY).rule == "wrong_phase"
    case = then(answered(), Escalate(), BUYER, ESCALATED)
    assert refused(case, WHY, SUPERVISOR, ESCALATED).rule == "not_for_this_role"
