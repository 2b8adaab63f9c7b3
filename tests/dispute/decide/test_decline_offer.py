from __future__ import annotations

import pytest

from amends.dispute.decide.decline_offer import DeclineOffer
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.events.negotiation import OfferDeclined
from tests.dispute.cases import (
    ANSWERED,
    OPENED,
    accepted,
    answered,
    mediated,
    of,
    opened,
    refused,
    rub,
    then,
)  # fmt: skip
from tests.given import BUYER, DAY, SELLER, after


def test_the_seller_s_no_is_an_answer_and_the_claim_stands() -> None:
    outcome = accepted(opened(), DeclineOffer(offer="O1", note="It is M."), SELLER, ANSWERED)
    (declined,) = outcome.events
    assert isinstance(declined, OfferDeclined)
    assert (declined.note_ref, outcome.contents[0].owner) == ("c1.note", "s1")
    dispute = of(after(opened(), declined))
    assert (dispute.phase, dispute.turn, dispute.seller_answered) == (
        "awaiting_buyer", "buyer", True,
    )  # fmt: skip
    assert dispute.offers[0].status == "standing"
    assert [(d.what, d.turn, d.at, d.anchor) for d in dispute.deadlines] == [
        ("answer", "buyer", ANSWERED + 5 * DAY, "offer_declined"),
        ("negotiation", "buyer", OPENED + 10 * DAY, "dispute_opened"),
    ]


def test_the_buyer_s_no_passes_the_turn_back() -> None:
    case = then(answered(), DeclineOffer(offer="O2"), BUYER, ANSWERED + DAY)
    assert (of(case).phase, of(case).turn) == ("awaiting_seller", "seller")
    assert [o.status for o in of(case).offers] == ["standing", "declined"]


def test_a_counter_offer_that_is_declined_does_not_stand() -> None:
    case = then(answered(), MakeOffer(remedy="refund", amount=rub(90_000)), BUYER, ANSWERED)
    case = then(case, DeclineOffer(offer="O3"), SELLER, ANSWERED)
    assert [o.status for o in of(case).offers] == ["replaced", "standing", "declined"]


@pytest.mark.parametrize(
    ("offer", "rule"),
    [("O9", "unknown_offer"), ("O1", "own_offer"), ("O2", "offer_not_standing")],
)
def test_only_the_other_side_s_standing_offer(offer: str, rule: str) -> None:
    case = then(answered(), MakeOffer(remedy="refund", amount=rub(9)), SELLER, ANSWERED)
    assert refused(case, DeclineOffer(offer=offer), BUYER, ANSWERED).rule == rule


def test_only_on_one_s_turn_while_negotiating() -> None:
    no = refused(answered(), DeclineOffer(offer="O1"), SELLER, ANSWERED)
    assert (no.rule, no.facts["turn"]) == ("not_your_turn", "buyer")
    assert refused(mediated(), DeclineOffer(offer="O2"), BUYER, ANSWERED).rule == "wrong_phase"


def test_with_nothing_on_the_table_there_is_nothing_to_decline() -> None:
    case = then(opened(), DeclineOffer(offer="O1"), SELLER, ANSWERED)
    no = refused(case, DeclineOffer(offer="O1"), BUYER, ANSWERED)
    assert (no.rule, no.next) == ("no_offer_to_decline", ("make_offer", "escalate"))
