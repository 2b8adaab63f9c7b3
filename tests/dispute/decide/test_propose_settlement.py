from __future__ import annotations

from typing import Any

import pytest

from amends.dispute.decide.propose_settlement import ProposeSettlement
from amends.dispute.decide.request_information import RequestInformation
from amends.dispute.events.negotiation import OfferMade
from tests.dispute.cases import (
    ESCALATED,
    OPENED,
    accepted,
    answered,
    appealed,
    mediated,
    of,
    overdue,
    refused,
    rub,
    then,
)  # fmt: skip
from tests.given import APPEALS, BUYER, DAY, MEDIATOR, SUPERVISOR, after


def proposal(**changes: Any) -> ProposeSettlement:
    fields = {"remedy": "refund", "amount": rub(60_000), "note": "Half way."}
    return ProposeSettlement(**{**fields, **changes})


def test_it_stands_beside_the_parties_offers_and_moves_no_clock() -> None:
    outcome = accepted(mediated(), proposal(), MEDIATOR, ESCALATED)
    (made,) = outcome.events
    assert isinstance(made, OfferMade)
    assert outcome.contents[0].owner == "m1"
    dispute = of(after(mediated(), made))
    assert [(o.by, o.amount, o.status) for o in dispute.offers] == [
        ("buyer", 160_000, "standing"),
        ("seller", 20_000, "standing"),
        ("platform", 60_000, "standing"),
    ]
    assert (dispute.phase, dispute.turn) == ("mediation", "mediator")
    assert dispute.deadlines == of(mediated()).deadlines


def test_a_newer_one_takes_its_place() -> None:
    case = then(mediated(), proposal(), MEDIATOR, ESCALATED)
    case = then(case, proposal(amount=rub(70_000)), MEDIATOR, ESCALATED + DAY)
    assert [o.status for o in of(case).offers[2:]] == ["replaced", "standing"]


def test_a_question_stays_open() -> None:
    command = RequestInformation(of="buyer", question="Worn?")
    asked = then(mediated(), command, MEDIATOR, ESCALATED)
    case = then(asked, proposal(return_postage_paid_by="buyer"), MEDIATOR, ESCALATED)
    assert (of(case).turn, of(case).deadlines) == ("buyer", of(asked).deadlines)
    assert of(case).offers[2].return_paid_by == "buyer"


def test_a_supervisor_proposes_once_the_ruling_is_overdue() -> None:
    at = OPENED + 15 * DAY
    assert of(then(overdue(), proposal(), SUPERVISOR, at)).turn == "supervisor"
    # The mediator may still help, too.
    accepted(overdue(), proposal(remedy="replacement", amount=None), MEDIATOR, at)
    assert refused(mediated(), proposal(), SUPERVISOR, at).rule == "not_overdue"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"amount": None}, "amount_missing"),
        ({"amount": rub(0)}, "amount_too_small"),
        ({"amount": rub(160_001)}, "amount_too_large"),
        ({"remedy": "repair_cost"}, "remedy_not_for_reason"),
    ],
)
def test_refuses_what_cannot_be_agreed_on(changes: dict[str, Any], rule: str) -> None:
    assert refused(mediated(), proposal(**changes), MEDIATOR, ESCALATED).rule == rule


def test_only_in_mediation_by_whoever_decides_it() -> None:
    assert refused(answered(), proposal(), MEDIATOR, ESCALATED).rule == "wrong_phase"
    assert refused(appealed(), proposal(), MEDIATOR, ESCALATED).rule == "wrong_phase"
    assert refused(mediated(), proposal(), APPEALS, ESCALATED).rule == "not_for_this_role"
    assert refused(mediated(), proposal(), BUYER, ESCALATED).rule == "not_for_this_role"
