from __future__ import annotations

import pytest
from msgspec.structs import replace

from amends.dispute.decide.recuse import Recuse
from amends.dispute.decide.return_to_queue import ReturnToQueue
from amends.dispute.events.judging import ReturnedToQueue
from amends.kernel.people import CLOCK, Actor, Member, Role
from tests.dispute.cases import (
    D1,
    ESCALATED,
    accepted,
    appealed,
    mediated,
    of,
    refused,
    ruled,
    then,
)
from tests.given import ADMIN, APPEALS, DAY, MEDIATOR, SUPERVISOR

AWAY = {
    "m1": Member("m1", Role.MEDIATOR, away_until=ESCALATED + 30 * DAY),
    "a1": Member("a1", Role.APPEALS, disabled=True),
}
HERE = {"m1": Member("m1", Role.MEDIATOR), "a1": Member("a1", Role.APPEALS)}


@pytest.mark.parametrize("by", [CLOCK, SUPERVISOR])
def test_what_an_absent_mediator_has_goes_back(by: Actor) -> None:
    outcome = accepted(mediated(), ReturnToQueue(), by, ESCALATED, staff=AWAY)
    assert outcome.events == (
        ReturnedToQueue(at=ESCALATED, dispute=D1, person="m1", because="away"),
    )
    case = then(mediated(), ReturnToQueue(), by, ESCALATED, staff=AWAY)
    assert of(case).mediator is None
    assert of(case).deadlines == of(mediated()).deadlines
    # They may get it again when they are back.
    assert of(case).recused == ()


def test_and_an_absent_officers_appeal() -> None:
    case = then(appealed(), ReturnToQueue(), CLOCK, ESCALATED + 3 * DAY, staff=AWAY)
    assert (of(case).officer, of(case).mediator) == (None, "m1")


@pytest.mark.parametrize("staff", [HERE, {}])
def test_who_is_there_keeps_it(staff: dict[str, Member]) -> None:
    assert refused(mediated(), ReturnToQueue(), CLOCK, ESCALATED, staff=staff).rule == (
        "judge_is_there"
    )


def test_what_nobody_has_cannot_go_back() -> None:
    case = then(mediated(), Recuse(), MEDIATOR, ESCALATED)
    assert refused(case, ReturnToQueue(), CLOCK, ESCALATED, staff=AWAY).rule == "nobody_has_it"
    assert refused(ruled(), ReturnToQueue(), CLOCK, ESCALATED, staff=AWAY).rule == "wrong_phase"


def test_not_by_the_others() -> None:
    for by in (MEDIATOR, ADMIN, replace(APPEALS, person="a2")):
        no = refused(mediated(), ReturnToQueue(), by, ESCALATED, staff=AWAY)
        assert no.rule == "not_for_this_role"
