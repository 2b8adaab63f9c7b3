"""The ledger over HTTP: what finance reads, page by page, and what it comes to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.entrypoints.sandbox import (
    ADMIN,
    AUDITOR,
    BUYER,
    FINANCE,
    SELLER,
    SHOP,
    SUPPORT,
    Json,
    Shop,
    order,
    rub,
)


def refunded(shop: Shop) -> None:
    shop.disputed()
    shop.on("A-1001-D1", "accept_offer", SELLER, offer="O1", amount=rub(72_000))
    # Settled when its job has run.
    shop.advance("PT1M")


def sums(items: list[Json]) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in items:
        sign = 1 if item["side"] == "debit" else -1
        found[item["account"]] = found.get(item["account"], 0) + sign * item["amount"]["amount"]
    return found


def test_an_orders_postings_tell_where_its_money_went(shop: Shop) -> None:
    refunded(shop)
    items = shop.get("/ledger", FINANCE, order="A-1001")["items"]
    assert [(i["account"], i["side"], i["amount"]["amount"]) for i in items] == [
        ("clearing", "debit", 160_000),
        ("escrow", "credit", 160_000),
        ("refund_pending", "credit", 72_000),
        ("escrow", "debit", 72_000),
        ("clearing", "credit", 72_000),
        ("refund_pending", "debit", 72_000),
    ]
    assert [i["event"] for i in items] == sorted(i["event"] for i in items)
    assert {i["order"] for i in items} == {"A-1001"}


@pytest.mark.parametrize("limit", ["1", "2", "5", "200"])
def test_pages_hold_every_posting_once(shop: Shop, limit: str) -> None:
    refunded(shop)
    shop.put("/orders/B-2", {**_other(), "payment": _payment("pay_2")})
    whole = shop.get("/ledger", FINANCE)["items"]
    assert len(whole) == 8
    assert [i["at"] for i in whole] == sorted((i["at"] for i in whole), reverse=True)
    walked: list[Json] = []
    page = shop.get("/ledger", FINANCE, limit=limit)
    walked += page["items"]
    while page["next"]:
        page = shop.get("/ledger", FINANCE, limit=limit, cursor=page["next"])
        walked += page["items"]
    assert walked == whole
    assert sums(whole) == {"clearing": 248_000, "escrow": -248_000, "refund_pending": 0}


def test_an_account_alone_and_with_its_order(shop: Shop) -> None:
    refunded(shop)
    shop.put("/orders/B-2", {**_other(), "payment": _payment("pay_2")})
    assert sums(shop.get("/ledger", AUDITOR, account="clearing")["items"]) == {"clearing": 248_000}
    both = shop.get("/ledger", AUDITOR, account="clearing", order="B-2")["items"]
    assert sums(both) == {"clearing": 160_000}
    assert shop.get("/ledger", AUDITOR, account="nothing")["items"] == []
    assert shop.get("/ledger", AUDITOR, 422, buyer="b1")["rule"] == "unknown_filter"


def test_a_sellers_postings_and_a_payments(shop: Shop) -> None:
    refunded(shop)
    shop.put("/orders/B-2", {**_other(), "payment": _payment("pay_2"), "seller": {"id": "s2"}})
    shared = {**_other(), "payment": _payment("pay_2")}
    shop.put("/orders/B-3", shared)
    of_seller = shop.get("/ledger", AUDITOR, seller="s2")["items"]
    assert {(i["order"], i["kind"], i["seller"]) for i in of_seller} == {
        ("B-2", "order_placed", "s2")
    }
    held: dict[str, Any] = {"seller": "s1", "account": "escrow"}
    assert sums(shop.get("/ledger", AUDITOR, **held)["items"]) == {"escrow": -248_000}
    payment: dict[str, Any] = {"provider": "simulator", "reference": "pay_2"}
    items = shop.get("/ledger", AUDITOR, **payment)["items"]
    assert [i["order"] for i in items] == ["B-2", "B-2", "B-3", "B-3"]
    first = shop.get("/ledger", AUDITOR, limit="3", **payment)
    rest = shop.get("/ledger", AUDITOR, limit="3", cursor=first["next"], **payment)
    assert first["items"] + rest["items"] == items
    only = shop.get("/ledger", AUDITOR, account="clearing", **payment)["items"]
    assert sums(only) == {"clearing": 320_000}
    half = shop.get("/ledger", AUDITOR, 422, reference="pay_2")
    assert (half["rule"], half["facts"]["field"]) == ("field_missing", "provider")
    half = shop.get("/ledger", AUDITOR, 422, provider="simulator")
    assert half["facts"]["field"] == "reference"


@pytest.mark.parametrize(
    ("whose", "clearing"),
    [
        ({}, 248_000),
        ({"order": "A-1001"}, 88_000),
        ({"seller": "s1"}, 248_000),
        ({"provider": "simulator", "reference": "pay_2"}, 160_000),
        ({"seller": "s9"}, None),
    ],
)
def test_balances_of_an_order_a_seller_and_a_payment(
    shop: Shop, whose: dict[str, Any], clearing: int | None
) -> None:
    refunded(shop)
    shop.put("/orders/B-2", {**_other(), "payment": _payment("pay_2")})
    found = shop.get("/ledger/balance", FINANCE, **whose)["currencies"]
    sides = {a["account"]: a["debit"]["amount"] for of in found for a in of["accounts"]}
    assert sides.get("clearing") == clearing


def test_a_seller_reads_their_own_balance_and_what_moved_it(shop: Shop) -> None:
    refunded(shop)
    (of,) = shop.get("/balance", SELLER)["items"]
    assert (of["currency"], of["held"], of["balance"], of["owed"], of["fees"]) == (
        "RUB", rub(88_000), rub(0), rub(0), rub(0),
    )  # fmt: skip
    assert shop.get("/balance/statement", SELLER)["items"] == []
    shop.advance("P60D")
    (of,) = shop.get("/balance", SELLER)["items"]
    assert (of["held"], of["balance"]) == (rub(0), rub(88_000))
    (line,) = shop.get("/balance/statement", SELLER)["items"]
    assert (line["kind"], line["side"], line["amount"]) == ("funds_released", "credit", rub(88_000))
    held = shop.get("/balance/statement", SELLER, account="escrow")["items"]
    assert [i["kind"] for i in held] == ["funds_released", "refund_recorded", "order_placed"]
    other = shop.get("/balance/statement", SELLER, 422, account="clearing")
    assert other["rule"] == "unknown_account"
    assert shop.get("/balance", "seller.s2")["items"] == []
    shop.get("/balance", BUYER, 403)


def test_what_is_refunded_after_the_payout_is_taken_from_the_balance(shop: Shop) -> None:
    refunded(shop)
    shop.advance("P60D")
    taken: dict[str, Any] = {"reference": "cb_1", "amount": rub(88_000)}
    shop.on_order("A-1001", "record_chargeback", FINANCE, **taken)
    lost: dict[str, Any] = {"reference": "cb_1", "outcome": "lost"}
    shop.on_order("A-1001", "record_chargeback_outcome", FINANCE, **lost)
    (of,) = shop.get("/balance", SELLER)["items"]
    assert (of["balance"], of["owed"]) == (rub(0), rub(0))
    lines = shop.get("/balance/statement", SELLER)["items"]
    assert [(i["side"], i["amount"]["amount"]) for i in lines] == [
        ("debit", 88_000), ("credit", 88_000),
    ]  # fmt: skip


def test_the_trial_balance_has_every_currency_apart(shop: Shop) -> None:
    refunded(shop)
    yen = {"amount": 700, "currency": "JPY"}
    line = {"id": "1", "title": "Fan", "quantity": 1, "unit_price": yen}
    shop.put(
        "/orders/C-3",
        {**_other(), "currency": "JPY", "lines": [line], "shipping": {},
         "payment": {**_payment("pay_3"), "captured": yen}},
    )  # fmt: skip
    nothing = {"amount": 0, "currency": "JPY"}
    found = shop.get("/ledger/balance", ADMIN)["currencies"]
    assert [(c["currency"], c["balanced"]) for c in found] == [("JPY", True), ("RUB", True)]
    assert found[0]["accounts"] == [
        {"account": "clearing", "debit": yen, "credit": nothing},
        {"account": "escrow", "debit": nothing, "credit": yen},
    ]
    assert (found[1]["debit"], found[1]["credit"]) == (rub(88_000), rub(88_000))


def test_the_ledger_is_for_finance(shop: Shop) -> None:
    for path in ("/ledger", "/ledger/balance"):
        for who in (SHOP, BUYER, SELLER, SUPPORT, "mediator.m1", "appeals.a1", "supervisor.v1"):
            assert shop.get(path, who, 403)["rule"] == "not_for_this_role"
        for who in (FINANCE, AUDITOR, ADMIN):
            shop.get(path, who)


def _other() -> Json:
    return order(placed_at="2026-03-01T10:00:00Z")


def _payment(reference: str) -> Json:
    return {**_other()["payment"], "reference": reference}
