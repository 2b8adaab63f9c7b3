"""The five guides, each told as the cases it describes, under its own pack where it has one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.market import (
    DAY,
    POST_NUMBER,
    SECOND,
    Dispute,
    Market,
    Order,
    instant,
    money,
    text_of,
)

ADDRESS = {"name": "Blouse House", "street": "Nanjing Rd 1", "city": "Shanghai", "country": "CN"}
CARRIERS = [
    *((carrier, 23) for carrier in ("DHL", "TNT", "UPS", "FedEx")),
    *((carrier, 27) for carrier in ("Japan Post EMS", "SF Express")),
    *((carrier, 39) for carrier in ("China Post", "Hong Kong Post")),
]


def under(market: Market, pack: str, **changes: Any) -> Order:
    """An order under a pack."""
    order = market.place(policy=pack, **changes)
    assert order.shown()["policy"]["id"] == pack
    return order


# 000: defective goods, a silent seller, the platform's decision, the appeals team.


@pytest.mark.parametrize("pack", ["guide-000", "aliexpress"])
def test_000_a_defective_item_and_a_silent_seller(market: Market, pack: str) -> None:
    order = under(market, pack)
    shipped = order.ship("China Post", POST_NUMBER)
    order.do("marketplace", "record_tracking", tracking_number=POST_NUMBER, status="delivered")
    market.to(shipped + 8 * DAY)
    photo = order.evidence("buyer", kind="photo")
    dispute = order.open(
        reason="defective", description="It does not switch on.", evidence=[photo],
        amount=money(80000),
    )  # fmt: skip
    opened = market.now
    chat = order.post("/messages", "buyer", {"text": "It is broken.", "pictures": []})
    assert chat.status_code == 201
    assert dispute.deadline("answer") == opened + 5 * DAY
    dispute.lapse("answer")
    assert dispute.stands() == ("mediation", "mediator", None)
    dispute.do("supervisor", "assign_mediator", mediator="m1")
    assert dispute.shown("mediator")["evidence"][0]["id"] == photo
    for_seller = {"finding": "for_seller", "amount": money(0), "reasons": ["not_proven"],
                  "text": "The picture shows no fault.", "clauses": ["defective"],
                  "evidence": [photo], "no_evidence": False}  # fmt: skip
    dispute.ruled(**for_seller)
    assert dispute.stands() == ("ruled", "buyer", None)
    film = order.evidence("buyer", kind="video")
    dispute.do("buyer", "appeal", grounds="new_evidence", text="A film of it.", evidence=[film])
    assert dispute.refused(409, "appeals.m1", "decide_appeal", decision="upheld", text="No.")
    dispute.do(
        "appeals", "decide_appeal", decision="changed", text="The film shows it.", remedy="refund",
        amount=money(80000), finding="for_buyer", reasons=["item_defective"],
        clauses=["defective"], evidence=[film],
    )  # fmt: skip
    assert dispute.stands() == ("closed", None, "refunded")
    assert order.paid_back() == 80000


def test_000_opens_at_shipment_and_closes_fifteen_days_after(market: Market) -> None:
    order = under(market, "guide-000")
    assert order.not_opened(409, received=False, reason="not_received") == "window_not_open"
    shipped = order.ship()
    (line,) = order.protection()
    assert line["open"]
    assert instant(line["opens_at"]) == shipped
    assert instant(line["closes_at"]) == shipped + 15 * DAY
    order.do("buyer", "confirm_receipt")
    assert instant(order.protection()[0]["closes_at"]) == shipped + 15 * DAY
    market.to(shipped + 15 * DAY - SECOND)
    dispute = order.open()
    dispute.do("buyer", "cancel_dispute")
    market.to(shipped + 15 * DAY)
    assert order.not_opened(409) == "window_closed"


def test_000_a_seller_gets_no_more_time(market: Market) -> None:
    order = under(market, "guide-000").received()
    dispute = order.open()
    assert dispute.refused(409, "seller", "request_more_time") == "no_more_time_given"


def test_000_a_seller_who_does_not_comply_is_appealed_against(market: Market) -> None:
    order = under(market, "guide-000").received()
    dispute = order.open(remedy="return_and_refund", amount=money(80000))
    dispute.do("seller", "accept_offer", offer="O1", amount=money(80000))
    assert dispute.stands() == ("returning", "seller", None)
    appeal: dict[str, Any] = {"grounds": "did_not_comply", "text": "Nobody is there."}
    assert dispute.refused(409, "buyer", "appeal", **appeal) == "step_not_late"
    dispute.do("seller", "provide_return_address", address=ADDRESS)
    dispute.do("buyer", "appeal", **appeal)
    assert dispute.stands() == ("appeal", "appeals", None)
    ruling = {"remedy": "refund", "amount": money(80000), "finding": "for_buyer",
              "reasons": ["seller_did_not_answer"], "clauses": ["answers_in_time"],
              "evidence": [], "no_evidence": True}  # fmt: skip
    dispute.do("appeals", "decide_appeal", decision="changed", text="It may stay.", **ruling)
    assert dispute.stands() == ("closed", None, "refunded")


# 001: part of the money, offers, taking the claim back, seven days, fifteen days in all.


@pytest.mark.parametrize("pack", ["guide-001", "aliexpress"])
def test_001_a_partial_refund_with_counter_offers(market: Market, pack: str) -> None:
    order = under(market, pack).received()
    dispute = order.open(reason="damaged", amount=money(40000))
    shown = dispute.do("seller", "make_offer", remedy="refund", amount=money(10000), note="A bit.")
    assert (shown["phase"], shown["turn"]) == ("awaiting_buyer", "buyer")
    shown = dispute.do("buyer", "make_offer", remedy="refund", amount=money(30000), note="This.")
    assert (shown["phase"], shown["turn"]) == ("awaiting_seller", "seller")
    # The other side's offer stands until it is answered; one's own is replaced.
    assert [(o["id"], o["status"]) for o in shown["offers"]] == [
        ("O1", "replaced"), ("O2", "standing"), ("O3", "standing"),
    ]  # fmt: skip
    dispute.do("seller", "make_offer", remedy="refund", amount=money(25000), note="The last.")
    assert dispute.refused(409, "buyer", "accept_offer", offer="O2", amount=money(10000))
    dispute.do("buyer", "accept_offer", offer="O4", amount=money(25000))
    assert dispute.stands() == ("closed", None, "refunded")
    assert order.paid_back() == 25000


def test_001_the_claim_is_taken_back_until_the_seller_has_answered(market: Market) -> None:
    order = under(market, "guide-001").received()
    dispute = order.open()
    shown = dispute.do("buyer", "cancel_dispute")
    assert (shown["phase"], shown["turn"], shown["outcome"]) == ("closed", None, "cancelled")
    again = order.open()
    assert again.id != dispute.id
    again.do("seller", "decline_offer", offer="O1", note="It is as shown.")
    assert again.refused(409, "buyer", "cancel_dispute") == "seller_has_answered"
    again.do("buyer", "escalate", note="The platform, please.")
    assert again.stands() == ("mediation", "mediator", None)


def test_001_a_seller_who_never_answered_cannot_hold_the_buyer(market: Market) -> None:
    order = under(market, "guide-001").received()
    dispute = order.open()
    dispute.lapse("answer")
    dispute.do("buyer", "cancel_dispute")
    assert dispute.stands() == ("closed", None, "cancelled")


def test_001_seven_days_for_the_seller_and_fifteen_in_all(market: Market) -> None:
    order = under(market, "guide-001").received()
    dispute, start = order.open(), market.now
    assert dispute.deadline("answer") == start + 7 * DAY
    dispute.lapse("answer")
    assert dispute.stands() == ("mediation", "mediator", None)
    assert dispute.deadline("ruling") == start + 15 * DAY


def test_001_five_to_seven_days_in_the_default_pack(market: Market) -> None:
    dispute, start = market.place().received().open(), market.now
    assert dispute.deadline("answer") == start + 5 * DAY
    dispute.do("seller", "request_more_time", note="Holidays.")
    assert dispute.deadline("answer") == start + 7 * DAY


def test_001_a_ruling_is_final_but_for_money_that_does_not_come(market: Market) -> None:
    order = under(market, "guide-001").received()
    dispute = order.open().with_mediator()
    market.behave("decline", "decline", "decline", "decline", "decline")
    dispute.ruled()
    assert dispute.stands() == ("settling", "platform", None)
    text: dict[str, Any] = {"text": "Nothing came.", "evidence": []}
    other = {"grounds": "named_error", **text}
    assert dispute.refused(422, "buyer", "appeal", **other) == "unknown_grounds"
    dispute.do("buyer", "appeal", grounds="money_did_not_come", **text)
    assert dispute.stands() == ("appeal", "appeals", None)
    market.behave()
    dispute.do("appeals", "decide_appeal", decision="upheld", text="It is sent again.")
    market.ahead(3 * DAY)
    assert dispute.stands() == ("closed", None, "refunded")
    assert order.paid_back() == 60000


def test_001_fifteen_days_from_confirmed_receipt(market: Market) -> None:
    order = under(market, "guide-001")
    order.ship()
    received = market.ahead(3 * DAY)
    order.do("buyer", "confirm_receipt")
    assert instant(order.protection()[0]["closes_at"]) == received + 15 * DAY
    market.to(received + 15 * DAY)
    assert order.not_opened(409) == "window_closed"


# 002: an order that does not come, its tracking, support, and a resolution that is late.


def test_002_an_order_that_did_not_come(market: Market) -> None:
    order = market.place()
    shipped = order.ship("China Post", POST_NUMBER)
    order.track(POST_NUMBER, "in_transit")
    order.track(POST_NUMBER, "in_transit")
    market.to(shipped + 6 * DAY)
    claim = {"received": False, "reason": "not_received", "lines": [], "amount": money(160000)}
    dispute = order.open(**claim)
    market.ahead(DAY)
    # Told to both sides, and deciding nothing.
    order.track(POST_NUMBER, "delivered")
    assert dispute.stands() == ("awaiting_seller", "seller", None)
    events = market.get(f"/disputes/{dispute.id}/events", order.who("seller"))["items"]
    assert "delivery_noted" in {event["type"] for event in events}
    proof = order.evidence("seller", kind="delivery_proof")
    dispute.do("seller", "add_evidence", evidence=[proof])
    dispute.do("seller", "decline_offer", offer="O1", note="It was handed over.")
    dispute.do("buyer", "escalate", note="Not to me.")
    dispute.do("supervisor", "assign_mediator", mediator="m1")
    dispute.ruled(amount=money(160000), reasons=["delivered_elsewhere"], clauses=["not_received"],
                  evidence=[proof], no_evidence=False)  # fmt: skip
    for side in ("seller", "buyer"):
        dispute.do(side, "accept_ruling")
    assert dispute.stands() == ("closed", None, "refunded")
    assert order.paid_back() == 160000


def test_002_what_never_left_can_be_claimed_from_six_days_after_its_date(market: Market) -> None:
    order = market.place()
    due = market.now + 4 * DAY
    claim = {"received": False, "reason": "not_received", "lines": [], "amount": money(160000)}
    market.to(due + 6 * DAY - SECOND)
    assert order.not_opened(409, **claim) == "window_not_open"
    market.to(due + 6 * DAY)
    assert order.protection()[0]["closes_at"] is None
    dispute = order.open(**claim)
    dispute.do("seller", "accept_offer", offer="O1", amount=money(160000))
    assert order.paid_back() == 160000


def test_002_a_resolution_that_is_late(market: Market) -> None:
    dispute = market.place().received().open(amount=money(72000))
    order = dispute.order
    order.do("support", "record_contact", channel="phone", with_side="buyer", text="Where is it?")
    order.do("buyer", "raise_to_supervisor", text="Nobody answers.")
    dispute.lapse("answer")
    dispute.do("supervisor", "assign_mediator", mediator="m1")
    dispute.lapse("ruling")
    assert dispute.stands() == ("mediation", "supervisor", None)
    dispute.lapse("supervisor_ruling")
    assert dispute.stands() == ("closed", None, "honoured_by_platform")


# 003: the blouse for 800, postage of 540, 90 % of the price, and a change of mind.


def test_003_ninety_per_cent_for_a_blouse_that_is_kept(market: Market) -> None:
    order = market.place(quantity=1).received()
    dispute = order.open(amount=money(72000))
    asked = dispute.do("seller", "make_offer", remedy="return_and_refund", amount=money(80000),
                       note="Send it back.", return_postage_paid_by="buyer")  # fmt: skip
    assert asked["offers"][-1]["return_postage_paid_by"] == "buyer"
    dispute.do("buyer", "decline_offer", offer="O2", note="At your cost, gladly.")
    dispute.do("seller", "accept_offer", offer="O1", amount=money(72000))
    assert dispute.stands() == ("closed", None, "refunded")
    assert order.paid_back() == 72000
    assert order.shown()["refundable"] == money(8000)


@pytest.mark.parametrize("amount", [1, 80000])
def test_003_one_to_a_hundred_per_cent(market: Market, amount: int) -> None:
    order = market.place(quantity=1).received()
    assert order.not_opened(422, amount=money(0)) == "amount_too_small"
    assert order.not_opened(422, amount=money(80001)) == "amount_too_large"
    dispute = order.open(amount=money(amount))
    assert dispute.shown()["claim"]["amount"] == money(amount)


def test_003_a_change_of_mind_goes_back_at_the_buyers_cost_less_the_fee(market: Market) -> None:
    returns = {"change_of_mind_days": 10, "return_postage_paid_by": "buyer",
               "restocking_fee_percent": 10, "exchange": True}  # fmt: skip
    order = market.place(return_policy=returns).received()
    received = market.now
    claim = {"reason": "changed_mind", "remedy": "return_and_refund"}
    assert order.not_opened(422, **claim, amount=money(72001)) == "amount_too_large"
    assert order.not_opened(409, reason="changed_mind") == "remedy_not_for_reason"
    market.to(received + 10 * DAY - SECOND)
    dispute = order.open(**claim, amount=money(72000))
    dispute.do("seller", "accept_offer", offer="O1", amount=money(72000))
    assert dispute.shown()["return"]["paid_by"] == "buyer"
    dispute.do("seller", "provide_return_address", address=ADDRESS)
    back = dispute.do("buyer", "ship_return", carrier="Yanwen", tracking_number="YT0000000009")
    assert back["return"]["tracking_number"] == "YT0000000009"
    market.ahead(5 * DAY)
    order.track("YT0000000009")
    dispute.do("seller", "inspect_return", condition="as_sent")
    assert dispute.stands() == ("closed", None, "refunded")
    assert order.paid_back() == 72000


def test_003_a_change_of_mind_after_the_sellers_days(market: Market) -> None:
    order = market.place(return_policy={"change_of_mind_days": 10}).received()
    market.ahead(10 * DAY)
    claim = {"reason": "changed_mind", "remedy": "return_and_refund", "amount": money(80000)}
    assert order.not_opened(409, **claim) == "change_of_mind_over"
    order.open()


def test_003_fifteen_days_after_confirmed_receipt(market: Market) -> None:
    order = market.place()
    shipped = order.ship()
    received = market.ahead(20 * DAY)
    order.do("buyer", "confirm_receipt")
    assert received + 15 * DAY > shipped + 23 * DAY
    market.to(received + 15 * DAY - SECOND)
    order.open().do("buyer", "cancel_dispute")
    market.to(received + 15 * DAY)
    assert order.not_opened(409) == "window_closed"


def test_003_after_the_window_support_can_still_help(market: Market) -> None:
    order = market.place()
    ends = order.ship() + 23 * DAY
    market.to(ends + DAY)
    wrote = order.post("/messages", "buyer", {"text": "It broke today."})
    assert wrote.status_code == 201
    order.do("support", "open_goodwill_case", reason="A loyal buyer.", budget=money(5000))
    assert order.paid_back() == 5000


# 004: six days, windows per carrier, the seller's own returns, exchange.


@pytest.mark.parametrize("pack", ["guide-004", "aliexpress"])
@pytest.mark.parametrize(("carrier", "days"), CARRIERS)
def test_004_the_window_of_each_carrier(market: Market, pack: str, carrier: str, days: int) -> None:
    order = under(market, pack)
    shipped = order.ship(carrier, POST_NUMBER)
    (line,) = order.protection()
    assert instant(line["opens_at"]) == shipped + 6 * DAY
    assert instant(line["closes_at"]) == shipped + days * DAY
    claim = {"received": False, "reason": "not_received"}
    market.to(shipped + 6 * DAY - SECOND)
    assert order.not_opened(409, **claim) == "window_not_open"
    market.to(shipped + 6 * DAY)
    order.open(**claim).do("buyer", "cancel_dispute")
    market.to(shipped + days * DAY - SECOND)
    order.open(**claim).do("buyer", "cancel_dispute")
    market.to(shipped + days * DAY)
    assert order.not_opened(409, **claim) == "window_closed"


def test_004_receipt_changes_nothing_in_the_strict_reading(market: Market) -> None:
    order = under(market, "guide-004")
    shipped = order.ship()
    order.do("buyer", "confirm_receipt")
    assert order.not_opened(409) == "window_not_open"
    market.to(shipped + 22 * DAY)
    assert instant(order.protection()[0]["closes_at"]) == shipped + 23 * DAY


def test_004_a_carrier_no_guide_names(market: Market) -> None:
    order = market.place()
    promised = market.now + 31 * DAY
    shipped = order.ship("Cainiao", "LP00123456789")
    (line,) = order.protection()
    assert instant(line["closes_at"]) == promised + 15 * DAY
    early = market.place(shipping={"promised_by": text_of(market.now + 2 * DAY)})
    early.ship("Cainiao", "LP00123456780")
    assert instant(early.protection()[0]["closes_at"]) == shipped + 17 * DAY
    none = market.place(shipping={})
    none.ship("Cainiao", "LP00123456781")
    assert instant(none.protection()[0]["closes_at"]) == shipped + 15 * DAY


def test_004_an_exchange(market: Market) -> None:
    order = market.place().received()
    dispute = order.open(reason="wrong_item", remedy="replacement", amount=money(0))
    dispute.do("seller", "accept_offer", offer="O1", amount=money(0))
    assert dispute.stands() == ("replacing", "seller", None)
    shown = dispute.do(
        "seller", "ship_replacement", carrier="China Post", tracking_number=POST_NUMBER
    )
    assert shown["replacement"]["carrier"] == "China Post"
    assert shown["replacement"]["tracking_number"] == POST_NUMBER
    market.ahead(10 * DAY)
    dispute.do("buyer", "confirm_replacement")
    assert dispute.stands() == ("closed", None, "replaced")
    assert order.at_provider() == []


def test_004_a_mistyped_number_is_told_to_a_person_and_kept_from_a_server(market: Market) -> None:
    wrong = POST_NUMBER.replace("4829", "4828")
    order = market.place()
    sent = {"carrier": "China Post", "tracking_number": wrong}
    typed = {**sent, "insist": False}
    assert order.refused(422, "seller", "ship_order", **typed) == "tracking_number_wrong"
    order.do("seller", "ship_order", **sent, insist=True)
    other = market.place()
    shown = other.do("marketplace", "ship_order", **sent)
    assert shown["shipments"][0]["check"] == "invalid"


def test_004_the_sellers_return_policy_is_kept_as_it_stood(market: Market) -> None:
    order = market.place()
    assert order.shown("buyer")["seller"]["return_policy"] == {
        "change_of_mind_days": 15, "return_postage_paid_by": "buyer",
        "restocking_fee_percent": 0, "exchange": True,
    }  # fmt: skip
    none = market.place(return_policy=None).received()
    claim = {"reason": "changed_mind", "remedy": "return_and_refund", "amount": money(80000)}
    assert none.not_opened(409, **claim) == "seller_takes_no_returns"
    assert "changed_mind" not in none.protection()[0]["reasons"]


def test_004_the_dispute_team_decides_for_one_or_the_other(market: Market) -> None:
    dispute: Dispute = market.place().received().open(amount=money(80000)).with_mediator()
    dispute.ruled(finding="for_seller", amount=money(0), reasons=["buyer_caused"])
    dispute.lapse("appeal")
    assert dispute.stands() == ("closed", None, "refused")
    assert dispute.order.paid_back() == 0
    # Settled for this reason; another one is another case.
    assert dispute.order.not_opened(409, lines=[{"line": "1", "quantity": 2}])
