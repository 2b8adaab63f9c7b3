"""Two people at once: one wins, the other is told, and the record is whole."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from amends.engine.check import check
from tests.entrypoints.sandbox import BUYER, SELLER, SHOP, Shop, claim, order, rub

D1 = "A-1001-D1"


def test_the_seller_accepts_while_the_buyer_cancels(shop: Shop) -> None:
    shop.disputed()
    accepting = {"type": "accept_offer", "offer": "O1", "amount": rub(72_000)}
    path = f"/disputes/{D1}/commands"
    with ThreadPoolExecutor(2) as pool:
        answers = [
            pool.submit(shop.call, "POST", path, SELLER, json=accepting),
            pool.submit(shop.call, "POST", path, BUYER, json={"type": "cancel_dispute"}),
        ]
        statuses = sorted(answer.result().status_code for answer in answers)
    assert statuses == [200, 409]
    outcome = shop.dispute(D1)["outcome"]
    paid = shop.booked()["refunds"]
    assert (outcome, len(paid)) in (("refunded", 1), ("cancelled", 0))


def test_one_dispute_for_the_same_units(shop: Shop) -> None:
    shop.shipped()
    shop.move_to("2026-03-09T12:00:00Z")
    whole = claim(lines=[{"line": "1", "quantity": 2}], amount=rub(160_000))
    with ThreadPoolExecutor(8) as pool:
        sent = [
            pool.submit(shop.call, "POST", "/orders/A-1001/disputes", BUYER, json=whole)
            for _ in range(8)
        ]
        statuses = sorted(answer.result().status_code for answer in sent)
    assert statuses == [201] + [409] * 7


def test_an_order_put_in_by_many_at_once_is_new_once(shop: Shop) -> None:
    shop.move_to("2026-03-01T10:00:00Z")
    with ThreadPoolExecutor(8) as pool:
        sent = [
            pool.submit(shop.call, "PUT", "/orders/A-1001", SHOP, json=order()) for _ in range(8)
        ]
        statuses = sorted(answer.result().status_code for answer in sent)
    assert statuses == [200] * 7 + [201]


def test_what_was_lived_is_what_the_record_gives_again(shop: Shop) -> None:
    shop.disputed()
    shop.post("/orders/A-1001/messages", {"text": "Hello"}, BUYER, 201)
    shop.advance("P20D")
    service = shop.service
    assert list(check(service.store, service.engine.domain)) == []
