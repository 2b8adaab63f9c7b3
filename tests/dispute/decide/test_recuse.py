from __future__ import annotations

from amends.dispute.decide.recuse import Recuse
from amends.dispute.events.judging import Recused
from amends.kernel.people import Actor, Role
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
)  # fmt: skip
from tests.given import APPEALS, DAY, MEDIATOR, SUPERVISOR, after


def test_a_mediator_gives_the_case_back() -> None:
    outcome = accepted(mediated(), Recuse(note="We were neighbours."), MEDIATOR, ESCALATED)
    assert outcome.events == (Recused(at=ESCALATED, dispute=D1, person="m1", reason_ref="c1.note"),)
    assert outcome.contents[0].owner == "m1"
    dispute = of(after(mediated(), *outcome.events))
    assert (dispute.mediator, dispute.recused) == (None, ("m1",))
    assert (dispute.turn, dispute.deadlines) == ("mediator", of(mediated()).deadlines)


def test_an_officer_gives_the_appeal_back() -> None:
    dispute = of(then(appealed(), Recuse(), APPEALS, ESCALATED + 3 * DAY))
    assert (dispute.officer, dispute.mediator, dispute.recused) == (None, "m1", ("a1",))


def test_only_who_has_the_case_gives_it_back() -> None:
    other = Actor("m2", Role.MEDIATOR)
    assert refused(mediated(), Recuse(), other, ESCALATED).rule == "not_assigned"
    assert refused(mediated(), Recuse(), APPEALS, ESCALATED).rule == "not_assigned"
    assert refused(appealed(), Recuse(), MEDIATOR, ESCALATED).rule == "not_assigned"
    assert refused(answered(), Recuse(), MEDIATOR, ESCALATED).rule == "wrong_phase"
    assert refused(ruled(), Recuse(), MEDIATOR, ESCALATED).rule == "wrong_phase"
    assert refused(mediated(), Recuse(), SUPERVISOR, ESCALATED).rule == "not_for_this_role"
