"""The interface's worked example, field for field."""

from __future__ import annotations

from tests.entrypoints.sandbox import BUYER, SELLER, SHOP, Shop, claim, order, rub

REASONS = [
    "not_received", "late", "not_as_described", "damaged", "defective", "wrong_item",
    "missing_parts", "counterfeit", "broken_promise", "changed_mind",
]  # fmt: skip


def test_the_clock_of_a_sandbox_starts_in_2026_and_stands_still(shop: Shop) -> None:
    assert shop.get("/sandbox/clock") == {"now": "2026-01-01T00:00:00Z"}
    assert shop.post("/sandbox/clock", {"advance": "P5D"}, key=None) == {
        "now": "2026-01-06T00:00:00Z"
    }
    assert shop.post("/sandbox/clock", {"to": "2026-02-01T00:00:00Z"}, key=None) == {
        "now": "2026-02-01T00:00:00Z"
    }


def test_an_order_is_new_once(shop: Shop) -> None:
    placed = shop.placed()
    assert {k: placed[k] for k in ("id", "version", "status", "disputes", "refundable")} == {
        "id": "A-1001", "version": 1, "status": "placed", "disputes": [],
        "refundable": rub(160_000),
    }  # fmt: skip
    again = shop.put("/orders/A-1001", order(), status=200)
    assert again["version"] == 1
    differing = shop.put("/orders/A-1001", order(purchase="P-78"), status=409)
    assert differing["rule"] == "order_differs"
    assert shop.booked()["captures"] == [{"reference": "pay_1", "amount": rub(160_000)}]


def test_an_amended_order_is_put_in_again_as_it_stands(shop: Shop) -> None:
    shop.placed()
    amended = shop.on_order("A-1001", "amend_order", SHOP, promised_by="2026-12-25T00:00:00Z")
    shipping = {**order()["shipping"], "promised_by": "2026-12-25T00:00:00Z"}
    for told in (order(shipping=shipping), order()):
        assert shop.put("/orders/A-1001", told, status=200)["version"] == amended["version"]
    third = {**shipping, "promised_by": "2026-12-26T00:00:00Z"}
    refused = shop.put("/orders/A-1001", order(shipping=third), status=409)
    assert (refused["rule"], refused["next"]) == ("order_differs", ["Amend the order."])


def test_protection_says_from_when_until_when_for_what_and_why(shop: Shop) -> None:
    shop.shipped()
    (line,) = shop.get("/orders/A-1001/protection", BUYER)["lines"]
    assert line.pop("remedies_by_reason")["damaged"] == [
        "refund", "return_and_refund", "replacement", "repair_cost",
    ]  # fmt: skip
    assert line == {
        "line": "1",
        "quantity": 2,
        "open": False,
        "opens_at": "2026-03-08T12:00:00Z",
        "closes_at": "2026-03-25T12:00:00Z",
        "reasons": REASONS,
        "remedies": ["refund", "return_and_refund", "replacement"],
        "why": [
            {
                "rule": "opens_after_shipment",
                "text": "6 days after shipment on 2 March 12:00 UTC",
                "source": "004",
            }
        ],
    }


def test_the_window_opens_at_its_instant_and_closes_at_its_end(shop: Shop) -> None:
    shop.shipped()
    for at, is_open in (
        ("2026-03-08T11:59:59Z", False),
        ("2026-03-08T12:00:00Z", True),
        ("2026-03-25T11:59:59Z", True),
        ("2026-03-25T12:00:00Z", False),
    ):
        shop.move_to(at)
        assert shop.get("/orders/A-1001/protection", BUYER)["lines"][0]["open"] is is_open


def test_a_shipment_is_named_where_a_line_has_several(shop: Shop) -> None:
    shop.placed()
    shop.on_order(
        "A-1001", "ship_order", carrier="DHL", tracking_number="1",
        lines=[{"line": "1", "quantity": 1}],
    )  # fmt: skip
    lines = shop.get("/orders/A-1001/protection")["lines"]
    assert [(entry["shipment"], entry["quantity"]) for entry in lines] == [("S1", 1), (None, 1)]


def test_a_dispute_has_the_fields_that_were_promised(shop: Shop) -> None:
    opened = shop.disputed()
    assert opened["id"] == "A-1001-D1"
    assert (opened["order"], opened["phase"], opened["turn"]) == (
        "A-1001", "awaiting_seller", "seller",
    )  # fmt: skip
    assert (opened["outcome"], opened["version"]) == (None, 1)
    assert opened["policy"] == {"id": "aliexpress", "version": "1"}
    said = {name: value for name, value in claim().items() if name != "evidence"}
    assert opened["claim"] == said
    (first,) = opened["offers"]
    assert {k: first[k] for k in ("id", "by", "remedy", "amount", "note", "status")} == {
        "id": "O1", "by": "buyer", "remedy": "refund", "amount": rub(72_000),
        "note": claim()["description"], "status": "standing",
    }  # fmt: skip
    answer, negotiation = opened["deadlines"]
    assert answer == {
        "what": "answer",
        "turn": "seller",
        "at": "2026-03-14T12:00:00Z",
        "then": "Without an answer the case goes to a mediator.",
        "why": "5 days after Mon 9 Mar 12:00 UTC, when the dispute was opened",
        "rule": "seller_answers_within",
        "source": "000, 003",
    }
    assert (negotiation["what"], negotiation["at"]) == ("negotiation", "2026-03-19T12:00:00Z")
    for name in ("ruling", "appeal", "return", "replacement"):
        assert opened[name] is None
    assert opened["refunds"] == []
    options = {option["type"]: option for option in opened["options"]}
    assert options["cancel_dispute"] == {"type": "cancel_dispute", "allowed": True}
    assert options["escalate"]["allowed"] is False
    assert options["escalate"]["rule"] == "seller_has_not_answered"
    assert options["escalate"]["because"]
    assert shop.get("/orders/A-1001", BUYER)["disputes"] == ["A-1001-D1"]


def test_accepting_the_claim_refunds_it_at_once(shop: Shop) -> None:
    shop.disputed()
    answered = shop.on("A-1001-D1", "accept_offer", SELLER, offer="O1", amount=rub(72_000))
    assert answered["phase"] == "settling"
    closed = shop.dispute("A-1001-D1")
    assert (closed["phase"], closed["turn"], closed["outcome"]) == ("closed", None, "refunded")
    (refund,) = closed["refunds"]
    assert {k: refund[k] for k in ("id", "amount", "state", "arrives_from", "arrives_until")} == {
        "id": "A-1001-R1",
        "amount": rub(72_000),
        "state": "settled",
        "arrives_from": "2026-03-12T12:00:00Z",
        "arrives_until": "2026-04-06T12:00:00Z",
    }
    assert shop.booked()["refunds"] == [
        {
            "id": "re_1", "reference": "pay_1", "intent": "A-1001-R1", "amount": rub(72_000),
            "state": "succeeded",
        }
    ]  # fmt: skip
    assert shop.get("/orders/A-1001", SHOP)["refundable"] == rub(88_000)


def test_another_amount_than_the_offers_is_a_conflict(shop: Shop) -> None:
    shop.disputed()
    refused = shop.on("A-1001-D1", "accept_offer", SELLER, 409, offer="O1", amount=rub(71_999))
    assert refused["rule"] == "offer_has_other_amount"
    assert refused["detail"] == "The offer is RUB 720.00, and you named RUB 719.99."


def test_health_needs_no_key(shop: Shop) -> None:
    body = shop.call("GET", "/health", None).json()
    assert (body["status"], body["sandbox"]) == ("ok", True)
