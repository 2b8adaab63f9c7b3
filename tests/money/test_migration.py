"""A database made before finance had a desk gets what its lists are sorted by from the record."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from amends.store import migrate
from tests.money.world import FINANCE, World
from tests.postgres_server import Server

BEFORE = "0003"
DAY = timedelta(days=1)
# What the script fills in; the rest is as it was.
FILLED = {
    "orders": ("order_id", "provider", "reference"),
    "refunds": ("refund_id", "since"),
    "postings": ("n", "i", "kind", "seller"),
}
Rows = list[tuple[Any, ...]]


def lived(world: World) -> Path:
    """Refunds that settled, failed, were traced, and one that is unclear."""
    world.place(units=4)
    world.simulator.set_next(["ok", "decline", "decline", "decline", "decline", "timeout"])
    world.agree(60)
    world.live(DAY)
    world.agree(70)
    world.live(9 * DAY)
    note = {"note": "Bank.", "outcome": "paid_another_way"}
    failed = [r.id for r in world.refunds() if r.state == "failed"][-1]
    world.do("A-1", {"type": "record_trace", "refund": failed, **note}, FINANCE)
    world.agree(50)
    world.run()
    assert {r.state for r in world.refunds()} == {"settled", "failed", "unknown"}
    return world._folder / "a.db"


def read(db: sqlite3.Connection, table: str, columns: Sequence[str]) -> Rows:
    names = ", ".join(columns)
    return db.execute(f"SELECT {names} FROM {table} ORDER BY {names}").fetchall()  # noqa: S608


@pytest.fixture(params=["sqlite", "postgresql"])
def older(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, Callable[[], Any], str]]:
    """The URL of an empty database as it was before, a connection to it, and its mark."""
    # The package names its function as the module is called.
    monkeypatch.setattr(sys.modules["amends.store.migrate"], "SCHEMA", BEFORE)
    if request.param == "sqlite":
        path = tmp_path / "older.db"
        migrate(path)
        monkeypatch.undo()
        yield str(path), lambda: sqlite3.connect(path), "?"
        return
    server: Server = request.getfixturevalue("postgres")
    url = server.empty()
    migrate(url)
    monkeypatch.undo()
    yield url, lambda: psycopg.connect(url), "%s"


def test_what_rows_lacked_is_filled_in(
    world: World, older: tuple[str, Callable[[], Any], str]
) -> None:
    url, connect, mark = older
    with closing(sqlite3.connect(lived(world))) as now, closing(connect()) as then:
        for table in ("events", *FILLED):
            cursor = then.execute(f"SELECT * FROM {table}")  # noqa: S608
            columns = [column[0] for column in cursor.description]
            marks = ", ".join([mark] * len(columns))
            then.cursor().executemany(
                f"INSERT INTO {table} VALUES ({marks})",  # noqa: S608
                read(now, table, columns),
            )
        then.commit()
        migrate(url)
        for table, filled in FILLED.items():
            names = ", ".join(filled)
            found = then.execute(f"SELECT {names} FROM {table} ORDER BY {names}").fetchall()  # noqa: S608
            assert [tuple(row) for row in found] == read(now, table, filled)
            assert found
