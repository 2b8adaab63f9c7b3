from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from amends.engine.store import Unavailable, Write
from amends.store import open_store
from amends.store.postgres import PostgresStore, connections
from amends.store.urls import Target
from tests.postgres_server import Server
from tests.store.given import NOW, answer, begin, event, state
from tests.store.lossy import Lossy, Said


@pytest.fixture
def database(postgres: Server) -> Iterator[str]:
    with postgres.database() as url:
        yield url


@pytest.fixture
def way(database: str) -> Iterator[Lossy]:
    with tempfile.TemporaryDirectory(prefix="amends-") as folder:
        lossy = Lossy(database, Path(folder))
        yield lossy
        lossy.close()


@pytest.fixture
def store(way: Lossy, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresStore]:
    monkeypatch.setattr(connections, "_PATIENCE_SECONDS", 2.0)
    # Unprepared, so that each COMMIT is spelt out; and with one connection, which then is the one
    # that breaks.
    opened = PostgresStore(Target(way.conninfo, 1, prepare=False))
    begin(opened, "A")
    begin(opened, "B")
    yield opened
    opened.close()


@pytest.mark.parametrize("said", ["asked", "answered"])
def test_a_commit_whose_answer_is_lost_is_found_or_made_again(
    way: Lossy, store: PostgresStore, said: Said
) -> None:
    way.breaks = said
    batch = [Write(o, 1, (event(2),), state(2), answers=(answer("k", 2),)) for o in ("A", "B")]
    assert store.records.write(batch) == frozenset()
    assert way.breaks == ""
    for order in ("A", "B"):
        assert [e.command_id for e in store.records.events(order)] == ["c1", "c2"]


@pytest.mark.parametrize("said", ["asked", "answered"])
def test_so_is_one_that_only_keeps_a_refusal(way: Lossy, store: PostgresStore, said: Said) -> None:
    way.breaks = said
    refused = answer("k", 1, b"{}")
    assert store.records.write([Write("A", 1, answers=(refused,))]) == frozenset()
    assert way.breaks == ""
    key = ("A", "buyer/ann", "k")
    assert store.records.load((), [key], NOW).answers == {key: refused}


def test_what_others_recorded_meanwhile_is_not_taken_for_ones_own(
    way: Lossy, store: PostgresStore, database: str
) -> None:
    other = open_store(database)
    way.breaks = "asked"
    lost = store.records._write

    def overtaken(writes: object) -> None:
        try:
            lost(writes)  # type: ignore[arg-type]
        finally:
            if not store.records.events("A", 1):
                other.records.write([Write("A", 1, (replace(event(2), command_id="x"),), state(2))])

    store.records._write = overtaken  # type: ignore[method-assign]
    batch = [Write(order, 1, (event(2),), state(2)) for order in ("A", "B")]
    assert store.records.write(batch) == {"A"}
    assert [e.command_id for e in store.records.events("A")] == ["c1", "x"]
    assert [e.command_id for e in store.records.events("B")] == ["c1", "c2"]
    other.close()


def test_what_cannot_be_looked_for_stays_unknown(way: Lossy, store: PostgresStore) -> None:
    way.breaks = "answered"
    way.close()
    with pytest.raises(Unavailable):
        store.records.write([Write("A", 1, (event(2),), state(2))])
