"""Money moves once, whatever the provider does."""

from __future__ import annotations

import pytest

from tests.entrypoints.sandbox import BUYER, SELLER, Json, Shop, rub

D1 = "A-1001-D1"


def behave(shop: Shop, *behaviours: str) -> None:
    answer = shop.post("/sandbox/payments/behaviour", {"next": list(behaviours)}, key=None)
    assert answer == {"next": list(behaviours)}


def settle(shop: Shop, *behaviours: str) -> Json:
    shop.disputed()
    behave(shop, *behaviours)
    shop.on(D1, "accept_offer", SELLER, offer="O1", amount=rub(72_000))
    return shop.dispute(D1)


def succeeded(shop: Shop) -> list[tuple[str, int]]:
    refunds = shop.booked()["refunds"]
    return [(r["intent"], r["amount"]["amount"]) for r in refunds if r["state"] == "succeeded"]


def test_a_lost_answer_is_read_at_once(shop: Shop) -> None:
    assert settle(shop, "timeout_but_done", "ok")["outcome"] == "refunded"
    assert succeeded(shop) == [("A-1001-R1", 72_000)]


@pytest.mark.parametrize("behaviour", ["timeout", "unavailable"])
def test_no_answer_is_unclear_until_it_was_read_and_sent_again(shop: Shop, behaviour: str) -> None:
    settling = settle(shop, behaviour)
    assert (settling["phase"], settling["refunds"][0]["state"]) == ("settling", "unknown")
    assert succeeded(shop) == []
    shop.advance("PT10M")
    assert shop.dispute(D1)["outcome"] == "refunded"
    assert succeeded(shop) == [("A-1001-R1", 72_000)]


def test_a_provider_that_is_down_for_a_weekend(shop: Shop) -> None:
    settle(shop, *["unavailable"] * 12)
    shop.advance("P1D")
    assert succeeded(shop) == []
    shop.advance("P3D")
    assert shop.dispute(D1)["outcome"] == "refunded"
    assert succeeded(shop) == [("A-1001-R1", 72_000)]


def test_pending_succeeds_a_day_later(shop: Shop) -> None:
    assert settle(shop, "pending")["phase"] == "settling"
    shop.advance("PT23H59M")
    assert shop.dispute(D1)["phase"] == "settling"
    shop.advance("PT1M")
    assert shop.dispute(D1)["outcome"] == "refunded"
    assert len(shop.booked()["refunds"]) == 1


def test_a_declined_refund_is_tried_again_under_a_name_of_its_own(shop: Shop) -> None:
    failed = settle(shop, "decline")
    assert (failed["refunds"][0]["state"], failed["refunds"][0]["reason"]) == (
        "failed", "declined_by_provider",
    )  # fmt: skip
    shop.advance("P1D")
    closed = shop.dispute(D1)
    assert closed["outcome"] == "refunded"
    assert [r["state"] for r in closed["refunds"]] == ["failed", "settled"]
    assert succeeded(shop) == [("A-1001-R2", 72_000)]


def test_a_refund_that_fails_later_is_repaired(shop: Shop) -> None:
    assert settle(shop, "fail_later")["outcome"] == "refunded"
    shop.advance("P2D")
    assert shop.dispute(D1)["refunds"][0]["state"] == "reversed"
    shop.advance("P1D")
    assert [r["state"] for r in shop.dispute(D1)["refunds"]] == ["reversed", "settled"]
    assert succeeded(shop) == [("A-1001-R2", 72_000)]
    assert shop.get("/orders/A-1001", BUYER)["refundable"] == rub(88_000)


def test_every_way_in_turn_never_pays_twice(shop: Shop) -> None:
    settle(shop, "unavailable", "timeout", "decline", "timeout_but_done", "fail_later", "pending")
    shop.advance("P30D")
    assert sum(amount for _, amount in succeeded(shop)) == 72_000
    assert shop.get("/orders/A-1001", BUYER)["refunded"] == rub(72_000)


def test_an_unknown_behaviour_is_refused(shop: Shop) -> None:
    shop.post("/sandbox/payments/behaviour", {"next": ["explode"]}, key=None, status=422)
