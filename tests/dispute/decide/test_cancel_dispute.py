from __future__ import annotations

import pytest

from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.decide.cancel_dispute import CancelDispute
from amends.dispute.decide.decline_offer import DeclineOffer
from amends.dispute.decide.request_more_time import RequestMoreTime
from amends.dispute.escalation import escalated
from amends.dispute.events.effects import DisputeClosed
from amends.dispute.state import Case
from tests.dispute.cases import (
    ANSWERED,
    D1,
    OPENED,
    accepted,
    answered,
    mediated,
    of,
    opened,
    refused,
    ruling,
    then,
)  # fmt: skip
from tests.given import BUYER, DAY, MEDIATOR, SELLER, SUPERVISOR, after, terms


def test_the_buyer_takes_the_claim_back_before_the_answer() -> None:
    outcome = accepted(opened(), CancelDispute(), BUYER, OPENED)
    because = "cancelled_by_buyer"
    assert outcome.events == (
        DisputeClosed(at=OPENED, dispute=D1, outcome="cancelled", because=because),
    )
    case = after(opened(), *outcome.events)
    dispute = of(case)
    assert (dispute.phase, dispute.turn, dispute.outcome) == ("closed", None, "cancelled")
    assert dispute.deadlines == ()
    assert not case.order.open_claims


def test_asking_for_more_time_is_no_answer() -> None:
    case = then(opened(), RequestMoreTime(), SELLER, OPENED)
    accepted(case, CancelDispute(), BUYER, OPENED + DAY)


@pytest.mark.parametrize(
    "case", [answered(), then(opened(), DeclineOffer(offer="O1"), SELLER, ANSWERED), mediated()]
)
def test_an_answer_ends_the_right_to_cancel(case: Case) -> None:
    assert refused(case, CancelDispute(), BUYER, ANSWERED).rule == "seller_has_answered"


def test_a_silent_seller_does_not_end_it_until_there_is_a_ruling() -> None:
    moved = escalated(of(opened()), terms(), OPENED + 5 * DAY, "seller_silent")
    case = after(opened(), moved)
    assert of(then(case, CancelDispute(), BUYER, OPENED + 6 * DAY)).outcome == "cancelled"
    case = then(case, AssignMediator("m1"), SUPERVISOR, OPENED + 6 * DAY)
    case = then(case, ruling(), MEDIATOR, OPENED + 6 * DAY)
    no = refused(case, CancelDispute(), BUYER, OPENED + 6 * DAY)
    assert (no.rule, no.facts["phase"]) == ("wrong_phase", "ruled")


def test_not_twice_and_not_by_the_seller() -> None:
    case = then(opened(), CancelDispute(), BUYER, OPENED)
    no = refused(case, CancelDispute(), BUYER, OPENED)
    assert (no.rule, no.facts["outcome"], no.facts["closed_at"]) == (
        "dispute_closed", "cancelled", OPENED,
    )  # fmt: skip
    assert refused(opened(), CancelDispute(), SELLER, OPENED).rule == "not_for_this_role"
