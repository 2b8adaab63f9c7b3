"""Calls that wait in line: each has its own answer, and who is turned away has lost nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from litestar.testing import TestClient

from amends.bootstrap import Settings, build_service
from amends.engine.access import ApiKey
from amends.engine.groups import Groups
from amends.entrypoints.application import build_app
from amends.entrypoints.service import CaseAnswer, CaseRequest
from amends.kernel.people import Actor, Role
from amends.store import open_store
from tests.entrypoints.sandbox import BUYER, SELLER, Shop

MESSAGES = "/orders/A-1001/messages"


class Held:
    """An engine whose first group waits until it is let go."""

    def __init__(self, shop: Shop) -> None:
        self.groups: list[int] = []
        self._began = threading.Event()
        self._go = threading.Event()
        self._engine = shop.service.engine
        self._handle = self._engine.handle

    def handle(self, requests: Sequence[CaseRequest]) -> list[CaseAnswer | Exception]:
        self.groups.append(len(requests))
        self._began.set()
        assert self._go.wait(20)
        return self._handle(requests)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """It is at work when the block begins, and goes on when it ends."""
        self._engine.handle = self.handle  # type: ignore[method-assign]
        try:
            yield
        finally:
            self._go.set()

    def begun(self) -> None:
        assert self._began.wait(20)


def in_line(shop: Shop, count: int) -> None:
    until = time.monotonic() + 20
    while shop.service.groups.waiting < count:
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as made:
        yield made


@pytest.fixture
def narrow(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Shop]:
    """A sandbox with a short line, in which nobody waits for long."""
    made = build_service(Settings(tmp_path / "x.db", sandbox=True))
    service = replace(made, groups=Groups(**request.param))
    with TestClient(build_app(service)) as client:
        yield Shop(client, service)
    service.close()


def write(pool: ThreadPoolExecutor, shop: Shop, key: str, who: str = BUYER) -> Future[Response]:
    return pool.submit(shop.call, "POST", MESSAGES, who, key=key, json={"text": key})


def thread(shop: Shop) -> list[Any]:
    return [message["text"] for message in shop.get(MESSAGES)["items"]]


def test_a_bad_call_does_not_touch_those_it_goes_with(shop: Shop, pool: ThreadPoolExecutor) -> None:
    shop.disputed()
    held = Held(shop)
    with held.busy():
        first = write(pool, shop, "first")
        held.begun()
        good = write(pool, shop, "good")
        offer = {"type": "make_offer", "remedy": "refund", "amount": 1}
        bad = pool.submit(shop.call, "POST", "/disputes/A-1001-D1/commands", SELLER, json=offer)
        nobody = pool.submit(shop.call, "POST", MESSAGES, "nobody.x", json={"text": "x"})
        stranger = pool.submit(shop.call, "POST", MESSAGES, "buyer.b2", json={"text": "x"})
        in_line(shop, 4)
    assert [f.result().status_code for f in (first, good)] == [201, 201]
    answers = [f.result() for f in (bad, nobody, stranger)]
    assert [(a.status_code, a.json()["rule"]) for a in answers] == [
        (422, "field_invalid"), (401, "credentials_unknown"), (404, "unknown_order"),
    ]  # fmt: skip
    assert held.groups == [1, 2]
    assert thread(shop) == ["first", "good"]


@pytest.mark.parametrize("narrow", [{"line": 2}], indirect=True)
def test_a_full_line_turns_away_and_asking_again_is_the_first_time(
    narrow: Shop, pool: ThreadPoolExecutor
) -> None:
    narrow.placed()
    held = Held(narrow)
    with held.busy():
        first = write(pool, narrow, "first")
        held.begun()
        waits = write(pool, narrow, "waits")
        in_line(narrow, 1)
        away = write(pool, narrow, "away").result()
    assert (away.status_code, away.json()["rule"]) == (503, "server_busy")
    assert away.headers["content-type"] == "application/problem+json"
    assert int(away.headers["retry-after"]) > 0
    assert (first.result().status_code, waits.result().status_code) == (201, 201)
    assert thread(narrow) == ["first", "waits"]
    again = write(pool, narrow, "away").result()
    assert again.status_code == 201
    assert "idempotency-replayed" not in again.headers
    assert thread(narrow) == ["first", "waits", "away"]


@pytest.mark.parametrize("narrow", [{"patience": 0.1}], indirect=True)
def test_who_waits_too_long_is_answered_and_not_served(
    narrow: Shop, pool: ThreadPoolExecutor
) -> None:
    narrow.placed()
    held = Held(narrow)
    with held.busy():
        first = write(pool, narrow, "first")
        held.begun()
        away = write(pool, narrow, "late").result()
        assert (away.status_code, away.json()["rule"]) == (503, "server_busy")
    # What was begun is answered, however long it takes.
    assert first.result().status_code == 201
    assert thread(narrow) == ["first"]


def test_a_key_that_is_revoked_elsewhere_opens_nothing_from_the_next_call_on(
    tmp_path: Path,
) -> None:
    database = tmp_path / "live.db"
    service = build_service(Settings(database))
    now = service.clock.now()
    actor = Actor("shop", Role.MARKETPLACE)
    service.store.access.add_key(ApiKey("k1", actor, (), now - timedelta(days=1)), "secret")
    with TestClient(build_app(service)) as client:

        def call() -> int:
            headers = {"Authorization": "Bearer secret", "Idempotency-Key": "k"}
            body = {"type": "cancel_order"}
            path = "/api/v1/orders/A-1/commands"
            return client.post(path, headers=headers, json=body).status_code

        assert call() == 404
        elsewhere = open_store(database)
        assert elsewhere.access.revoke_key("k1", now)
        elsewhere.close()
        assert call() == 401
    service.close()
