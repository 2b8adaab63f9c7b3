"""Sending a request again, and deciding on what was seen."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from tests.entrypoints.sandbox import BUYER, SELLER, SHOP, Shop, claim, order, rub

COMMANDS = "/disputes/A-1001-D1/commands"
OFFER = {"type": "make_offer", "remedy": "refund", "amount": rub(30_000), "note": "A small flaw."}


def test_whatever_changes_something_needs_a_key(shop: Shop) -> None:
    shop.disputed()
    for path, body in (
        (COMMANDS, OFFER),
        ("/orders/A-1001/commands", {"type": "confirm_receipt"}),
        ("/orders/A-1001/disputes", claim()),
        ("/orders/A-1001/messages", {"text": "Hello"}),
        ("/orders/import", {}),
    ):
        who = SHOP if path.endswith("import") else BUYER
        answer = shop.call("POST", path, who, key=None, json=body)
        assert (answer.status_code, answer.json()["rule"]) == (400, "idempotency_key_missing")
    answer = shop.call(
        "POST", "/orders/A-1001/evidence", BUYER, key=None, files={"file": ("a.txt", b"hello")}
    )
    assert answer.status_code == 400
    for key in ("a b", "x" * 256):
        assert shop.call("POST", COMMANDS, SELLER, key=key, json=OFFER).status_code == 400


def test_the_same_again_answers_what_was_answered_first(shop: Shop) -> None:
    shop.disputed()
    first = shop.call("POST", COMMANDS, SELLER, key="k", json=OFFER)
    shop.on("A-1001-D1", "decline_offer", BUYER, offer="O2", note="Too little.")
    again = shop.call("POST", COMMANDS, SELLER, key="k", json=OFFER)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert len(shop.dispute("A-1001-D1")["offers"]) == 2


def test_opening_a_dispute_again_answers_the_same_dispute(shop: Shop) -> None:
    shop.shipped()
    shop.move_to("2026-03-09T12:00:00Z")
    answers = [
        shop.call("POST", "/orders/A-1001/disputes", BUYER, key="k", json=claim()) for _ in range(2)
    ]
    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert answers[1].headers["location"] == "/api/v1/disputes/A-1001-D1"
    assert shop.get("/orders/A-1001")["disputes"] == ["A-1001-D1"]


def test_another_body_under_the_same_key_is_refused(shop: Shop) -> None:
    shop.disputed()
    shop.call("POST", COMMANDS, SELLER, key="k", json=OFFER)
    other = {**OFFER, "amount": rub(40_000)}
    answer = shop.call("POST", COMMANDS, SELLER, key="k", json=other)
    assert (answer.status_code, answer.json()["rule"]) == (422, "idempotency_key_reused")


def test_a_key_is_its_callers_own(shop: Shop) -> None:
    shop.disputed()
    for who, name in ((SELLER, "s"), (BUYER, "b")):
        body = {"type": "make_offer", "remedy": "refund", "amount": rub(30_000), "note": name}
        assert shop.call("POST", COMMANDS, who, key="k", json=body).status_code == 200


def test_a_no_is_repeated_too(shop: Shop) -> None:
    shop.disputed()
    body = {"type": "escalate", "note": "Now."}
    first = shop.call("POST", COMMANDS, BUYER, key="k", json=body)
    shop.call("POST", COMMANDS, SELLER, json=OFFER)
    again = shop.call("POST", COMMANDS, BUYER, key="k", json=body)
    assert (first.status_code, again.status_code) == (409, 409)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"


def test_a_key_in_flight_is_told_so(shop: Shop) -> None:
    shop.disputed()
    engine = shop.service.engine
    began, go_on = threading.Event(), threading.Event()
    handle = engine.handle

    def slowly(requests):  # type: ignore[no-untyped-def]
        began.set()
        go_on.wait(10)
        return handle(requests)

    engine.handle = slowly  # type: ignore[method-assign]
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(shop.call, "POST", COMMANDS, SELLER, key="k", json=OFFER)
        assert began.wait(10)
        second = shop.call("POST", COMMANDS, SELLER, key="k", json=OFFER)
        go_on.set()
        assert first.result().status_code == 200
    assert (second.status_code, second.json()["rule"]) == (409, "request_in_flight")


def test_a_version_that_no_longer_is(shop: Shop) -> None:
    shop.disputed()
    for seen in ("1", '"1"'):
        answer = shop.call(
            "POST", COMMANDS, SELLER, json={**OFFER, "note": seen}, headers={"If-Match": seen}
        )
        if seen == "1":
            assert answer.status_code == 200
            assert answer.headers["etag"] == '"2"'
    assert (answer.status_code, answer.json()["rule"]) == (412, "changed_meanwhile")
    facts = answer.json()["facts"]
    assert facts.pop("last_at").endswith("Z")
    assert facts == {"seen": 1, "now": 2, "last_step": "offer_made", "last_by": "seller"}
    malformed = shop.call("POST", COMMANDS, SELLER, json=OFFER, headers={"If-Match": "new"})
    assert malformed.status_code == 400


def test_a_message_does_not_change_the_disputes_version(shop: Shop) -> None:
    shop.disputed()
    shop.post("/orders/A-1001/messages", {"text": "Hello"}, BUYER, 201)
    answer = shop.call("POST", COMMANDS, SELLER, json=OFFER, headers={"If-Match": "1"})
    assert answer.status_code == 200


def test_an_orders_own_version(shop: Shop) -> None:
    shop.placed()
    body = {"type": "ship_order", "carrier": "DHL", "tracking_number": "1234567890"}
    path = "/orders/A-1001/commands"
    assert shop.call("POST", path, json=body, headers={"If-Match": "9"}).status_code == 412
    assert shop.call("POST", path, json=body, headers={"If-Match": "1"}).status_code == 200


def test_placing_is_repeatable_by_itself(shop: Shop) -> None:
    shop.placed()
    assert shop.put("/orders/A-1001", order(), status=200)["id"] == "A-1001"
