from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from amends.dispute.decide.decline_offer import DeclineOffer
from amends.dispute.decide.escalate import Escalate
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.events.effects import ReturnInspected
from amends.dispute.events.negotiation import DisputeReminded
from amends.dispute.state import Return
from amends.kernel.money import Money
from amends.order.events.money import ChargebackOutcomeRecorded, ChargebackRecorded
from amends.order.state import Chargeback
from tests.dispute.cases import (
    ANSWERED,
    D1,
    ESCALATED,
    OPENED,
    accepted,
    answered,
    mediated,
    of,
    opened,
    refused,
    rub,
    ruled,
    then,
)  # fmt: skip
from tests.given import BUYER, DAY, MEDIATOR, SECOND, SELLER, after


def offer(amount: int | Money | None = 50_000, **changes: Any) -> MakeOffer:
    money = rub(amount) if isinstance(amount, int) else amount
    return replace(MakeOffer(remedy="refund", amount=money, note="So."), **changes)


def test_the_seller_s_offer_answers_the_claim_and_passes_the_turn() -> None:
    outcome = accepted(opened(), offer(), SELLER, ANSWERED)
    assert [(c.ref, c.owner) for c in outcome.contents] == [("c1.note", "s1")]
    dispute = of(after(opened(), *outcome.events))
    assert (dispute.phase, dispute.turn, dispute.seller_answered) == (
        "awaiting_buyer", "buyer", True,
    )  # fmt: skip
    assert [(o.id, o.by, o.status) for o in dispute.offers] == [
        ("O1", "buyer", "standing"),
        ("O2", "seller", "standing"),
    ]
    assert [(d.what, d.turn, d.at, d.anchor) for d in dispute.deadlines] == [
        ("answer", "buyer", ANSWERED + 5 * DAY, "offer_made"),
        ("negotiation", "buyer", OPENED + 10 * DAY, "dispute_opened"),
    ]


def test_a_counter_offer_takes_the_place_of_one_s_own_only() -> None:
    case = then(answered(), offer(90_000), BUYER, ANSWERED + DAY)
    assert [o.status for o in of(case).offers] == ["replaced", "standing", "standing"]
    assert (of(case).phase, of(case).turn) == ("awaiting_seller", "seller")


@pytest.mark.parametrize("late", [-SECOND, 0 * SECOND, SECOND])
def test_an_answer_is_never_due_after_the_end_of_negotiation(late: Any) -> None:
    at = OPENED + 5 * DAY + late
    case = then(answered(), offer(90_000), BUYER, at)
    answer = of(case).deadline("answer")
    assert answer is not None
    assert answer.at == min(at + 5 * DAY, OPENED + 10 * DAY)


def test_reminders_of_the_end_that_were_given_are_not_set_again() -> None:
    due = OPENED + 10 * DAY
    reminded = DisputeReminded(
        at=OPENED + 5 * DAY, dispute=D1, what="negotiation", turn="buyer", due=due
    )
    case = then(after(answered(), reminded), offer(90_000), BUYER, OPENED + 5 * DAY - SECOND)
    end = of(case).deadline("negotiation")
    assert end is not None
    assert (end.turn, end.reminders) == ("seller", (due - DAY, due - DAY / 12))


def test_an_answer_due_at_the_end_of_negotiation_is_reminded_of_once() -> None:
    case = then(answered(), offer(90_000), BUYER, OPENED + 7 * DAY)
    answer, end = of(case).deadlines
    assert answer.at == end.at == OPENED + 10 * DAY
    assert answer.reminders == (OPENED + 8.5 * DAY, end.at - DAY, end.at - DAY / 12)
    assert end.reminders == (OPENED + 5 * DAY,), "only what no reminder of the answer stands for"


def test_a_second_offer_on_the_other_side_s_turn_moves_no_clock() -> None:
    before = answered()
    case = then(before, offer(60_000), SELLER, ANSWERED + DAY)
    assert of(case).deadlines == of(before).deadlines
    assert of(case).turn == "buyer"
    assert [o.status for o in of(case).offers] == ["standing", "replaced", "standing"]


def test_in_mediation_the_turn_stays_with_the_mediator() -> None:
    before = mediated()
    case = then(before, offer(60_000), SELLER, ESCALATED + DAY)
    assert (of(case).phase, of(case).turn) == ("mediation", "mediator")
    assert of(case).deadlines == of(before).deadlines


def test_a_silent_side_that_makes_an_offer_has_been_heard() -> None:
    case = then(answered(), Escalate(), SELLER, ANSWERED)
    assert of(case).unheard == "buyer"
    case = then(case, offer(), BUYER, ANSWERED + SECOND)
    assert (of(case).unheard, of(case).unheard_until) == (None, None)


def test_nothing_with_a_note_is_the_seller_s_refusal() -> None:
    case = then(opened(), offer(0), SELLER, ANSWERED)
    assert of(case).seller_answered
    no = refused(opened(), offer(0, note=" "), SELLER, ANSWERED)
    assert (no.rule, no.field) == ("text_missing", "note")
    assert refused(answered(), offer(0), BUYER, ANSWERED).rule == "amount_too_small"


def test_a_replacement_needs_no_amount() -> None:
    for amount, booked in ((None, 0), (0, 0), (7, 7)):
        case = then(opened(), offer(amount, remedy="replacement"), SELLER, ANSWERED)
        assert of(case).offers[1].amount == booked


def test_the_payer_of_the_return_can_be_named() -> None:
    sent = offer(remedy="return_and_refund", return_postage_paid_by="buyer")
    assert of(then(opened(), sent, SELLER, ANSWERED)).offers[1].return_paid_by == "buyer"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"amount": None}, "amount_missing"),
        ({"amount": Money(1, "USD")}, "other_currency"),
        ({"amount": 160_001}, "amount_too_large"),
        ({"amount": 0, "remedy": "return_and_refund"}, "amount_too_small"),
        ({"remedy": "repair_cost"}, "remedy_not_for_reason"),
    ],
)
def test_refuses_an_offer_that_cannot_be(changes: dict[str, Any], rule: str) -> None:
    assert refused(opened(), offer(**changes), SELLER, ANSWERED).rule == rule


def test_what_never_came_cannot_go_back() -> None:
    case = opened(reason="not_received", received=False)
    no = refused(case, offer(remedy="return_and_refund"), SELLER, ANSWERED)
    assert no.rule == "nothing_to_return"


def test_goods_that_are_back_are_not_sent_again() -> None:
    case = mediated()
    back = replace(of(case), return_=Return(paid_by="seller"))
    inspected = ReturnInspected(
        at=ESCALATED, dispute=D1, phase="mediation", turn="mediator",
        deadlines=of(case).deadlines, condition="damaged",
    )  # fmt: skip
    case = replace(case, disputes={D1: inspected.on(back)})
    no = refused(case, offer(remedy="return_and_refund"), SELLER, ESCALATED)
    assert no.rule == "already_returned"


def test_a_bank_that_has_yet_to_decide_leaves_room_for_an_agreement() -> None:
    taken = ChargebackRecorded(at=ANSWERED, chargeback=Chargeback("C1", 160_000, ANSWERED))
    case = after(opened(), taken)
    accepted(case, offer(160_000), SELLER, ANSWERED)
    lost = ChargebackOutcomeRecorded(at=ANSWERED, chargeback="C1", won=False)
    no = refused(after(case, lost), offer(1), SELLER, ANSWERED)
    assert (no.rule, no.facts["most"]) == ("amount_too_large", rub(0))


def test_no_offers_after_the_ruling_nor_by_the_mediator() -> None:
    assert refused(ruled(), offer(), SELLER, ESCALATED + 2 * DAY).rule == "wrong_phase"
    assert refused(mediated(), offer(), MEDIATOR, ESCALATED).rule == "not_for_this_role"


def test_declining_and_offering_again_goes_on_until_the_end() -> None:
    case = then(answered(), DeclineOffer(offer="O2"), BUYER, ANSWERED)
    case = then(case, offer(70_000), SELLER, ANSWERED)
    assert [o.status for o in of(case).offers] == ["standing", "declined", "standing"]
