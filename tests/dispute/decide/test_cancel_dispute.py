from __future__ import annotations

import pytest

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
    then,
)  # fmt: skip
from tests.given import BUYER, DAY, SELLER, after, terms


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


def test_a_case_that_silence_brought_to_a_mediator_is_not_cancelled() -> None:
    moved = escalated(of(opened()), terms(), OPENED + 5 * DAY, "seller_silent")
    no = refused(after(opened(), moved), CancelDispute(), BUYER, OPENED + 6 * DAY)
    assert (no.rule, no.facts["phase"]) == ("wrong_phase", "mediation")


def test_not_twice_and_not_by_the_seller() -> None:
    case = then(opened(), CancelDispute(), BUYER, OPENED)
    assert refused(case, CancelDispute(), BUYER, OPENED).rule == "dispute_closed"
    assert refused(opened(), CancelDispute(), SELLER, OPENED).rule == "not_for_this_role"
