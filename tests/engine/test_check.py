from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest

from amends.engine.check import check, rebuild
from amends.engine.requests import Request
from amends.engine.store import Store
from amends.store.migrate import database_path
from amends.store.urls import is_postgres
from tests.engine.conftest import Toy
from tests.engine.toy import ANN, BOB, DAY, Clock, Counter, Deposit, Open, Pledge, Withdraw


@pytest.fixture(autouse=True)
def lived(engine: Toy, clock: Clock) -> None:
    """Two accounts with texts, deposits, a pledge each, and a bystander's."""
    for order, actor in (("A", ANN), ("B", BOB)):
        engine.handle(
            [
                Request(order, Open(f"note of {order}"), actor),
                Request(order, Deposit(10), actor),
                Request(order, Pledge(1), actor),
                Request(order, Withdraw(4), actor),
            ]
        )


def change(database: str, *statements: str) -> None:
    """Behind everybody's back, with statements as SQLite takes them."""
    with raw(database) as execute:
        for statement in statements:
            assert execute(statement) > 0, statement


@contextmanager
def raw(database: str) -> Iterator[Callable[[str], int]]:
    if is_postgres(database):
        with psycopg.connect(database, autocommit=True) as server:
            yield lambda statement: server.execute(on_postgres(statement)).rowcount
    else:
        path = database_path(database)
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            yield lambda statement: file.execute(statement).rowcount


def on_postgres(statement: str) -> str:
    return statement.replace("x'00'", r"'\x00'")


def test_rows_that_went_are_not_missed(
    engine: Toy, store: Store, domain: Counter, clock: Clock
) -> None:
    clock.advance(9 * DAY)
    engine.expire(["A"])
    assert [row.table for row in store.upkeep.snapshot("A").rows] == ["orders", *["postings"] * 2]
    assert found(store, domain) == []


def found(store: Store, domain: Counter) -> list[tuple[str, str]]:
    return [(difference.order, difference.what) for difference in check(store, domain)]


def test_what_the_engine_wrote_has_no_difference(store: Store, domain: Counter) -> None:
    assert found(store, domain) == []


def test_only_the_orders_named_are_looked_at(store: Store, domain: Counter, database: str) -> None:
    change(database, "UPDATE states SET version = 9")
    assert [difference.order for difference in check(store, domain, ["B"])] == ["B"]


DERIVED = [
    ("UPDATE states SET version = 9", "the state is at version 9, not 4"),
    ("UPDATE states SET state = x'00'", "the state's bytes are not those the events give"),
    ("UPDATE states SET next_due = NULL", "the next instant is None, not 2026-01-02 00:00:00"),
    ("UPDATE states SET head = x'00'", "the chain's end is not the last event's hash"),
    ("DELETE FROM states", "the state is missing"),
    ("UPDATE orders SET captured = 7", "the row of orders: captured is 7, not 6"),
    ("UPDATE disputes SET mediator = 'm'", "(dispute_id pledge): mediator is 'm', not None"),
    ("DELETE FROM orders", "the row of orders is missing"),
    ("DELETE FROM postings", "a row of postings (n 2, i 0) is missing"),
    (
        "INSERT INTO messages SELECT order_id, 1, 1, 'x', 'x', 'x', 'x' FROM orders",
        "a row of messages (n 1) should not be there",
    ),
]


@pytest.mark.parametrize(("statement", "what"), DERIVED)
def test_a_planted_difference_is_found_and_repaired(
    store: Store, domain: Counter, database: str, statement: str, what: str
) -> None:
    where = "" if "WHERE" in statement else " WHERE order_id = 'B'"
    change(database, statement + where)
    differences = found(store, domain)
    assert {order for order, _ in differences} == {"B"}
    assert any(what in text for _, text in differences), differences
    jobs = store.jobs.next_run()
    assert rebuild(store, domain) == 2
    assert found(store, domain) == []
    assert store.jobs.next_run() == jobs


TAMPERED = [
    ("UPDATE events SET body = replace(body, '10', '90') WHERE number = 2", "event 2 is not what"),
    ("UPDATE events SET at = at + 1 WHERE number = 3", "event 3 is not what"),
    ("UPDATE events SET by_person = 'eve' WHERE number = 4", "event 4 is not what"),
    ("UPDATE events SET hash = x'00' WHERE number = 2", "event 3 is not what"),
    ("DELETE FROM events WHERE number = 2", "event 2 is missing"),
    ("DELETE FROM events WHERE number = 4", "events may be missing"),
    ("UPDATE contents SET sealed = x'00' WHERE number = 1", "event 1 is not what"),
    ("DELETE FROM contents WHERE number = 1", "event 1 is not what"),
    ("UPDATE contents SET owner = 'eve' WHERE number = 1", "event 1 is not what"),
    ("UPDATE contents SET number = 8 WHERE number = 1", "with event 8, which does not exist"),
    ('UPDATE events SET body = \'{"type":"No"}\' WHERE number = 2', "cannot be read"),
    ("DELETE FROM events WHERE number = 1", "cannot be replayed: AssertionError"),
]


@pytest.mark.parametrize(("statement", "what"), TAMPERED)
def test_tampering_with_the_record_shows(
    store: Store, domain: Counter, database: str, statement: str, what: str
) -> None:
    change(database, f"{statement} AND order_id = 'A'")
    differences = found(store, domain)
    assert {order for order, _ in differences} == {"A"}
    assert any(what in text for _, text in differences), differences


def test_what_has_no_event_is_found_and_left_to_a_person(
    store: Store, domain: Counter, database: str
) -> None:
    change(database, "DELETE FROM events WHERE order_id = 'A'")
    texts = [text for _, text in found(store, domain)]
    assert "there is a state, but no event" in texts
    assert "the row of orders is there, but no event" in texts
    assert rebuild(store, domain) == 1
    assert len(found(store, domain)) == len(texts)


def test_a_stream_cut_short_is_rebuilt_but_stays_known_by_its_gap(
    store: Store, domain: Counter, database: str
) -> None:
    change(database, "DELETE FROM events WHERE order_id = 'A' AND number = 2")
    assert rebuild(store, domain) == 2
    assert found(store, domain) == [
        ("A", "event 2 is missing; event 3 stands in its place"),
    ]


def test_an_erased_person_leaves_a_record_that_verifies(store: Store, domain: Counter) -> None:
    wanted = ("A", store.upkeep.snapshot("A").sealed[1][0].ref)
    assert store.records.texts([wanted]) == {wanted: "note of A"}
    assert store.records.erase("ann")
    assert store.records.texts([wanted]) == {wanted: None}
    assert found(store, domain) == []
    assert rebuild(store, domain) == 2
    assert found(store, domain) == []


def test_states_of_other_code_are_no_difference(store: Store) -> None:
    newer = Counter("toy-2")
    assert found(store, newer) == []
    assert rebuild(store, newer) == 2
    assert store.upkeep.snapshot("A").state.code == "toy-2"  # type: ignore[union-attr]


def test_rebuilding_yields_to_who_writes_meanwhile(
    store: Store, domain: Counter, engine: Toy
) -> None:
    class Interrupted(Counter):
        once = True

        def encode_state(self, state):  # type: ignore[no-untyped-def]
            if self.once:
                self.once = False
                engine.handle_one(Request("A", Deposit(1), ANN))
            return super().encode_state(state)

    assert rebuild(store, Interrupted()) == 2
    assert store.upkeep.snapshot("A").state.version == 5  # type: ignore[union-attr]
    assert found(store, domain) == []
