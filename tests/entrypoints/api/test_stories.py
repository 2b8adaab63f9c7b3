"""Whole cases over HTTP, on the sandbox's clock."""

from __future__ import annotations

from typing import Any

from tests.entrypoints.sandbox import (
    ADMIN,
    BUYER,
    FINANCE,
    MEDIATOR,
    SELLER,
    SHOP,
    SUPERVISOR,
    Json,
    Shop,
    claim,
    rub,
)

D1 = "A-1001-D1"
RULING: dict[str, Any] = {
    "remedy": "refund",
    "amount": rub(60_000),
    "finding": "split",
    "reasons": ["item_differs_from_listing"],
    "text": "The size chart is wrong; the blouse can still be worn.",
    "clauses": ["not_as_described"],
    "evidence": [],
    "no_evidence": True,
    "return_postage_paid_by": "seller",
}


def amounts(booked: Json) -> list[int]:
    return [r["amount"]["amount"] for r in booked["refunds"] if r["state"] == "succeeded"]


def test_offer_counter_offer_agreement(shop: Shop) -> None:
    shop.disputed()
    shop.advance("P1D")
    countered = shop.on(D1, "make_offer", SELLER, remedy="refund", amount=rub(40_000), note="Part.")
    assert (countered["phase"], countered["turn"]) == ("awaiting_buyer", "buyer")
    asked = shop.on(D1, "make_offer", BUYER, remedy="refund", amount=rub(60_000), note="Rather.")
    assert [offer["status"] for offer in asked["offers"]] == ["replaced", "standing", "standing"]
    agreed = shop.on(D1, "accept_offer", SELLER, offer="O3", amount=rub(60_000))
    assert agreed["phase"] == "settling"
    assert shop.dispute(D1)["outcome"] == "refunded"
    assert amounts(shop.booked()) == [60_000]


def test_silence_mediation_ruling_and_the_money(shop: Shop) -> None:
    shop.disputed()
    shop.advance("P5D")
    silent = shop.dispute(D1)
    assert (silent["phase"], silent["turn"]) == ("mediation", "mediator")
    assert [d["what"] for d in silent["deadlines"]] == ["ruling"]
    assert silent["deadlines"][0]["at"] == "2026-03-24T12:00:00Z"
    shop.on(D1, "assign_mediator", SUPERVISOR, mediator="m1")
    asked = shop.on(D1, "request_information", MEDIATOR, of="buyer", question="Which size?")
    assert (asked["turn"], asked["information"]["question"]) == ("buyer", "Which size?")
    shop.on(D1, "answer_information", BUYER, answer="An S.", evidence=[])
    ruled = shop.on(D1, "issue_ruling", MEDIATOR, **RULING)
    assert (ruled["phase"], ruled["ruling"]["amount"]) == ("ruled", rub(60_000))
    assert shop.dispute(D1, BUYER)["ruling"]["text"] == RULING["text"]
    assert amounts(shop.booked()) == []
    shop.advance("P7D")
    closed = shop.dispute(D1)
    assert (closed["phase"], closed["outcome"]) == ("closed", "refunded")
    assert amounts(shop.booked()) == [60_000]
    record = shop.get(f"/disputes/{D1}/events", BUYER)["items"]
    assert [event["type"] for event in record if event["type"] != "dispute_reminded"] == [
        "dispute_opened", "escalated", "mediator_assigned", "information_requested",
        "information_answered", "ruling_issued", "effect_started", "refund_recorded",
        "refund_sent", "refund_settled", "dispute_closed",
    ]  # fmt: skip
    ruling = next(e for e in record if e["type"] == "ruling_issued")["data"]["ruling"]
    assert ruling["text"] == RULING["text"]
    assert ruling["amount"] == rub(60_000)
    pages = shop.get(f"/disputes/{D1}/events", BUYER, limit="4")
    rest = shop.get(f"/disputes/{D1}/events", BUYER, cursor=pages["next"])
    assert pages["items"] + rest["items"] == record


def test_an_appeal_is_the_last_word(shop: Shop) -> None:
    shop.disputed()
    shop.advance("P5D")
    shop.on(D1, "assign_mediator", SUPERVISOR, mediator="m1")
    shop.on(D1, "issue_ruling", MEDIATOR, **RULING)
    appealed = shop.on(D1, "appeal", BUYER, grounds="named_error", text="It cannot be worn.")
    assert (appealed["phase"], appealed["turn"]) == ("appeal", "appeals")
    assert [d["id"] for d in shop.get("/disputes", "appeals.a1")["items"]] == [D1]
    own = shop.on(D1, "assign_appeals_officer", "appeals.m1", 409, officer="m1")
    assert own["rule"] in ("author_of_ruling", "mediator_of_dispute")
    shop.on(D1, "assign_appeals_officer", "appeals.a1", officer="a1")
    shop.get(f"/disputes/{D1}", "appeals.a2", 404)
    changed = {**RULING, "amount": rub(80_000), "finding": "for_buyer"}
    decided = shop.on(D1, "decide_appeal", "appeals.a1", decision="changed", **changed)
    assert decided["appeal"]["decision"] == "changed"
    assert [d["id"] for d in shop.get("/disputes", "appeals.a1")["items"]] == [D1]
    assert shop.dispute(D1)["outcome"] == "refunded"
    assert amounts(shop.booked()) == [80_000]


def test_goods_go_back_and_money_follows(shop: Shop) -> None:
    shop.disputed(remedy="return_and_refund", amount=rub(80_000))
    accepted = shop.on(D1, "accept_offer", SELLER, offer="O1", amount=rub(80_000))
    assert (accepted["phase"], accepted["turn"]) == ("returning", "seller")
    assert accepted["return"]["paid_by"] == "seller"
    address = {"street": "Bohai 1", "city": "Hangzhou", "country": "CN"}
    given = shop.on(D1, "provide_return_address", SELLER, address=address)
    assert given["turn"] == "buyer"
    assert shop.dispute(D1)["return"]["address"] == address
    shop.advance("P1D")
    shop.on(D1, "ship_return", BUYER, carrier="China Post", tracking_number="RB473124829CN")
    tracking = {"type": "record_tracking", "tracking_number": "RB473124829CN"}
    shop.post("/orders/A-1001/commands", {**tracking, "status": "delivered"})
    back = shop.dispute(D1)
    assert back["return"]["delivered_at"] == "2026-03-10T12:00:00Z"
    assert back["deadlines"][0]["at"] == "2026-03-13T12:00:00Z"
    assert amounts(shop.booked()) == []
    shop.on(D1, "inspect_return", SELLER, condition="as_sent")
    assert shop.dispute(D1)["outcome"] == "refunded"
    assert amounts(shop.booked()) == [80_000]


def test_a_replacement_comes_instead(shop: Shop) -> None:
    shop.disputed(remedy="replacement", amount=rub(0))
    accepted = shop.on(D1, "accept_offer", SELLER, offer="O1", amount=rub(0))
    assert (accepted["phase"], accepted["turn"]) == ("replacing", "seller")
    sent = shop.on(D1, "ship_replacement", SELLER, carrier="DHL", tracking_number="9876543210")
    assert sent["replacement"]["tracking_number"] == "9876543210"
    shop.advance("P3D")
    confirmed = shop.on(D1, "confirm_replacement", BUYER)
    assert (confirmed["phase"], confirmed["outcome"]) == ("closed", "replaced")
    assert amounts(shop.booked()) == []


def test_a_mistyped_number_is_kept_and_marked_unless_one_asks_to_be_told(shop: Shop) -> None:
    shop.placed()
    parcel: dict[str, Any] = {"carrier": "DHL", "tracking_number": "9876543210"}
    told = shop.on_order("A-1001", "ship_order", SELLER, 422, **parcel, insist=False)
    assert (told["rule"], told["field"]) == ("tracking_number_wrong", "tracking_number")
    sent = shop.on_order("A-1001", "ship_order", SELLER, **parcel, number_check="valid")
    assert sent["shipments"][0]["check"] == "invalid"


def test_a_replacement_that_never_comes_is_money(shop: Shop) -> None:
    shop.disputed(remedy="replacement", amount=rub(0))
    shop.on(D1, "accept_offer", SELLER, offer="O1", amount=rub(0))
    shop.advance("P5D")
    assert shop.dispute(D1)["outcome"] == "refunded"
    assert amounts(shop.booked()) == [80_000]


def test_nobody_rules_and_the_platform_honours_the_claim(shop: Shop) -> None:
    shop.disputed()
    shop.advance("P20D")
    ended = shop.dispute(D1)
    assert (ended["phase"], ended["outcome"]) == ("closed", "honoured_by_platform")
    assert amounts(shop.booked()) == [72_000]


def test_a_dispute_is_cancelled_and_opened_again(shop: Shop) -> None:
    shop.disputed()
    cancelled = shop.on(D1, "cancel_dispute", BUYER)
    assert cancelled["outcome"] == "cancelled"
    assert [offer["status"] for offer in cancelled["offers"]] == ["lapsed"]
    again = shop.post("/orders/A-1001/disputes", claim(), BUYER, 201)
    assert again["id"] == "A-1001-D2"


def test_money_that_did_not_come_is_traced(shop: Shop) -> None:
    shop.disputed()
    shop.on(D1, "accept_offer", SELLER, offer="O1", amount=rub(72_000))
    early = shop.on(D1, "report_missing_money", BUYER, 409, evidence=[])
    assert early["rule"] == "refund_arrives_until"
    options = {o["type"]: o for o in shop.dispute(D1)["options"]}
    assert options["report_missing_money"]["because"] == early["detail"]
    shop.move_to("2026-04-06T12:00:00Z")
    body = {"type": "report_missing_money", "evidence": []}
    stale = shop.call(
        "POST", f"/disputes/{D1}/commands", BUYER, json=body, headers={"If-Match": "1"}
    )
    assert stale.status_code == 412
    reported = shop.on(D1, "report_missing_money", BUYER, evidence=[])
    assert reported["refunds"][0]["missing_since"] == "2026-04-06T12:00:00Z"
    shop.on_order(
        "A-1001", "record_trace", FINANCE, refund="A-1001-R1", outcome="arrived", note="Seen."
    )
    assert shop.dispute(D1)["refunds"][0]["traced"] == "arrived"


def test_an_order_that_never_shipped_is_cancelled_and_refunded_whole(shop: Shop) -> None:
    shop.placed()
    shop.on_order("A-1001", "cancel_order", SHOP)
    order = shop.get("/orders/A-1001", BUYER)
    assert (order["status"], order["refundable"]) == ("cancelled", rub(0))
    assert amounts(shop.booked()) == [160_000]
    assert order["protection"]["lines"][0]["open"] is False
    (refund,) = shop.get("/refunds", FINANCE)["items"]
    assert (refund["order"], refund["amount"], refund["state"]) == (
        "A-1001", rub(160_000), "settled",
    )  # fmt: skip


def test_the_thread(shop: Shop) -> None:
    shop.shipped()
    shop.post("/orders/A-1001/messages", {"text": "When does it come?"}, BUYER, 201)
    answer = shop.post("/orders/A-1001/messages", {"text": "Soon."}, SELLER, 201)
    assert (answer["number"], answer["by"], answer["text"]) == (2, "seller", "Soon.")
    thread = shop.get("/orders/A-1001/messages", BUYER)
    assert [m["text"] for m in thread["items"]] == ["When does it come?", "Soon."]
    first = shop.get("/orders/A-1001/messages", BUYER, limit="1")
    second = shop.get("/orders/A-1001/messages", BUYER, limit="1", cursor=first["next"])
    assert [m["number"] for m in first["items"] + second["items"]] == [1, 2]


def test_lists_are_read_page_by_page(shop: Shop) -> None:
    for i in range(7):
        shop.placed(f"A-{i}")
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = shop.get("/orders", SHOP, limit="3", **cursor)
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert sorted(seen) == [f"A-{i}" for i in range(7)]
    by_purchase_of_buyer = shop.get("/orders", SHOP, purchase="P-77", buyer="b1", limit="7")
    assert len(by_purchase_of_buyer["items"]) == 7
    assert shop.get("/orders", SHOP, purchase="P-77", buyer="b2")["items"] == []
    found = shop.call("GET", "/orders", SHOP, params={"status": "placed", "seller": "s1"}).json()
    assert len(found["items"]) == 7


def test_what_an_erased_person_wrote_is_gone(shop: Shop) -> None:
    shop.disputed()
    shop.service.store.records.erase("b1")
    shown = shop.dispute(D1, ADMIN)["claim"]
    assert (shown["description"], shown["erased"]) == (None, True)
    order = shop.get("/orders/A-1001", ADMIN)
    assert (order["buyer"]["name"], order["buyer"]["erased"]) == (None, True)
    assert "erased" not in order["seller"]


def test_policies_are_told_as_they_are(shop: Shop) -> None:
    items = shop.get("/policies", BUYER)["items"]
    assert {(p["id"], p["version"]) for p in items} >= {("aliexpress", "1"), ("guide-004", "1")}
    pack = shop.get("/policies/aliexpress/1", BUYER)
    rules = {entry["rule"] for section in pack["sections"].values() for entry in section}
    assert "seller_answers_within" in rules
    assert pack["wording"]["reasons"]["not_received"]
    shop.get("/policies/aliexpress/0", BUYER, 404)
