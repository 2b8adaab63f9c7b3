"""However the payment provider behaves: each refund once, never above what was captured."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.market import DAY, SHOP, Dispute, Market, Order, instant, money


def agreed(market: Market, *behaviours: str, amount: int = 72000) -> Dispute:
    """A claim the seller accepts while the provider behaves so."""
    dispute = market.place().received().open(amount=money(amount))
    market.behave(*behaviours)
    dispute.do("seller", "accept_offer", offer="O1", amount=money(amount))
    return dispute


def states(order: Order) -> list[str]:
    """What the provider says of each refund it has booked."""
    return [refund["state"] for refund in order.at_provider()]


def booked_once(dispute: Dispute, amount: int = 72000) -> None:
    """The provider has paid one refund, and the dispute is over."""
    assert dispute.stands() == ("closed", None, "refunded")
    (refund,) = [r for r in dispute.order.at_provider() if r["state"] == "succeeded"]
    assert refund["amount"] == money(amount)
    shown = [r for r in dispute.shown()["refunds"] if r["state"] == "settled"]
    assert [r["id"] for r in shown] == [refund["intent"]]
    assert dispute.order.shown()["refundable"] == money(160000 - amount)


def test_ok_is_booked_at_once(market: Market) -> None:
    booked_once(agreed(market, "ok"))


def test_pending_is_booked_a_day_later(market: Market) -> None:
    dispute = agreed(market, "pending")
    assert dispute.stands() == ("settling", "platform", None)
    assert states(dispute.order) == ["pending"]
    assert dispute.order.shown()["refundable"] == money(88000)
    (waiting,) = dispute.shown()["refunds"]
    market.ahead(DAY)
    booked_once(dispute)
    # Counted from the instruction, so that nothing moves when it is booked.
    (booked,) = dispute.shown()["refunds"]
    for name in ("arrives_from", "arrives_until"):
        assert waiting[name] == booked[name] is not None


@pytest.mark.parametrize("behaviour", ["timeout", "unavailable"])
def test_without_an_answer_it_is_asked_for_again(market: Market, behaviour: str) -> None:
    dispute = agreed(market, behaviour)
    assert dispute.stands() == ("settling", "platform", None)
    assert dispute.order.at_provider() == []
    market.ahead(DAY)
    booked_once(dispute)
    assert states(dispute.order) == ["succeeded"]


@pytest.mark.parametrize("count", [3, 12])
def test_a_provider_that_is_down_for_long(market: Market, count: int) -> None:
    dispute = agreed(market, *["unavailable", "timeout"] * count)
    market.ahead(7 * DAY)
    booked_once(dispute)
    assert states(dispute.order) == ["succeeded"]


def test_a_lost_answer_does_not_pay_twice(market: Market) -> None:
    dispute = agreed(market, "timeout_but_done")
    market.ahead(2 * DAY)
    booked_once(dispute)
    assert states(dispute.order) == ["succeeded"]


def test_a_declined_refund_is_tried_again_and_then_is_finances_task(market: Market) -> None:
    dispute = agreed(market, "decline")
    assert dispute.stands() == ("settling", "platform", None)
    assert dispute.shown()["refunds"][0]["state"] == "failed"
    market.ahead(2 * DAY)
    booked_once(dispute)


def test_declined_for_good_finance_pays_another_way(market: Market) -> None:
    dispute = agreed(market, *["decline"] * 20)
    market.ahead(30 * DAY)
    assert dispute.stands() == ("settling", "platform", None)
    assert dispute.order.at_provider() == []
    failed = dispute.shown("finance")["refunds"][-1]
    assert failed["state"] == "failed"
    waiting = market.get("/refunds", "finance.f1", order=dispute.order.id, state="failed")["items"]
    assert failed["id"] in {refund["id"] for refund in waiting}
    appeal: dict[str, Any] = {"grounds": "money_did_not_come", "text": "Nothing.", "evidence": []}
    options = {o["type"]: o for o in dispute.shown("buyer")["options"]}
    assert options["appeal"]["allowed"]
    dispute.order.do("finance", "record_trace", refund=failed["id"], outcome="paid_another_way",
                     note="By bank transfer.")  # fmt: skip
    assert dispute.stands() == ("closed", None, "refunded")
    market.behave()
    assert dispute.refused(409, "buyer", "appeal", **appeal)
    assert dispute.order.at_provider() == []


def test_a_refund_that_fails_later_is_repaired(market: Market) -> None:
    dispute = agreed(market, "fail_later")
    assert dispute.stands() == ("closed", None, "refunded")
    market.ahead(2 * DAY)
    market.ahead(2 * DAY)
    assert states(dispute.order) == ["failed", "succeeded"]
    assert dispute.order.paid_back() == 72000
    shown = dispute.order.shown()
    assert shown["refunded"] == money(72000)
    assert shown["refundable"] == money(88000)
    assert [r["state"] for r in dispute.shown()["refunds"]] in (
        ["reversed", "settled"],
        ["failed", "settled"],
    )


def test_two_equal_refunds_are_two(market: Market) -> None:
    order = market.place().received()
    market.behave("timeout_but_done", "timeout_but_done")
    for _ in range(2):
        dispute = order.open(amount=money(80000))
        dispute.do("seller", "accept_offer", offer="O1", amount=money(80000))
    market.ahead(3 * DAY)
    assert states(order) == ["succeeded", "succeeded"]
    assert order.paid_back() == 160000
    assert order.shown()["refundable"] == money(0)
    assert order.not_opened(409) in ("already_settled", "nothing_left_to_refund")


def test_a_share_of_what_was_captured_bounds_every_refund(market: Market) -> None:
    order = market.place(captured=100000).received()
    assert order.shown()["refundable"] == money(100000)
    both = [{"line": "1", "quantity": 2}]
    assert order.not_opened(422, amount=money(100001), lines=both) == "amount_too_large"
    dispute = order.open(amount=money(100000), lines=both)
    dispute.do("seller", "accept_offer", offer="O1", amount=money(100000))
    assert order.paid_back() == 100000


def test_orders_of_one_purchase_share_its_payment(market: Market) -> None:
    first = market.place()
    second = market.place(payment={**first.body["payment"], "captured": money(160000)})
    for order in (first, second):
        dispute = order.received().open(amount=money(160000), lines=[])
        dispute.do("seller", "accept_offer", offer="O1", amount=money(160000))
        assert dispute.stands() == ("closed", None, "refunded")
    booked = market.get("/sandbox/payments", SHOP)
    captured = [c for c in booked["captures"] if c["reference"] == first.reference]
    assert captured == [{"reference": first.reference, "amount": money(320000)}]
    assert first.paid_back() == 320000


def test_an_order_called_off_before_it_left_is_refunded_whole(market: Market) -> None:
    order = market.place(shipping={"price": money(5000)}, captured=165000)
    shown = order.do("marketplace", "cancel_order")
    assert shown["status"] == "cancelled"
    assert order.paid_back() == 165000
    assert order.shown()["refundable"] == money(0)
    shipped = market.place()
    shipped.ship()
    assert shipped.refused(409, "marketplace", "cancel_order") == "already_shipped"


def test_postage_comes_back_only_with_the_whole_order(market: Market) -> None:
    order = market.place(shipping={"price": money(5000)}, captured=165000).received()
    one = order.not_opened(422, amount=money(80001))
    assert one == "amount_too_large"
    whole = [{"line": "1", "quantity": 2}]
    assert order.not_opened(422, amount=money(165001), lines=whole) == "amount_too_large"
    dispute = order.open(amount=money(165000), lines=whole)
    dispute.do("seller", "accept_offer", offer="O1", amount=money(165000))
    assert order.paid_back() == 165000


def test_a_bank_that_takes_the_money_back_freezes_refunds(market: Market) -> None:
    order = market.place().received()
    dispute = order.open(amount=money(80000))
    order.do("finance", "record_chargeback", reference="cb_1", amount=money(160000))
    assert order.shown()["refundable"] == money(0)
    dispute.do("seller", "accept_offer", offer="O1", amount=money(80000))
    assert dispute.stands() == ("settling", "platform", None)
    market.ahead(3 * DAY)
    assert order.at_provider() == []
    order.do("finance", "record_chargeback_outcome", reference="cb_1", outcome="won")
    booked_once(dispute, 80000)


def test_missing_money_is_traced_after_the_working_days(market: Market) -> None:
    dispute = agreed(market)
    order = dispute.order
    until = dispute.shown()["refunds"][0]["arrives_until"]
    report = dispute.refused(409, "buyer", "report_missing_money", evidence=[])
    assert report == "refund_arrives_until"
    market.to(instant(until))
    statement = order.evidence("buyer", kind="bank_statement")
    shown = dispute.do("buyer", "report_missing_money", evidence=[statement])
    assert shown["refunds"][0]["missing_since"]
    # A bank statement is for finance, not for the seller.
    assert statement not in {e["id"] for e in dispute.shown("seller")["evidence"]}
    assert statement not in {e["id"] for e in order.shown("seller")["evidence"]}
    order.do("finance", "record_trace", refund=shown["refunds"][0]["id"], outcome="arrived",
             note="Booked on the card's account.")  # fmt: skip
    assert dispute.shown()["refunds"][0]["traced"] == "arrived"
    assert states(order) == ["succeeded"]
