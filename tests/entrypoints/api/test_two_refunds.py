"""An order with a refund in each of two disputes: what one says is about its own."""

from __future__ import annotations

import pytest

from tests.entrypoints.sandbox import BUYER, SELLER, Json, Shop, claim, rub

D1, D2, R1, R2 = "A-1001-D1", "A-1001-D2", "A-1001-R1", "A-1001-R2"
REPORT = "report_missing_money"


@pytest.fixture
def two(shop: Shop) -> Shop:
    """Settled on 9 and on 12 March, the first overdue since this instant."""
    shop.disputed()
    shop.on(D1, "accept_offer", SELLER, offer="O1", amount=rub(72_000))
    shop.move_to("2026-03-12T12:00:00Z")
    assert shop.post("/orders/A-1001/disputes", claim(reason="damaged"), BUYER, 201)["id"] == D2
    shop.on(D2, "accept_offer", SELLER, offer="O1", amount=rub(72_000))
    shop.move_to(shop.dispute(D1)["refunds"][0]["arrives_until"])
    return shop


def option(shop: Shop, dispute: str) -> Json:
    return next(o for o in shop.dispute(dispute)["options"] if o["type"] == REPORT)


def refused(shop: Shop, dispute: str, rule: str, refund: str) -> None:
    """The option and the command say no by the same rule, about the same refund."""
    shown = option(shop, dispute)
    told = shop.on(dispute, REPORT, BUYER, 409)
    assert (shown["allowed"], shown["rule"], shown["because"]) == (False, rule, told["detail"])
    assert (told["rule"], told["facts"]["refund"]) == (rule, refund)
    assert refund in shown["because"]


def test_a_dispute_speaks_of_its_own_refund(two: Shop) -> None:
    assert option(two, D1)["allowed"]
    refused(two, D2, "refund_arrives_until", R2)
    two.on(D1, REPORT, BUYER)
    refused(two, D1, "money_already_traced", R1)
    refused(two, D2, "refund_arrives_until", R2)
    two.move_to(two.dispute(D2)["refunds"][0]["arrives_until"])
    refused(two, D1, "money_already_traced", R1)
    assert option(two, D2)["allowed"]
    two.on(D2, REPORT, BUYER)
    refused(two, D2, "money_already_traced", R2)


def test_another_disputes_refund_is_not_reported_there(two: Shop) -> None:
    other = two.on(D2, REPORT, BUYER, 422, refund=R1)
    assert (other["rule"], other["facts"]) == (
        "refund_not_of_dispute", {"dispute": D2, "refund": R1},
    )  # fmt: skip
    two.on_order("A-1001", REPORT, BUYER, refund=R1)
    assert two.dispute(D1)["refunds"][0]["missing_since"]
