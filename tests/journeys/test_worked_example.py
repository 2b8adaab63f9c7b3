"""The worked example of the interface, field for field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.journeys.market import DAY, SHOP, Dispute, Market, Order, money, rule_of, text_of

ORDER: dict[str, Any] = {
    "placed_at": "2026-03-01T10:00:00Z", "purchase": "P-77", "currency": "RUB",
    "policy": "aliexpress",
    "buyer": {"id": "b1", "name": "Olga", "email": "olga@example.com", "locale": "ru",
              "country": "RU"},
    "seller": {"id": "s1", "name": "Blouse House", "email": "shop@example.com", "locale": "zh",
               "country": "CN",
               "return_policy": {"change_of_mind_days": 15, "return_postage_paid_by": "buyer",
                                 "restocking_fee_percent": 0, "exchange": True}},
    "lines": [{"id": "1", "sku": "BL-7", "title": "Blouse", "quantity": 2,
               "unit_price": money(80000), "discount": money(0), "tax": money(0),
               "weight_grams": 350, "category": "clothing",
               "listing": {"text": "White blouse, size S to L",
                           "attributes": {"colour": "white"}}}],
    "shipping": {"price": money(0), "ship_by": "2026-03-05T10:00:00Z",
                 "promised_by": "2026-04-01T10:00:00Z"},
    "payment": {"provider": "simulator", "reference": "pay_1", "method": "card",
                "captured": money(160000)},
}  # fmt: skip
REASONS = ["not_received", "late", "not_as_described", "damaged", "defective", "wrong_item",
           "missing_parts", "counterfeit", "broken_promise", "changed_mind"]  # fmt: skip
CLAIM: dict[str, Any] = {
    "received": True, "reason": "not_as_described", "remedy": "refund", "amount": money(72000),
    "lines": [{"line": "1", "quantity": 1}],
    "description": "The size chart says M, the blouse is an S.",
    "tried_to_settle": "Wrote on 9 March, no answer.", "evidence": [],
}  # fmt: skip
DISPUTE_FIELDS = {
    "id", "order", "phase", "turn", "outcome", "claim", "offers", "evidence", "deadlines", "ruling",
    "appeal", "return", "replacement", "refunds", "policy", "version", "options",
}  # fmt: skip
ORDER_FIELDS = {"id", "version", "status", "lines", "shipments", "protection", "disputes",
                "refundable", "options"}  # fmt: skip


def test_the_worked_example(market: Market) -> None:
    clock = market.call("GET", "/sandbox/clock", SHOP)
    assert clock.json() == {"now": "2026-01-01T00:00:00Z"}
    market.to(datetime(2026, 3, 1, 10, tzinfo=UTC))
    order = Order(market, "A-1001", "b1", "s1", "pay_1")
    _placed_once(market, order)
    _shipped(market, order)
    _protection(order)
    dispute = _opened(market, order)
    _negotiated(dispute)
    _ruled_and_upheld(market, order, dispute)


def _placed_once(market: Market, order: Order) -> None:
    path = f"/orders/{order.id}"
    placed = market.call("PUT", path, SHOP, ORDER)
    assert placed.status_code == 201, placed.text
    again = market.call("PUT", path, SHOP, ORDER)
    assert (again.status_code, again.json()) == (200, placed.json())
    other = market.call("PUT", path, SHOP, {**ORDER, "purchase": "P-78"})
    assert rule_of(other, 409) == "order_differs"
    shown = placed.json()
    assert shown.keys() >= ORDER_FIELDS
    assert (shown["id"], shown["status"]) == ("A-1001", "placed")
    assert shown["refundable"] == money(160000)
    captured = market.get("/sandbox/payments", SHOP)
    assert captured == {
        "captures": [{"reference": "pay_1", "amount": money(160000)}],
        "refunds": [],
    }


def _shipped(market: Market, order: Order) -> None:
    command = {"carrier": "DHL", "tracking_number": "1234567890", "at": "2026-03-02T12:00:00Z"}
    assert order.refused(422, "marketplace", "ship_order", **command) == "in_the_future"
    market.to(datetime(2026, 3, 3, tzinfo=UTC))
    shown = order.do("marketplace", "ship_order", **command)
    assert shown.keys() >= ORDER_FIELDS
    assert shown["status"] == "shipped"
    assert shown["disputes"] == []
    (parcel,) = shown["shipments"]
    assert parcel["carrier"] == "DHL"
    assert parcel["tracking_number"] == "1234567890"
    assert parcel["shipped_at"] == "2026-03-02T12:00:00Z"


def _protection(order: Order) -> None:
    (line,) = order.protection()
    expected = {
        "line": "1", "quantity": 2, "open": False, "opens_at": "2026-03-08T12:00:00Z",
        "closes_at": "2026-03-25T12:00:00Z", "reasons": REASONS,
        "remedies": ["refund", "return_and_refund", "replacement"],
        "why": [{"rule": "opens_after_shipment", "source": "004",
                 "text": "6 days after shipment on 2 March 12:00 UTC"}],
    }  # fmt: skip
    assert {name: line[name] for name in expected} == expected
    assert "shipment" not in line


def _opened(market: Market, order: Order) -> Dispute:
    early = order.post("/disputes", "buyer", CLAIM)
    assert rule_of(early, 409) == "window_not_open"
    market.to(datetime(2026, 3, 8, 12, tzinfo=UTC))
    answer = order.post("/disputes", "buyer", CLAIM)
    assert answer.status_code == 201
    shown = answer.json()
    assert shown.keys() >= DISPUTE_FIELDS
    assert (shown["order"], shown["phase"], shown["turn"]) == (
        "A-1001",
        "awaiting_seller",
        "seller",
    )
    for empty in ("outcome", "ruling", "appeal", "return", "replacement"):
        assert shown[empty] is None
    assert shown["claim"] == {k: v for k, v in CLAIM.items() if k != "evidence"}
    (claim,) = shown["offers"]
    named = ("id", "by", "remedy", "amount", "status")
    assert [claim[name] for name in named] == ["O1", "buyer", "refund", money(72000), "standing"]
    assert "note" in claim
    assert shown["evidence"] == []
    assert shown["refunds"] == []
    assert shown["policy"] == {"id": "aliexpress", "version": "1"}
    assert shown["version"] == 1
    clocks = {clock["what"]: clock for clock in shown["deadlines"]}
    assert clocks["answer"]["at"] == "2026-03-13T12:00:00Z"
    assert clocks["answer"]["source"] == "000, 003"
    why = "5 days after Sun 8 Mar 12:00 UTC, when the dispute was opened"
    assert clocks["answer"]["why"] == why
    assert clocks["negotiation"]["at"] == "2026-03-18T12:00:00Z"
    for clock in clocks.values():
        assert clock.keys() >= {"what", "at", "then", "why", "source"}
    for option in shown["options"]:
        refused = {"rule", "because"} if not option["allowed"] else set()
        assert option.keys() >= {"type", "allowed", *refused}
    allowed = {option["type"] for option in shown["options"] if option["allowed"]}
    assert {"cancel_dispute", "add_evidence"} <= allowed
    assert allowed.isdisjoint({"accept_offer", "escalate", "issue_ruling"})
    assert order.shown()["disputes"] == [shown["id"]]
    return Dispute(order, shown["id"])


def _negotiated(dispute: Dispute) -> None:
    shown = dispute.do(
        "seller", "make_offer", remedy="refund", amount=money(30000), note="Less than half?"
    )
    assert (shown["phase"], shown["turn"]) == ("awaiting_buyer", "buyer")
    offer = shown["offers"][-1]
    assert {k: offer[k] for k in ("id", "by", "remedy", "amount", "note", "status")} == {
        "id": "O2", "by": "seller", "remedy": "refund", "amount": money(30000),
        "note": "Less than half?", "status": "standing",
    }  # fmt: skip
    other = dispute.refused(409, "buyer", "accept_offer", offer="O2", amount=money(30001))
    assert other == "offer_has_other_amount"
    assert dispute.do("buyer", "decline_offer", offer="O2", note="Too little.")["turn"] == "seller"
    shown = dispute.do("seller", "make_offer", remedy="refund", amount=money(0), note="Worn.")
    assert shown["offers"][-1]["amount"] == money(0)
    assert dispute.do("buyer", "escalate", note="Please look.")["phase"] == "mediation"
    assert dispute.do("supervisor", "assign_mediator", mediator="m1")["turn"] == "mediator"
    shown = dispute.do("mediator", "request_information", of="seller", question="Which chart?")
    assert shown["turn"] == "seller"
    shown = dispute.do("seller", "answer_information", answer="The EU chart.", evidence=[])
    assert shown["turn"] == "mediator"


def _ruled_and_upheld(market: Market, order: Order, dispute: Dispute) -> None:
    proof = order.evidence("buyer")
    dispute.do("buyer", "add_evidence", evidence=[proof])
    shown = dispute.do(
        "mediator", "issue_ruling", remedy="refund", amount=money(60000), finding="for_buyer",
        reasons=["item_differs_from_listing"], text="The chart shown was another.",
        clauses=["not_as_described"], evidence=[proof], return_postage_paid_by="seller",
    )  # fmt: skip
    assert (shown["phase"], shown["turn"]) == ("ruled", "seller")
    ruling = shown["ruling"]
    expected = {
        "remedy": "refund", "amount": money(60000), "finding": "for_buyer",
        "reasons": ["item_differs_from_listing"], "text": "The chart shown was another.",
        "clauses": ["not_as_described"], "evidence": [proof], "return_postage_paid_by": "seller",
    }  # fmt: skip
    assert {name: ruling[name] for name in expected} == expected
    shown = dispute.do(
        "seller", "appeal", grounds="named_error", text="It is the chart of the EU.", evidence=[]
    )
    assert (shown["phase"], shown["turn"]) == ("appeal", "appeals")
    assert shown["appeal"]["grounds"] == "named_error"
    author = dispute.refused(409, "appeals.m1", "decide_appeal", decision="upheld", text="Mine.")
    assert author == "author_of_ruling"
    dispute.do("appeals.a1", "decide_appeal", decision="upheld", text="The ruling stands.")
    shown = dispute.shown()
    assert (shown["phase"], shown["turn"], shown["outcome"]) == ("closed", None, "refunded")
    assert shown["deadlines"] == []
    (refund,) = shown["refunds"]
    assert refund["amount"] == money(60000)
    assert refund["state"] == "settled"
    # The buyer is in Russia, where Monday 9 March 2026 is a holiday in lieu of Sunday the 8th.
    assert refund["arrives_from"] == "2026-03-12T12:00:00Z"
    assert refund["arrives_until"] == "2026-04-06T12:00:00Z"
    assert order.shown()["refundable"] == money(100000)
    booked = market.get("/sandbox/payments", SHOP)
    (at_provider,) = booked["refunds"]
    assert at_provider == {
        "id": at_provider["id"], "reference": "pay_1", "intent": refund["id"],
        "amount": money(60000), "state": "succeeded",
    }  # fmt: skip


def test_a_parcel_each_has_an_entry_of_its_own(market: Market) -> None:
    order = market.place()
    order.ship(number="1111111111", lines=[{"line": "1", "quantity": 1}])
    first, rest = order.protection()
    assert first["shipment"] == "S1"
    assert (first["quantity"], rest["quantity"]) == (1, 1)
    assert rest["closes_at"] is None
    assert rest["opens_at"] == text_of(market.now + 10 * DAY)


def test_the_documents_need_no_network(market: Market) -> None:
    described = market.call("GET", "/openapi.json", None)
    assert described.json()["openapi"].startswith("3.1")
    page = market.call("GET", "/docs", None)
    assert page.status_code == 200
    assert "https://" not in page.text.replace("https://www.w3.org", "")
    assert market.call("GET", "/health", None).status_code == 200
