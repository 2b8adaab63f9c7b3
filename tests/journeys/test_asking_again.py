"""Keys, versions, pages, lists, and two at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest

from tests.journeys.market import DAY, SHOP, Dispute, Market, Order, money, rule_of


def offer(amount: int) -> dict[str, Any]:
    """A command that can be given again and again."""
    return {"type": "make_offer", "remedy": "refund", "amount": money(amount), "note": "Then?"}


def test_the_same_key_and_body_get_the_saved_answer(market: Market) -> None:
    dispute = market.place().received().open()
    first = dispute.post("seller", offer(100), key="again")
    dispute.do("buyer", "decline_offer", offer="O2", note="No.")
    again = dispute.post("seller", offer(100), key="again")
    assert (again.status_code, again.json()["version"]) == (200, first.json()["version"])
    assert len(dispute.shown()["offers"]) == 2
    assert rule_of(dispute.post("seller", offer(101), key="again"), 422) == "idempotency_key_reused"
    # A key is its sender's: another's request under the same key is its own.
    assert dispute.post("buyer", offer(70000), key="again").status_code == 200


def test_a_refusal_is_saved_too(market: Market) -> None:
    order = market.place()
    claim = order.claim(received=False, reason="not_received")
    rule_of(order.post("/disputes", "buyer", claim, key="early"), 409)
    market.ahead(10 * DAY)
    rule_of(order.post("/disputes", "buyer", claim, key="early"), 409)
    assert order.post("/disputes", "buyer", claim, key="later").status_code == 201


def test_opening_twice_under_one_key_opens_once(market: Market) -> None:
    order = market.place().received()
    answers = [order.post("/disputes", "buyer", order.claim(), key="open") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(order.shown()["disputes"]) == 1


@pytest.mark.parametrize("path", ["/commands", "/disputes", "/messages"])
def test_without_a_key_nothing_is_done(market: Market, path: str) -> None:
    order = market.place()
    headers = {"Authorization": f"Bearer sandbox.{order.who('buyer')}"}
    answer = market.http.post(f"/orders/{order.id}{path}", json={}, headers=headers)
    assert rule_of(answer, 400) == "idempotency_key_missing"


def test_a_version_that_has_passed_is_412(market: Market) -> None:
    order = market.place().received()
    dispute = order.open()
    seen = market.call("GET", f"/disputes/{dispute.id}", order.who("seller"))
    version = seen.json()["version"]
    assert seen.headers["etag"] == f'"{version}"'
    # A message is no change of the dispute.
    order.post("/messages", "buyer", {"text": "Hello?"})
    for form in ("{}", '"{}"'):
        given = {"If-Match": form.format(version)}
        answer = dispute.post("seller", offer(100), headers=given)
        assert answer.status_code == 200, answer.text
        version = answer.json()["version"]
    late = dispute.post("seller", offer(200), headers={"If-Match": str(version - 1)})
    assert rule_of(late, 412) == "changed_meanwhile"
    assert dispute.shown()["version"] == version
    rule_of(dispute.post("seller", offer(200), headers={"If-Match": "latest"}), 400)
    assert dispute.post("seller", offer(200), headers={"If-Match": "*"}).status_code == 200


def test_a_version_of_the_order(market: Market) -> None:
    order = market.place()
    version = order.shown()["version"]
    ship = {"type": "ship_order", "carrier": "DHL", "tracking_number": "6000000001"}
    rule_of(order.post("/commands", "marketplace", ship, headers={"If-Match": "99"}), 412)
    answer = order.post("/commands", "marketplace", ship, headers={"If-Match": str(version)})
    assert answer.json()["version"] > version


def at_once(*calls: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """The answers of calls that start together."""
    start = Barrier(len(calls))

    def run(call: Callable[[], httpx.Response]) -> httpx.Response:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


@pytest.mark.parametrize("_time", range(5))
def test_who_cancels_and_who_accepts_at_once(market: Market, _time: int) -> None:
    dispute = market.place().received().open()
    accept = {"type": "accept_offer", "offer": "O1", "amount": money(72000)}
    cancelled, accepted = at_once(
        lambda: dispute.post("buyer", {"type": "cancel_dispute"}),
        lambda: dispute.post("seller", accept),
    )
    assert sorted([cancelled.status_code, accepted.status_code]) == [200, 409]
    won = accepted.status_code == 200
    assert dispute.order.paid_back() == (72000 if won else 0)
    assert dispute.stands() == ("closed", None, "refunded" if won else "cancelled")


def test_many_accept_one_offer_at_once(market: Market) -> None:
    dispute = market.place().received().open()
    accept = {"type": "accept_offer", "offer": "O1", "amount": money(72000)}
    answers = at_once(*[lambda: dispute.post("seller", accept)] * 6)
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 5]
    assert dispute.order.paid_back() == 72000
    assert len(dispute.order.at_provider()) == 1


def test_one_key_many_times_at_once(market: Market) -> None:
    order = market.place().received()
    answers = at_once(*[lambda: order.post("/disputes", "buyer", order.claim(), key="once")] * 6)
    codes = {answer.status_code for answer in answers}
    assert codes <= {201, 409}
    assert 201 in codes
    assert len({a.json()["id"] for a in answers if a.status_code == 201}) == 1
    assert {rule_of(a, 409) for a in answers if a.status_code == 409} <= {"request_in_flight"}
    assert len(order.shown()["disputes"]) == 1


def test_two_open_a_dispute_about_one_unit_at_once(market: Market) -> None:
    order = market.place(quantity=1).received()
    answers = at_once(*[lambda: order.post("/disputes", "buyer", order.claim())] * 4)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


def test_one_order_placed_at_once(market: Market) -> None:
    body = market.place().body
    answers = at_once(*[lambda: market.call("PUT", "/orders/RACE-1", SHOP, body)] * 4)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]


def every(found: list[list[str]]) -> list[str]:
    """The ids of all pages."""
    return [key for page in found for key in page]


def pages(market: Market, path: str, who: str, **params: str | int) -> list[list[str]]:
    """The ids of a list, page by page."""
    found, cursor = [], ""
    while True:
        more = {"cursor": cursor} if cursor else {}
        answer = market.get(path, who, **params, **more)
        found.append([item["id"] for item in answer["items"]])
        cursor = answer["next"] or ""
        if not cursor:
            return found


def test_lists_come_newest_first_and_in_pages(market: Market) -> None:
    orders: list[str] = []
    people = market.place().body
    for number in range(5):
        market.ahead(DAY)
        body = {**market.place().body, "buyer": people["buyer"], "seller": people["seller"]}
        key = f"L-{number}"
        assert market.call("PUT", f"/orders/{key}", SHOP, body).status_code == 201
        orders.insert(0, key)
    buyer, seller = people["buyer"]["id"], people["seller"]["id"]
    listed = pages(market, "/orders", f"buyer.{buyer}", limit=2)
    assert [len(page) for page in listed] == [2, 2, 2]
    assert every(listed)[:5] == orders
    assert every(pages(market, "/orders", SHOP, seller=seller))[:5] == orders
    assert every(pages(market, "/orders", SHOP, buyer=buyer, status="placed"))[:5] == orders
    assert pages(market, "/orders", SHOP, buyer=buyer, status="completed") == [[]]
    rule_of(market.call("GET", "/orders", SHOP, params={"limit": 0}), 422)
    rule_of(market.call("GET", "/orders", SHOP, params={"cursor": "?"}), 422)
    rule_of(market.call("GET", "/orders", SHOP, params={"colour": "red"}), 422)


def seen(market: Market, path: str, who: str, **params: str) -> set[str]:
    """The ids ``who`` finds in a list."""
    return set(every(pages(market, path, who, **params)))


def test_everybody_lists_their_own(market: Market) -> None:
    mine, other = market.place().received(), market.place().received()
    case, others = mine.open().with_mediator("m7"), other.open()
    assert seen(market, "/orders", mine.who("buyer")) == {mine.id}
    assert seen(market, "/orders", mine.who("seller")) == {mine.id}
    assert seen(market, "/orders", mine.who("buyer"), buyer=other.buyer) == set()
    assert seen(market, "/disputes", mine.who("buyer")) == {case.id}
    assert seen(market, "/disputes", mine.who("seller"), phase="mediation") == {case.id}
    assert seen(market, "/disputes", other.who("seller"), turn="seller") == {others.id}
    assert seen(market, "/disputes", "mediator.m7") == {case.id}
    assert seen(market, "/disputes", "mediator.m8") == set()
    assert seen(market, "/disputes", "supervisor.v1") >= {case.id, others.id}
    assert seen(market, "/disputes", "admin.o1", order=mine.id) == {case.id}
    assert seen(market, "/orders", SHOP) >= {mine.id, other.id}
    others.do("seller", "accept_offer", offer="O1", amount=money(72000))
    refund = others.shown()["refunds"][0]["id"]
    assert seen(market, "/refunds", "finance.f1", order=other.id) == {refund}
    assert refund in seen(market, "/refunds", "finance.f1", state="settled")


def test_a_mediator_sees_the_case_and_a_party_only_what_concerns_them(market: Market) -> None:
    order: Order = market.place().received()
    dispute: Dispute = order.open().with_mediator("m9")
    assert market.get(f"/disputes/{dispute.id}", "mediator.m9")["mediator"] == "m9"
    for side in ("buyer", "seller"):
        assert "mediator" not in dispute.shown(side)
    assert "email" not in order.shown("seller")["buyer"]
    assert order.shown("buyer")["buyer"]["email"] == f"{order.buyer}@example.com"
    told = market.get(f"/disputes/{dispute.id}/events", order.who("seller"))["items"]
    assert [event["type"] for event in told][:2] == ["dispute_opened", "offer_declined"]
    assert "m9" not in str(told)
    numbers = [event["number"] for event in told]
    assert numbers == sorted(numbers)
    first = market.get(f"/disputes/{dispute.id}/events", order.who("seller"), limit=1)
    assert len(first["items"]) == 1
    rest = market.get(f"/disputes/{dispute.id}/events", order.who("seller"), cursor=first["next"])
    assert first["items"] + rest["items"] == told


def test_a_thread_is_read_in_order_and_never_changed(market: Market) -> None:
    order = market.place()
    for number in range(5):
        side = "buyer" if number % 2 else "seller"
        assert order.post("/messages", side, {"text": f"Line {number}"}).status_code == 201
    told = market.get(f"/orders/{order.id}/messages", order.who("buyer"), limit=3)
    rest = market.get(
        f"/orders/{order.id}/messages", order.who("seller"), cursor=told["next"], limit=3
    )
    texts = [message["text"] for message in told["items"] + rest["items"]]
    assert texts == [f"Line {number}" for number in range(5)]
    assert rest["next"] is None


def test_the_policies_can_be_read(market: Market) -> None:
    packs = {(p["id"], p["version"]) for p in market.get("/policies", "buyer.b1")["items"]}
    shipped = {"aliexpress", "guide-000", "guide-001", "guide-004"}
    assert packs >= {(name, "1") for name in shipped}
    for name in shipped:
        assert market.get(f"/policies/{name}/1", "buyer.b1")["id"] == name
