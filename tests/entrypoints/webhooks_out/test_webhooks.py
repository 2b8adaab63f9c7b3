"""What a marketplace is told, end to end: a real receiver, the sandbox's clock."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from amends.adapters.webhooks import WebhookPoster
from amends.engine.outside import Unanswered
from amends.entrypoints.doctor.within import look_within
from amends.entrypoints.webhooks_out.sending import WAITS, Courier, wait_after
from tests.entrypoints.sandbox import BUYER, SELLER, Json, Shop, rub
from tests.entrypoints.webhooks_out.receiver import Receiver, receiver

ENDPOINTS, OTHER = "/webhook-endpoints", "marketplace.other"


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as opened:
        yield opened


def _world() -> datetime:
    return datetime.now(UTC)


def made(shop: Shop, url: str, *types: str, who: str = "marketplace.shop") -> Json:
    return shop.post(ENDPOINTS, {"url": url, "types": types}, who, 201, key=None)


def deliveries(shop: Shop, endpoint: Json) -> list[Json]:
    found: list[Json] = shop.get(f"{ENDPOINTS}/{endpoint['id']}/deliveries")["items"]
    return found


def test_a_dispute_is_told_signed_and_without_anybodys_words(shop: Shop, there: Receiver) -> None:
    endpoint = made(shop, there.url)
    shop.disputed()
    shop.on("A-1001-D1", "make_offer", SELLER, remedy="refund", amount=rub(100), note="Sorry")
    types = [body["type"] for body in there.bodies]
    assert types[0] == "order_placed"
    offer = next(body for body in there.bodies if body["type"] == "offer_made")
    assert offer["data"]["order"] == "A-1001"
    assert offer["data"]["dispute"] == "A-1001-D1"
    assert offer["data"]["actor"] == {"role": "seller", "person": "s1"}
    assert all(there.signed_with(endpoint["secret"], n) for n in range(len(there.posted)))
    said = "".join(body for _, body in there.posted)
    for word in ("Olga", "example.com", "size chart", "Sorry", "Blouse", "_ref"):
        assert word not in said
    assert there.posted[0][0]["content-type"] == "application/json"
    assert len(set(there.ids)) == len(there.ids)
    assert {d["state"] for d in deliveries(shop, endpoint)} == {"delivered"}


def test_the_feed_says_the_same_in_pages(shop: Shop, there: Receiver) -> None:
    made(shop, there.url)
    shop.disputed()
    got: list[Json] = []
    after, more = "", True
    while more:
        page = shop.get("/events", limit="2", after=after)
        got += page["items"]
        after, more = page["next"], page["more"]
    assert [m.pop("id") for m in got] == there.ids
    assert got == there.bodies
    assert shop.get("/events", after=after) == {"items": [], "next": after, "more": False}
    assert [m["type"] for m in shop.get("/events", type="dispute_opened")["items"]] == [
        "dispute_opened"
    ]
    assert shop.get("/events", order="A-2")["items"] == []
    shop.get("/events", status=422, after="x")


def test_nobody_else_hears_of_it(shop: Shop, there: Receiver) -> None:
    theirs = made(shop, there.url, who=OTHER)
    shop.placed()
    assert there.posted == []
    assert shop.get("/events", OTHER)["items"] == []
    shop.get(f"{ENDPOINTS}/{theirs['id']}", status=404)
    assert shop.get(ENDPOINTS)["items"] == []


def test_only_the_types_asked_for(shop: Shop, there: Receiver) -> None:
    endpoint = made(shop, there.url, "dispute_opened")
    shop.disputed()
    assert [body["type"] for body in there.bodies] == ["dispute_opened"]
    changed = shop.call("PATCH", f"{ENDPOINTS}/{endpoint['id']}", json={"enabled": False}).json()
    assert (changed["enabled"], changed["off"]) == (False, "asked")
    shop.on("A-1001-D1", "cancel_dispute", BUYER)
    assert len(there.posted) == 1
    assert shop.get("/events", type="dispute_closed")["items"]


def test_it_is_tried_again_under_the_same_id(shop: Shop, there: Receiver) -> None:
    endpoint = made(shop, there.url, "order_placed")
    there.answers = [500, 302, 204]
    shop.placed()
    assert len(there.posted) == 1
    shop.advance("PT1M")
    assert len(there.posted) == 3
    assert len(set(there.ids)) == 1
    (delivery,) = deliveries(shop, endpoint)
    assert [a["status"] for a in delivery["attempts"]] == [500, 302, 204]
    assert delivery["state"] == "delivered"
    assert shop.get(f"{ENDPOINTS}/{endpoint['id']}")["failing_since"] is None


def test_one_that_fails_for_days_is_switched_off(shop: Shop) -> None:
    endpoint = made(shop, "http://127.0.0.1:1/")
    shop.placed()
    shop.advance("P4D")
    (delivery,) = deliveries(shop, endpoint)
    assert delivery["state"] == "given_up"
    assert len(delivery["attempts"]) == len(WAITS) + 1
    assert {a["problem"] for a in delivery["attempts"]} == {"connection"}
    assert shop.get(f"{ENDPOINTS}/{endpoint['id']}")["enabled"]
    shop.advance("P2D")
    shop.on_order("A-1001", "cancel_order")
    off = shop.get(f"{ENDPOINTS}/{endpoint['id']}")
    assert (off["enabled"], off["off"]) == (False, "failing")


def test_one_that_is_gone_is_switched_off_at_once(shop: Shop, there: Receiver) -> None:
    endpoint = made(shop, there.url)
    there.answers = [410]
    shop.placed()
    assert shop.get(f"{ENDPOINTS}/{endpoint['id']}")["off"] == "gone"


def test_what_died_between_sending_and_recording_comes_again(shop: Shop, there: Receiver) -> None:
    made(shop, "http://127.0.0.1:1/")
    shop.placed()
    endpoint = shop.service.store.webhooks.endpoints()[0]
    clock = shop.service.clock
    later = clock.now() + timedelta(minutes=10)

    class Died(Exception):
        pass

    def dies(url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
        WebhookPoster(private=True)(there.url, headers, body)
        raise Died

    webhooks = shop.service.store.webhooks
    with pytest.raises(Died):
        Courier(webhooks, dies, lambda: later, _world).send_due()
    assert webhooks.take(endpoint, later, later) is None
    again = later + timedelta(minutes=3)
    post = WebhookPoster(private=True)
    courier = Courier(
        webhooks, lambda _, headers, body: post(there.url, headers, body), lambda: again, _world
    )
    assert courier.send_due()
    assert len(there.ids) == 2
    assert len(set(there.ids)) == 1


def test_a_secret_is_renewed_while_the_old_one_signs_for_a_day(shop: Shop, there: Receiver) -> None:
    endpoint = made(shop, there.url)
    address = f"{ENDPOINTS}/{endpoint['id']}"
    new = shop.post(f"{address}/secret", None, key=None)["secret"]
    assert new.startswith("whsec_")
    assert "secret" not in shop.get(address)
    sent = shop.post(f"{address}/test", None, key=None)["message"]
    assert there.ids == [sent]
    assert there.signed_with(endpoint["secret"])
    assert there.signed_with(new)
    shop.advance("P1D")
    shop.post(f"{address}/test", None, key=None)
    assert not there.signed_with(endpoint["secret"])
    assert there.signed_with(new)
    assert shop.get("/events")["items"] == []


def test_messages_are_sent_again(shop: Shop, there: Receiver) -> None:
    endpoint = made(shop, there.url)
    address = f"{ENDPOINTS}/{endpoint['id']}"
    shop.shipped()
    first = list(there.ids)
    assert shop.post(f"{address}/replay", {"message": first[0]}, key=None) == {"messages": 1}
    assert there.ids == [*first, first[0]]
    since = {"since": "2026-03-02T00:00:00Z"}
    count = shop.post(f"{address}/replay", since, key=None)["messages"]
    assert there.ids == [*first, first[0], *first[-count:]]
    assert 0 < count < len(first)
    shop.post(f"{address}/replay", {"message": "msg_0"}, status=404, key=None)
    shop.post(f"{address}/replay", {}, status=422, key=None)


def test_one_that_is_removed_hears_nothing_more(shop: Shop, there: Receiver) -> None:
    endpoint = made(shop, there.url)
    assert shop.call("DELETE", f"{ENDPOINTS}/{endpoint['id']}").status_code == 200
    shop.placed()
    assert there.posted == []
    shop.get(f"{ENDPOINTS}/{endpoint['id']}", status=404)


@pytest.mark.parametrize(
    "body",
    [
        {"url": "ftp://example.com/"},
        {"url": "https://"},
        {"url": "https://a:b@example.com/"},
        {"url": "https://example.com:x/"},
        {"url": "https://example.com/ x"},
        {"url": "https://example.com/", "types": ["no_such_thing"]},
        {"url": "https://example.com/", "types": ["note_written"]},
    ],
)
def test_what_cannot_be_an_endpoint(shop: Shop, body: Json) -> None:
    shop.post(ENDPOINTS, body, status=422, key=None)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://127.0.0.1:1/", "not_https"),
        ("https://127.0.0.1:1/", "private_address"),
        ("https://[::1]:1/", "private_address"),
        ("https://[::ffff:10.0.0.1]:1/", "private_address"),
        ("https://[64:ff9b::7f00:1]:1/", "private_address"),
        ("https://169.254.169.254/latest", "private_address"),
        ("https://0.0.0.0/", "private_address"),
    ],
)
def test_addresses_of_our_own_are_not_posted_to(url: str, problem: str) -> None:
    with pytest.raises(Unanswered) as refused:
        WebhookPoster(private=False)(url, {}, b"{}")
    assert refused.value.problem == problem


def test_whoever_does_not_answer_is_left(there: Receiver) -> None:
    there.held = threading.Event()
    with pytest.raises(Unanswered) as left:
        WebhookPoster(private=True, seconds=0.3)(there.url, {}, b"{}")
    there.held.set()
    assert left.value.problem == "timeout"


def test_waits_last_three_days_and_are_the_same_each_time() -> None:
    whole = sum((wait_after("msg_1", n + 1) for n in range(len(WAITS))), timedelta())
    assert timedelta(days=2.9) < whole < timedelta(days=3.4)
    assert wait_after("msg_1", 3) == wait_after("msg_1", 3)
    assert wait_after("msg_1", 3) != wait_after("msg_2", 3)


def test_the_doctor_shows_who_cannot_be_told(shop: Shop, there: Receiver) -> None:
    def says() -> list[str]:
        found = look_within(shop.service, (), 1)
        return [f.says for f in found if f.check == "webhooks"]

    endpoint = made(shop, there.url)
    assert says() == ["1 endpoints, none of which fails"]
    there.answers = [500] * 20
    shop.placed()
    assert says() == [f"{endpoint['id']} of shop has taken no message for 0 seconds"]
    there.answers = [410]
    shop.advance("PT1M")
    assert says() == [f"{endpoint['id']} of shop was switched off: it is gone"]
