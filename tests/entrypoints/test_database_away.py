"""What people and programs are told while the database is away, and that nothing is lost by it."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from amends.bootstrap import Settings, build_service
from amends.entrypoints.application import build_app
from amends.entrypoints.web.router import web_router
from amends.kernel.people import Role
from amends.store import migrate
from tests.entrypoints.web.conftest import Visitor, World, serving
from tests.postgres_server import Cluster

OFFER = "/disputes/A-1-D1/commands/make_offer"
NOTE = "Half of it, and <you> keep the blouse."
CLAIM = {"received": True, "reason": "not_as_described", "remedy": "refund", "description": "Torn."}


@pytest.fixture
def world(own_cluster: Cluster, tmp_path: Path) -> Iterator[World]:
    """A sandbox on a server that may be crashed, with a dispute that waits for the seller."""
    migrate(own_cluster.url)
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = Settings(own_cluster.url, sandbox=True, base_url=base, home=tmp_path)
        service = build_service(settings)
        stack.callback(service.close)
        stack.enter_context(serving(build_app(service, [web_router(service)]), listening))
        made = World(service, base, stack)
        made.place()
        made.deliver()
        made.api("POST", "/orders/A-1/disputes", CLAIM, "buyer.b1")
        yield made


def probe(world: World, name: str) -> tuple[int, dict[str, bool]]:
    answer = httpx.get(f"{world.base}/{name}", timeout=20)
    return answer.status_code, answer.json()["checks"]


def offers(world: World) -> list[Any]:
    dispute = world.shop.get(
        "/api/v1/disputes/A-1-D1", headers={"Authorization": "Bearer sandbox.buyer.b1"}
    )
    return [offer["note"] for offer in dispute.json()["offers"][1:]]


def test_all_is_told_nothing_is_lost_and_asking_again_does_it_once(
    world: World, own_cluster: Cluster
) -> None:
    seller = world.visitor(Role.SELLER, "s1")
    form = seller.get("/disputes/A-1-D1").form(OFFER)
    form |= {"remedy": ["refund"], "amount": ["300"], "note": [NOTE]}
    assert probe(world, "readyz")[0] == 200
    own_cluster.crash()

    def call() -> httpx.Response:
        return httpx.post(
            f"{world.base}/api/v1/orders/A-1/messages",
            headers={"Authorization": "Bearer sandbox.buyer.b1", "Idempotency-Key": "m"},
            json={"text": "Are you there?"},
            timeout=60,
        )

    with ThreadPoolExecutor(4) as pool:
        posted = pool.submit(seller.post, OFFER, form)
        called = pool.submit(call)
        entered = pool.submit(
            Visitor(seller.client).post,
            "/staff/sign-in",
            {"email": ["m@x"], "password": ["sesame"]},
        )
        looked = pool.submit(Visitor(seller.client).get, "/")
        assert probe(world, "livez") == (200, {"clock": True})
        status, checks = probe(world, "readyz")
        assert (status, checks["database"]) == (503, False)
    away = posted.result()
    assert (away.status, int(away.headers["Retry-After"]) > 0) == (503, True)
    assert NOTE in away.words
    assert "Try again" in looked.result().words
    assert entered.result().status == 503
    assert "sesame" not in entered.result().html
    problem = called.result()
    assert problem.status_code == 503
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.json()["rule"] == "database_away"
    assert int(problem.headers["Retry-After"]) > 0

    own_cluster.start()
    for _ in range(2):
        assert seller.post(OFFER, away.form(OFFER)).url.endswith("?done=make_offer")
        assert call().status_code == 201
    assert offers(world) == [NOTE]
    thread = world.api("GET", "/orders/A-1/messages", None, "buyer.b1")["items"]
    assert [message["text"] for message in thread] == ["Are you there?"]
    assert probe(world, "readyz")[0] == 200


def test_a_file_that_somebody_else_writes_to_for_too_long_is_away_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("amends.store.sqlite.connections._PATIENCE_SECONDS", 0.1)
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        service = build_service(Settings(tmp_path / "x.db", sandbox=True, base_url=base))
        stack.callback(service.close)
        stack.enter_context(serving(build_app(service), listening))
        world = World(service, base, stack)
        world.place()
        headers = {"Authorization": "Bearer sandbox.buyer.b1", "Idempotency-Key": "m"}
        with closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            answer = world.shop.post(
                "/api/v1/orders/A-1/messages", headers=headers, json={"text": "Hello"}
            )
            assert (answer.status_code, answer.json()["rule"]) == (503, "database_away")
            # What is there can be read all the same.
            assert probe(world, "readyz")[0] == 200
        answer = world.shop.post(
            "/api/v1/orders/A-1/messages", headers=headers, json={"text": "Hello"}
        )
        assert (answer.status_code, answer.json()["number"]) == (201, 1)
