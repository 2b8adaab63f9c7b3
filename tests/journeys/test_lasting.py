"""What was answered stays, whatever becomes of the server; time may pass in steps or at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.journeys.conftest import Server
from tests.journeys.market import DAY, Dispute, Market, Order, money

NewDatabase = Callable[[Path], str]


def test_what_was_answered_survives_a_kill(folder: Path, new_database: NewDatabase) -> None:
    database = new_database(folder)
    server = Server(folder, database)
    market = server.market
    first, second = market.place().received(), market.place().received()
    dispute = first.open()
    market.ahead(2 * DAY)
    market.behave("timeout_but_done", "unavailable")
    dispute.do("seller", "accept_offer", offer="O1", amount=money(72000))
    shown, now = dispute.shown(), market.now
    offer = {"type": "make_offer", "remedy": "refund", "amount": money(100), "note": "So?"}
    answered = second.open().post("seller", offer, key="before")
    server.kill()

    again = Server(folder, database)
    market = again.market
    assert market.now == now
    for order in (first, second):
        order.market = market
    assert dispute.shown()["phase"] in (shown["phase"], "closed")
    repeated = Dispute(second, answered.json()["id"]).post("seller", offer, key="before")
    assert repeated.json()["version"] == answered.json()["version"]
    market.ahead(2 * DAY)
    assert dispute.stands() == ("closed", None, "refunded")
    assert [refund["state"] for refund in first.at_provider()] == ["succeeded"]
    again.end()


def story(market: Market) -> Order:
    """An order whose dispute nobody cares for, with a provider that is slow."""
    order = market.place().received()
    order.open()
    market.behave("pending")
    return order


def record(order: Order) -> list[tuple[Any, ...]]:
    """What happened in the order's dispute, and when."""
    path = f"/disputes/{order.shown()['disputes'][0]}/events"
    told = order.market.get(path, "auditor.z1", limit=100)["items"]
    return [(event["type"], event["at"], event["by"]) for event in told]


def test_one_step_of_the_clock_is_like_many(folder: Path, new_database: NewDatabase) -> None:
    records, books = [], []
    for name, steps in (("one", [40 * DAY]), ("many", [DAY / 2] * 80)):
        own = folder / name
        own.mkdir()
        server = Server(own, new_database(own))
        order = story(server.market)
        for step in steps:
            server.market.ahead(step)
        records.append(record(order))
        books.append([refund["state"] for refund in order.at_provider()])
        server.end()
    assert records[0] == records[1]
    assert books == [["succeeded"], ["succeeded"]]
    assert records[0][-1] == ("dispute_closed", "2026-01-22T00:00:00Z", records[0][-1][2])


def amends(folder: Path, database: str, *words: str) -> subprocess.CompletedProcess[str]:
    """The command line on the server's database."""
    program = str(Path(sys.executable).parent / "amends")
    return subprocess.run(
        [program, *words, "--database", database],
        capture_output=True, text=True, timeout=60, cwd=folder, check=False,
    )  # fmt: skip


def test_the_record_rebuilds_what_is_shown(folder: Path, new_database: NewDatabase) -> None:
    database = new_database(folder)
    server = Server(folder, database)
    order = story(server.market)
    server.market.ahead(40 * DAY)
    shown, now = order.shown(), server.market.now
    server.end()
    for words in (("db", "check"), ("db", "rebuild"), ("db", "check"), ("clock", "run-once")):
        done = amends(folder, database, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    again = Server(folder, database)
    order.market = again.market
    assert (again.market.now, order.shown()) == (now, shown)
    again.end()
