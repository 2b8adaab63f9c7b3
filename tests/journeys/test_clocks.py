"""Every clock of the default pack, let run out by the sandbox's clock alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.market import DAY, SECOND, Dispute, Market, instant, money

ADDRESS = {"name": "Blouse House", "street": "Nanjing Rd 1", "city": "Shanghai", "country": "CN"}
BACK: dict[str, Any] = {"remedy": "return_and_refund", "amount": money(80000)}
MIND_CHANGED = {**BACK, "reason": "changed_mind"}
OTHER: dict[str, Any] = {"remedy": "replacement", "amount": money(0)}


def opened(market: Market, **claim: Any) -> Dispute:
    """A dispute about goods that came, on a clock of its own."""
    return market.place().received().open(**claim)


def accepted(dispute: Dispute, offer: str = "O1") -> Dispute:
    """The seller agrees to the claim."""
    amount = dispute.shown()["claim"]["amount"]
    dispute.do("seller", "accept_offer", offer=offer, amount=amount)
    return dispute


def sent_back(dispute: Dispute, number: str = "YT0000000001") -> Dispute:
    """Accepted, addressed, and on its way back with a carrier no guide names."""
    accepted(dispute).do("seller", "provide_return_address", address=ADDRESS)
    dispute.do("buyer", "ship_return", carrier="Yanwen", tracking_number=number)
    return dispute


def test_a_silent_seller_brings_the_mediator_after_five_days(market: Market) -> None:
    dispute, start = opened(market), market.now
    assert dispute.deadline("answer") == start + 5 * DAY
    dispute.lapse("answer")
    assert dispute.stands() == ("mediation", "mediator", None)
    assert dispute.deadline("ruling") == start + 15 * DAY


def test_more_time_makes_it_seven_once(market: Market) -> None:
    dispute, start = opened(market), market.now
    dispute.do("seller", "request_more_time", note="I ask the warehouse.")
    assert dispute.refused(409, "seller", "request_more_time", note="Again.") == "more_time_once"
    assert dispute.deadline("answer") == start + 7 * DAY
    dispute.lapse("answer")
    assert dispute.stands() == ("mediation", "mediator", None)


def test_a_silent_buyer_does_not_lose(market: Market) -> None:
    dispute = opened(market)
    offered = market.ahead(2 * DAY)
    dispute.do("seller", "make_offer", remedy="refund", amount=money(100), note="A little.")
    assert dispute.deadline("answer") == offered + 5 * DAY
    dispute.lapse("answer")
    assert dispute.stands() == ("mediation", "mediator", None)


def test_negotiation_ends_ten_days_after_the_opening(market: Market) -> None:
    dispute, start = opened(market), market.now
    for day, side in ((3, "seller"), (6, "buyer"), (9, "seller")):
        market.to(start + day * DAY)
        dispute.do(side, "make_offer", remedy="refund", amount=money(100 * day), note="Then?")
    assert dispute.deadline("answer") == start + 10 * DAY
    dispute.lapse("negotiation")
    assert dispute.stands() == ("mediation", "mediator", None)
    assert dispute.deadline("ruling") == start + 15 * DAY


def test_a_question_unanswered_goes_back_to_the_mediator(market: Market) -> None:
    dispute, start = opened(market).with_mediator(), market.now
    market.to(start + 12 * DAY)
    dispute.do("mediator", "request_information", of="buyer", question="Which size?")
    assert dispute.stands() == ("mediation", "buyer", None)
    assert dispute.deadline("information") == start + 15 * DAY
    assert dispute.deadline("ruling") == start + 15 * DAY


def test_an_unanswered_question_is_over_after_three_days(market: Market) -> None:
    dispute, start = opened(market).with_mediator(), market.now
    dispute.do("mediator", "request_information", of="buyer", question="Which size?")
    assert dispute.deadline("information") == start + 3 * DAY
    dispute.lapse("information")
    assert dispute.stands() == ("mediation", "mediator", None)
    assert dispute.refused(409, "buyer", "answer_information", answer="M") == "no_question_open"
    dispute.ruled(amount=money(72000))


def test_nothing_is_asked_that_could_be_answered_too_late(market: Market) -> None:
    dispute = opened(market).with_mediator()
    market.to(dispute.deadline("ruling") - 3 * DAY + SECOND)
    question = {"of": "buyer", "question": "Which size?"}
    assert dispute.refused(409, "mediator", "request_information", **question) == "too_late_to_ask"


def test_no_ruling_before_a_silent_side_was_heard(market: Market) -> None:
    dispute = opened(market)
    market.ahead(DAY)
    dispute.do("seller", "make_offer", remedy="refund", amount=money(100), note="A little.")
    answer = dispute.deadline("answer")
    dispute.do("seller", "escalate", note="Decide.")
    dispute.do("supervisor", "assign_mediator", mediator="m1")
    ruling = {"type": "issue_ruling", "finding": "for_buyer", "remedy": "refund",
              "amount": money(72000), "reasons": ["not_proven"], "text": "So.",
              "clauses": ["proof"], "evidence": [], "no_evidence": True}  # fmt: skip
    market.to(answer - SECOND)
    assert dispute.post("mediator", ruling).status_code == 409
    market.to(answer)
    assert dispute.post("mediator", ruling).status_code == 200


@pytest.mark.parametrize(
    ("currency", "price", "honoured"),
    [("RUB", 80000, 72000), ("USD", 9999, 9999), ("USD", 10000, 10000), ("USD", 25000, 10000)],
)
def test_without_a_ruling_the_platform_honours_the_claim(
    market: Market, currency: str, price: int, honoured: int
) -> None:
    order = market.place(currency=currency, price=price).received()
    claimed = 72000 if currency == "RUB" else price
    dispute, start = order.open(amount=money(claimed, currency)), market.now
    dispute.with_mediator()
    dispute.lapse("ruling")
    assert market.now == start + 15 * DAY
    assert dispute.stands() == ("mediation", "supervisor", None)
    above = claimed > honoured
    alarms = [c for c in dispute.shown()["deadlines"] if c["what"] == "operator_alarm"]
    assert len(alarms) == above
    dispute.lapse("supervisor_ruling")
    assert market.now == start + 20 * DAY
    assert dispute.stands() == ("closed", None, "honoured_by_platform")
    assert order.paid_back() == honoured
    (refund,) = dispute.shown()["refunds"]
    assert refund["amount"] == money(honoured, currency)


def test_a_supervisor_may_rule_when_the_mediator_did_not(market: Market) -> None:
    dispute = opened(market).with_mediator()
    dispute.lapse("ruling")
    ruling = {"finding": "for_seller", "remedy": "refund", "amount": money(0),
              "reasons": ["not_proven"], "text": "Nothing shows it.", "clauses": ["proof"],
              "evidence": [], "no_evidence": True}  # fmt: skip
    dispute.do("supervisor", "issue_ruling", **ruling)
    assert dispute.stands() == ("ruled", "buyer", None)
    dispute.lapse("appeal")
    assert dispute.stands() == ("closed", None, "refused")
    assert dispute.order.at_provider() == []


def test_a_ruling_is_carried_out_when_nobody_appeals_for_seven_days(market: Market) -> None:
    dispute = opened(market).with_mediator()
    dispute.ruled()
    assert dispute.deadline("appeal") == market.now + 7 * DAY
    dispute.lapse("appeal")
    assert dispute.stands() == ("closed", None, "refunded")
    assert dispute.order.paid_back() == 60000
    appeal = {"grounds": "named_error", "text": "Late.", "evidence": []}
    assert dispute.refused(409, "seller", "appeal", **appeal)


def test_both_accepting_ends_the_time_to_appeal(market: Market) -> None:
    dispute = opened(market).with_mediator()
    dispute.ruled()
    assert dispute.do("buyer", "accept_ruling")["phase"] == "ruled"
    dispute.do("seller", "accept_ruling")
    assert dispute.stands() == ("closed", None, "refunded")


def test_an_appeal_nobody_decides_leaves_the_ruling(market: Market) -> None:
    dispute = opened(market).with_mediator()
    dispute.ruled()
    dispute.do("seller", "appeal", grounds="named_error", text="Wrong chart.", evidence=[])
    assert dispute.deadline("appeal_decision") == market.now + 7 * DAY
    dispute.lapse("appeal_decision")
    assert dispute.stands() == ("appeal", "supervisor", None)
    dispute.lapse("supervisor_appeal_decision")
    assert dispute.stands() == ("closed", None, "refunded")
    assert dispute.order.paid_back() == 60000


def test_without_a_return_address_the_goods_stay(market: Market) -> None:
    dispute = accepted(opened(market, **BACK))
    assert dispute.stands() == ("returning", "seller", None)
    assert dispute.deadline("return_address") == market.now + 5 * DAY
    dispute.lapse("return_address")
    assert dispute.stands() == ("closed", None, "refunded")
    assert dispute.order.paid_back() == 80000


def test_goods_that_are_not_sent_back_bring_nothing(market: Market) -> None:
    dispute = accepted(opened(market, **BACK))
    dispute.do("seller", "provide_return_address", address=ADDRESS)
    assert dispute.stands() == ("returning", "buyer", None)
    assert dispute.deadline("return_shipment") == market.now + 10 * DAY
    dispute.lapse("return_shipment")
    assert dispute.stands() == ("closed", None, "abandoned")
    assert dispute.order.at_provider() == []


def test_a_return_nobody_inspects_counts_as_sent(market: Market) -> None:
    dispute = sent_back(opened(market, **BACK))
    assert dispute.stands() == ("returning", "seller", None)
    delivered = market.ahead(8 * DAY)
    dispute.order.track("YT0000000001")
    assert dispute.deadline("inspection") == delivered + 3 * DAY
    dispute.lapse("inspection")
    assert dispute.stands() == ("closed", None, "refunded")
    assert dispute.order.paid_back() == 80000
    # Counted from when the parcel was received, not from the instruction.
    assert dispute.shown()["return"]["condition"] == "as_sent"


def test_a_return_lost_at_the_sellers_cost_is_refunded(market: Market) -> None:
    dispute = sent_back(opened(market, **BACK))
    assert dispute.shown()["return"]["paid_by"] == "seller"
    dispute.lapse("return_arrival")
    assert dispute.stands() == ("closed", None, "refunded")
    assert dispute.order.paid_back() == 80000


def test_a_return_lost_at_the_buyers_cost_goes_to_a_mediator(market: Market) -> None:
    dispute = sent_back(opened(market, **MIND_CHANGED))
    assert dispute.shown()["return"]["paid_by"] == "buyer"
    dispute.lapse("return_arrival")
    assert dispute.stands() == ("mediation", "mediator", None)
    assert dispute.deadline("ruling") == market.now + 5 * DAY
    assert dispute.order.at_provider() == []


def test_a_fault_found_is_the_buyers_to_answer(market: Market) -> None:
    dispute = sent_back(opened(market, **BACK))
    market.ahead(4 * DAY)
    found = {"condition": "damaged", "note": "A stain.", "amount": money(50000)}
    dispute.do("seller", "inspect_return", **found)
    assert dispute.stands() == ("returning", "buyer", None)
    dispute.lapse("inspection_answer")
    assert dispute.stands() == ("mediation", "mediator", None)
    assert dispute.deadline("ruling") == market.now + 5 * DAY
    dispute.do("supervisor", "assign_mediator", mediator="m1")
    dispute.lapse("ruling")
    assert dispute.stands() == ("mediation", "supervisor", None)


def test_a_contested_inspection_has_five_days_for_a_ruling(market: Market) -> None:
    dispute = sent_back(opened(market, **BACK))
    dispute.do("seller", "inspect_return", condition="empty")
    dispute.do("buyer", "contest_return", text="I filmed the packing.")
    assert dispute.stands() == ("mediation", "mediator", None)
    assert dispute.deadline("ruling") == market.now + 5 * DAY


def test_a_lower_amount_after_the_inspection_can_be_taken(market: Market) -> None:
    dispute = sent_back(opened(market, **BACK))
    found = {"condition": "missing_items", "note": "No belt.", "amount": money(50000)}
    shown = dispute.do("seller", "inspect_return", **found)
    offer = shown["offers"][-1]
    dispute.do("buyer", "accept_offer", offer=offer["id"], amount=offer["amount"])
    assert dispute.stands() == ("closed", None, "refunded")
    assert dispute.order.paid_back() == 50000


def test_a_replacement_that_is_not_sent_becomes_money(market: Market) -> None:
    dispute = accepted(opened(market, **OTHER))
    assert dispute.stands() == ("replacing", "seller", None)
    assert dispute.deadline("replacement_shipment") == market.now + 5 * DAY
    dispute.lapse("replacement_shipment")
    assert dispute.stands() == ("closed", None, "refunded")
    assert dispute.order.paid_back() == 80000


def test_a_replacement_that_does_not_arrive_becomes_money(market: Market) -> None:
    dispute = accepted(opened(market, **OTHER))
    dispute.do("seller", "ship_replacement", carrier="DHL Express", tracking_number="1234567891",
               insist=True)  # fmt: skip
    assert dispute.stands() == ("replacing", "buyer", None)
    assert dispute.deadline("replacement_arrival") == market.now + 23 * DAY
    dispute.lapse("replacement_arrival")
    assert dispute.stands() == ("closed", None, "refunded")
    assert dispute.order.paid_back() == 80000


def test_a_replacement_the_carrier_delivered_counts_without_the_buyers_word(
    market: Market,
) -> None:
    dispute = accepted(opened(market, **OTHER))
    dispute.do("seller", "ship_replacement", carrier="Yanwen", tracking_number="YT0000000002")
    market.ahead(6 * DAY)
    dispute.order.track("YT0000000002")
    dispute.lapse("replacement_arrival")
    assert dispute.stands() == ("closed", None, "replaced")
    assert dispute.order.at_provider() == []


def test_a_seller_who_does_not_answer_a_message_for_three_days(market: Market) -> None:
    order = market.place()
    wrote = order.post("/messages", "buyer", {"text": "When will it leave?"})
    assert wrote.status_code == 201
    (clock,) = [c for c in order.shown("buyer")["deadlines"] if c["what"] == "message_answer"]
    assert instant(clock["at"]) == market.now + 3 * DAY
    market.to(market.now + 3 * DAY)
    assert all(c["what"] != "message_answer" for c in order.shown("buyer")["deadlines"])


def test_when_protection_ends_the_goods_count_as_received_and_the_money_is_released(
    market: Market,
) -> None:
    order = market.place()
    ends = order.ship() + 23 * DAY
    market.to(ends - SECOND)
    (line,) = order.protection()
    assert line["open"]
    assert order.shown()["released"] is None
    market.to(ends)
    (line,) = order.protection()
    assert not line["open"]
    assert line["closes_at"] == ends.strftime("%Y-%m-%dT%H:%M:%SZ")
    shown = order.shown()
    assert shown["released"] == money(160000)
    assert shown["status"] == "completed"
    assert order.not_opened(409) == "window_closed"
    assert order.refused(409, "buyer", "confirm_receipt") == "protection_ended"


def test_the_money_waits_for_a_dispute_that_outlasts_protection(market: Market) -> None:
    order = market.place()
    ends = order.ship() + 23 * DAY
    market.to(ends - SECOND)
    dispute = order.open(amount=money(80000))
    market.to(ends + DAY)
    assert order.shown()["released"] is None
    accepted(dispute)
    shown = order.shown()
    assert shown["released"] == money(80000)
    assert order.paid_back() == 80000
