"""What cannot be right is refused with its own status, and nothing of it is kept."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from tests.journeys.market import (
    DAY,
    PICTURE,
    RULING,
    SECOND,
    SHOP,
    Market,
    Order,
    money,
    rule_of,
    text_of,
)

LINE = {"line": "1", "quantity": 1}


@pytest.fixture(scope="module")
def kind() -> str:
    """Most of this is refused before any database is asked, so one kind is enough."""
    return "sqlite"


@pytest.fixture(scope="module")
def order(market: Market) -> Order:
    """An order that has come, about which nothing is ever accepted here."""
    return market.place().received()


def raw(
    market: Market, path: str, who: str, content: bytes, method: str = "POST"
) -> httpx.Response:
    """A body as it is, not made of JSON."""
    headers = {
        "Authorization": f"Bearer sandbox.{who}",
        "Idempotency-Key": uuid.uuid4().hex,
        "Content-Type": "application/json",
    }
    return market.http.request(method, path, content=content, headers=headers)


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        (422, {"amount": money(0)}),
        (422, {"amount": money(-1)}),
        (422, {"amount": {"amount": 1.5, "currency": "RUB"}}),
        (422, {"amount": {"amount": 100.0, "currency": "RUB"}}),
        (422, {"amount": {"amount": "100", "currency": "RUB"}}),
        (422, {"amount": {"amount": True, "currency": "RUB"}}),
        (422, {"amount": {"amount": 100}}),
        (422, {"amount": 100}),
        (422, {"amount": money(80001)}),
        (422, {"amount": money(2**63)}),
        (422, {"amount": money(10**30)}),
        (422, {"amount": money(100, "USD")}),
        (422, {"amount": money(100, "rub")}),
        (422, {"lines": [LINE, LINE]}),
        (422, {"lines": [{"line": "1", "quantity": 0}]}),
        (422, {"lines": [{"line": "1", "quantity": -1}]}),
        (422, {"lines": [{"line": "1", "quantity": 1.5}]}),
        (422, {"lines": [{"line": "1", "quantity": 3}]}),
        (422, {"lines": [{"line": "2", "quantity": 1}]}),
        (422, {"lines": "1"}),
        (422, {"reason": "bad_luck"}),
        (422, {"reason": None}),
        (422, {"remedy": "money"}),
        (422, {"received": "yes"}),
        (422, {"received": False}),
        (422, {"reason": "not_received"}),
        (422, {"received": False, "reason": "not_received", "remedy": "return_and_refund"}),
        (422, {"received": False, "reason": "late", "remedy": "return_and_refund"}),
        (422, {"reason": "late", "amount": money(80000)}),
        (422, {"description": "x" * 10_001}),
        (422, {"description": " "}),
        (422, {"description": "a\x00b"}),
        (422, {"tried_to_settle": "x" * 10_001}),
        (422, {"evidence": ["E99"]}),
        (422, {"evidence": ["../../etc/passwd"]}),
        (422, {"evidence": "E1"}),
        (422, {"surprise": 1}),
        (409, {"remedy": "repair_cost"}),
        (409, {"received": False, "reason": "late"}),
    ],
)
def test_a_claim_that_cannot_be(order: Order, status: int, changes: Mapping[str, Any]) -> None:
    before = order.shown()
    order.not_opened(status, **changes)
    assert order.shown() == before


@pytest.mark.parametrize("field", ["received", "reason", "remedy", "description"])
def test_a_claim_without(order: Order, field: str) -> None:
    claim = order.claim()
    del claim[field]
    answer = order.post("/disputes", "buyer", claim)
    assert rule_of(answer, 422) == "field_missing"
    assert answer.json()["field"] == field


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (400, b""),
        (400, b"{"),
        (400, b'{"received": tru'),
        (400, b'{"received": true} trailing'),
        (400, b'{"amount": NaN}'),
        (400, b'{"description": "\xff"}'),
        (400, b'{"description": "\\ud800"}'),
        (422, b"[]"),
        (422, b"null"),
        (422, b'"text"'),
        (422, b'{"a":' * 33 + b"1" + b"}" * 33),
        (422, b"[" * 200_000 + b"]" * 200_000),
        (413, b'{"description": "' + b"x" * 1_000_000 + b'"}'),
        (413, b'{"description": "' + b"x" * 3_000_000 + b'"}'),
    ],
)
def test_a_body_that_cannot_be(market: Market, order: Order, status: int, content: bytes) -> None:
    before = order.shown()
    rule_of(raw(market, f"/orders/{order.id}/disputes", order.who("buyer"), content), status)
    rule_of(raw(market, f"/orders/{order.id}", SHOP, content, "PUT"), status)
    assert order.shown() == before


def test_every_script_is_welcome(market: Market) -> None:
    order = market.place().received()
    text = "\u202e\u0628\u0644\u0648\u0632\u0629 \u5c3a\u7801 😀\u202c\n\t" + "\u0436" * 9_900
    dispute = order.open(description=text)
    assert dispute.shown("seller")["claim"]["description"] == text
    wrote = order.post("/messages", "seller", {"text": text})
    assert wrote.json()["text"] == text


def test_who_is_not_known_and_who_may_not(market: Market, order: Order) -> None:
    address = f"/orders/{order.id}"
    for headers in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer sk_live_1"},
                    {"Authorization": "Bearer sandbox.king.k1"}):  # fmt: skip
        answer = market.call("GET", address, None, headers=headers)
        rule_of(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")
    claim = order.claim()
    for who in ("seller", "marketplace", "support", "admin"):
        rule_of(order.post("/disputes", who, claim), 403)
    theirs = market.call("POST", f"{address}/disputes", "buyer.stranger", claim)
    nobodys = market.call("POST", "/orders/A-0/disputes", "buyer.stranger", claim)
    for answer, key in ((theirs, order.id), (nobodys, "A-0")):
        assert rule_of(answer, 404) == "unknown_order"
        assert answer.json()["facts"] == {"order": key}
    for who in ("buyer.stranger", "seller.stranger", "mediator.m1", "appeals.a1"):
        rule_of(market.call("GET", address, who), 404)
        rule_of(market.call("GET", f"{address}/protection", who), 404)
        rule_of(market.call("GET", f"{address}/messages", who), 404)
    # The hat alone does not do, nor does the name alone.
    rule_of(market.call("GET", address, f"buyer.{order.seller}"), 404)
    rule_of(market.call("GET", address, f"seller.{order.buyer}"), 404)


def test_a_dispute_of_others_is_like_one_that_is_not(market: Market) -> None:
    dispute = market.place().received().open()
    for key in (dispute.id, f"{dispute.id}0", "A-0-D1", "nothing"):
        for path in (f"/disputes/{key}", f"/disputes/{key}/events"):
            assert rule_of(market.call("GET", path, "buyer.stranger"), 404) == "unknown_dispute"
    for key in (dispute.id, "A-0-D1"):
        answer = market.call("POST", f"/disputes/{key}/commands", "buyer.stranger",
                             {"type": "cancel_dispute"})  # fmt: skip
        assert rule_of(answer, 404) == "unknown_order"
    rule_of(market.call("GET", f"/disputes/{dispute.id}", "mediator.m1"), 404)


@pytest.mark.parametrize(
    ("status", "command"),
    [
        (422, {}),
        (422, {"type": "conquer"}),
        (422, {"type": 5}),
        (422, {"type": "confirm_receipt"}),
        (422, {"type": "make_offer"}),
        (422, {"type": "make_offer", "remedy": "refund"}),
        (422, {"type": "make_offer", "remedy": "refund", "amount": money(80001)}),
        (422, {"type": "make_offer", "remedy": "refund", "amount": money(5, "USD")}),
        (422, {"type": "make_offer", "remedy": "refund", "amount": money(0)}),
        (422, {"type": "make_offer", "remedy": "refund", "amount": money(5), "note": "x" * 10_001}),
        (422, {"type": "accept_offer"}),
        (422, {"type": "accept_offer", "offer": "O1"}),
        (422, {"type": "accept_offer", "offer": "O9", "amount": money(72000)}),
        (409, {"type": "accept_offer", "offer": "O1", "amount": money(71999)}),
        (409, {"type": "accept_offer", "offer": "O1", "amount": money(72000, "USD")}),
        (409, {"type": "make_offer", "remedy": "repair_cost", "amount": money(5)}),
        (409, {"type": "escalate"}),
        (403, {"type": "cancel_dispute"}),
        (403, {"type": "issue_ruling", **RULING}),
        (403, {"type": "assign_mediator", "mediator": "m1"}),
        (422, {"type": "add_evidence", "evidence": []}),
        (422, {"type": "add_evidence", "evidence": ["E99"]}),
        (409, {"type": "ship_replacement", "carrier": "DHL", "tracking_number": "1"}),
        (409, {"type": "inspect_return", "condition": "as_sent"}),
        (422, {"type": "inspect_return", "condition": "eaten"}),
        (409, {"type": "appeal", "grounds": "named_error", "text": "x"}),
        (409, {"type": "accept_ruling"}),
    ],
)
def test_a_sellers_command_that_cannot_be(
    market: Market, status: int, command: Mapping[str, Any]
) -> None:
    dispute = market.place().received().open()
    before = dispute.shown()
    rule_of(dispute.post("seller", command), status)
    assert dispute.shown() == before


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        (422, {"evidence": [], "no_evidence": False}),
        (422, {"evidence": ["E99"], "no_evidence": False}),
        (422, {"clauses": []}),
        (422, {"clauses": ["whatever"]}),
        (422, {"reasons": []}),
        (422, {"reasons": ["whatever"]}),
        (422, {"text": ""}),
        (422, {"finding": "for_everybody"}),
        (422, {"amount": money(0)}),
        (422, {"amount": money(80001)}),
        (422, {"amount": None}),
        (422, {"finding": "for_seller"}),
        (422, {"lines": [{"line": "9", "finding": "split", "remedy": "refund"}]}),
        (409, {"remedy": "repair_cost"}),
    ],
)
def test_a_ruling_that_cannot_be(market: Market, status: int, changes: Mapping[str, Any]) -> None:
    dispute = market.place().received().open().with_mediator()
    before = dispute.shown()
    rule_of(dispute.post("mediator", {"type": "issue_ruling", **RULING, **changes}), status)
    assert dispute.shown() == before


def test_an_order_that_cannot_be(market: Market) -> None:
    good = market.place().body
    line, paid = good["lines"][0], good["payment"]
    late = text_of(market.now + SECOND)
    bad: list[dict[str, Any]] = [
        {"placed_at": late}, {"placed_at": "2026-01-01T00:00:00"}, {"placed_at": "yesterday"},
        {"placed_at": "0001-01-01T00:00:00Z"}, {"placed_at": "9999-12-31T23:59:59-12:00"},
        {"currency": "XXX"}, {"currency": "USD"}, {"policy": "nobodys"}, {"lines": []},
        {"lines": [line, line]}, {"lines": [{**line, "quantity": 0}]},
        {"lines": [{**line, "unit_price": money(-1)}]},
        {"lines": [{**line, "unit_price": money(1, "USD")}]},
        {"lines": [{**line, "discount": money(160001)}]},
        {"lines": [{**line, "title": "x" * 10_001}]}, {"lines": [{**line, "colour": "red"}]},
        {"payment": {**paid, "captured": money(160001)}}, {"payment": None},
        {"seller": good["buyer"]}, {"buyer": {"id": ""}}, {"buyer": {"name": "Olga"}},
        {"shipping": {"ship_by": "2020-01-01T00:00:00Z"}}, {"surprise": True},
        {"discount": money(160001)},
    ]  # fmt: skip
    for number, changes in enumerate(bad):
        path = f"/orders/BAD-{number}"
        assert market.call("PUT", path, SHOP, {**good, **changes}).status_code == 422, changes
        rule_of(market.call("GET", path, SHOP), 404)
    for field in ("placed_at", "currency", "buyer", "seller", "lines", "payment"):
        less = {name: value for name, value in good.items() if name != field}
        answer = market.call("PUT", "/orders/BAD-X", SHOP, less)
        assert (rule_of(answer, 422), answer.json()["field"]) == ("field_missing", field)
    for key in ("a b", "Ж", "x" * 65, ".hidden"):
        rule_of(market.call("PUT", f"/orders/{key}", SHOP, good), 422)
    for who in ("buyer.b1", "seller.s1", "admin.o1", "support.u1"):
        rule_of(market.call("PUT", "/orders/BAD-X", who, good), 403)


def test_parcels_and_tracking_that_cannot_be(market: Market) -> None:
    order = market.place()
    sent = {"carrier": "DHL", "tracking_number": "5000000001"}
    assert order.refused(409, "marketplace", "record_tracking", tracking_number="1",
                         status="delivered") == "nothing_shipped"  # fmt: skip
    for changes in (
        {"at": text_of(market.now + SECOND)}, {"at": text_of(market.now - DAY)}, {"carrier": " "},
        {"lines": [{"line": "1", "quantity": 3}]}, {"lines": [{"line": "9", "quantity": 1}]},
    ):  # fmt: skip
        order.refused(422, "marketplace", "ship_order", **{**sent, **changes})
    rule_of(order.post("/commands", "buyer", {"type": "ship_order", **sent}), 403)
    assert order.shown()["shipments"] == []
    order.do("marketplace", "ship_order", **sent)
    assert order.refused(409, "marketplace", "ship_order", **sent) == "nothing_left_to_ship"
    for changes in ({"status": "teleported"}, {"tracking_number": "77"},
                    {"at": text_of(market.now + SECOND)}):  # fmt: skip
        told = {"tracking_number": "5000000001", "status": "delivered", **changes}
        order.refused(422, "marketplace", "record_tracking", **told)
    start = market.now
    market.ahead(3 * DAY)
    shown = order.track("5000000001", "delivered", at=text_of(start + 2 * DAY))
    # Repeated and out of order, it changes nothing.
    again = order.track("5000000001", "delivered", at=text_of(start + 2 * DAY))
    assert again == shown
    before = order.track("5000000001", "in_transit", at=text_of(start + DAY))
    assert before["shipments"][0]["status"] == "delivered"
    assert before["shipments"][0]["delivered_at"] == text_of(start + 2 * DAY)
    assert before["protection"] == shown["protection"]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "photo.png"),
        (b"MZ" + bytes(300), "photo.png"),
        (b"<html><script>alert(1)</script>", "page.html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drawing.svg"),
        (PICTURE[:60], "photo.png"),
        (b"hello", "photo.png"),
    ],
)
def test_a_file_that_cannot_be(order: Order, data: bytes, name: str) -> None:
    before = order.shown()
    assert order.upload("buyer", data, name).status_code == 422
    assert order.shown() == before


@pytest.mark.parametrize(
    "fields",
    [{"kind": "../x"}, {"kind": "k" * 65}, {"note": "x" * 10_001}, {"surprise": "x"}],
)
def test_a_file_with_fields_that_cannot_be(order: Order, fields: dict[str, str]) -> None:
    before = order.shown()
    assert order.upload("buyer", PICTURE, "photo.png", **fields).status_code == 422
    assert order.shown() == before


def test_a_files_owner_is_the_asker(market: Market, order: Order) -> None:
    mine = order.evidence("buyer")
    address = f"/orders/{order.id}/evidence/{mine}"
    assert market.call("GET", address, order.who("buyer")).status_code == 200
    rule_of(market.call("GET", address, order.who("seller")), 404)
    rule_of(market.call("GET", address, "buyer.stranger"), 404)
    wrote = {"text": "Look.", "pictures": [mine]}
    rule_of(order.post("/messages", "seller", wrote), 422)
    assert order.post("/messages", "buyer", wrote).status_code == 201
    assert market.call("GET", address, order.who("seller")).status_code == 200


def test_addresses_and_ways_that_are_not(market: Market, order: Order) -> None:
    rule_of(market.call("GET", "/nothing", SHOP), 404)
    rule_of(market.call("DELETE", f"/orders/{order.id}", SHOP), 405)
    rule_of(market.call("GET", "/policies/aliexpress/9", SHOP), 404)
    rule_of(market.call("GET", "/refunds", order.who("buyer")), 403)


def test_a_clock_only_goes_forward(market: Market) -> None:
    now = market.now
    for status, body in (
        (409, {"to": text_of(now - SECOND)}), (422, {"advance": "-P1D"}), (422, {}),
        (422, {"advance": "five days"}), (422, {"advance": "P1D", "to": text_of(now + DAY)}),
        (422, {"to": "2026-01-01"}), (422, {"next": []}),
    ):  # fmt: skip
        rule_of(market.call("POST", "/sandbox/clock", SHOP, body), status)
    assert market.now == now
    for span, days in (("P1W", 7), ("P5D", 5), ("PT24H", 1), ("PT0S", 0)):
        before = market.now
        answer = market.call("POST", "/sandbox/clock", SHOP, {"advance": span})
        assert answer.json() == {"now": text_of(before + days * DAY)}
    bad = {"next": ["ok", "explode"]}
    rule_of(market.call("POST", "/sandbox/payments/behaviour", SHOP, bad), 422)


def test_an_import_keeps_the_good_lines(market: Market) -> None:
    good = market.place().body
    lines: list[Any] = [
        {"type": "order", "id": "I-1", **good},
        "{broken",
        {"type": "order", "id": "I-2", **good, "currency": "XXX"},
        {"type": "order", "id": "I-3", **good},
    ]
    sent = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    for new in (2, 0):
        answer = raw(market, "/orders/import", SHOP, sent.encode())
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert told["orders"] == {"new": new, "same": 2 - new}
        assert [(bad["line"], bool(bad["why"])) for bad in told["bad"]] == [(2, True), (3, True)]
    assert market.get("/orders/I-3", SHOP)["id"] == "I-3"
    rule_of(market.call("GET", "/orders/I-2", SHOP), 404)
