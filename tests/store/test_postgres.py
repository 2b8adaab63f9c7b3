from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
import pytest

from amends.engine.store import NotWritten, SchemaNotCurrent, Store, Unavailable, Write
from amends.kernel.decision import Content
from amends.store import migrate, open_store, schema_is_current
from amends.store.listing import cursor
from amends.store.postgres import PostgresStore, connections
from amends.store.schema import SCHEMA
from amends.store.tables import INTEGERS, TABLES, Listing, Table
from amends.store.urls import Target, is_postgres, target_of
from tests.postgres_server import Cluster, Server
from tests.store.contract import StoreContract
from tests.store.given import NOW, Reopen, answer, begin, dispute_row, event, order_row, state

T = TypeVar("T")


@pytest.fixture
def database(postgres: Server) -> Iterator[str]:
    with postgres.database() as url:
        yield url


@pytest.fixture
def reopen(database: str) -> Iterator[Reopen]:
    opened: list[Store] = []

    def another() -> Store:
        opened.append(open_store(database))
        return opened[-1]

    yield another
    for store in opened:
        store.close()


@pytest.fixture
def store(reopen: Reopen) -> Store:
    return reopen()


@pytest.fixture
def raw(database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


def told(url: str, parameters: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{parameters}"


class TestPostgres(StoreContract):
    """The port's contract, on PostgreSQL."""


class TestUnprepared(StoreContract):
    """The same when nothing is prepared on the server, and with a single connection."""

    @pytest.fixture
    def database(self, postgres: Server) -> Iterator[str]:
        with postgres.database() as url:
            yield told(url, "prepare=no&pool=1")


def test_what_a_url_says() -> None:
    plain = target_of("postgresql://ann:secret@db:5433/amends?sslmode=require")
    assert plain == Target("postgresql://ann:secret@db:5433/amends?sslmode=require", 8, True)
    told = target_of("postgres://db/amends?pool=20&options=-c%20a%3Db&prepare=no")
    assert told == Target("postgres://db/amends?options=-c%20a%3Db", 20, False)
    for bad in ("pool=0", "pool=many", "pool=1001", "prepare=maybe", "prepare="):
        with pytest.raises(ValueError, match="say"):
            target_of(f"postgresql://db/amends?{bad}")
    assert is_postgres("postgres://db/amends")
    assert not is_postgres("var/postgresql.db")


def test_a_server_that_is_not_there_is_said_to_be_unavailable_without_its_password() -> None:
    with pytest.raises(Unavailable) as raised:
        open_store("postgresql://ann:secret@127.0.0.1:1/amends")
    assert "secret" not in str(raised.value)


def test_a_database_that_is_not_current_is_not_opened(postgres: Server) -> None:
    url = postgres.empty()
    assert not schema_is_current(url)
    with pytest.raises(SchemaNotCurrent, match="amends db migrate"):
        open_store(url)
    migrate(url)
    assert schema_is_current(url)
    with psycopg.connect(url) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    assert not schema_is_current(url)
    with pytest.raises(Exception, match="9999"):
        migrate(url)


def test_two_that_start_together_migrate_once(postgres: Server) -> None:
    url = postgres.empty()
    code = "import sys; from amends.store import migrate; migrate(sys.argv[1])"
    processes = [subprocess.Popen([sys.executable, "-c", code, url]) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    with psycopg.connect(url) as db:
        assert db.execute("SELECT version_num FROM alembic_version").fetchall() == [(SCHEMA,)]


def test_a_migration_that_fails_leaves_nothing(postgres: Server) -> None:
    url = postgres.empty()
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("CREATE TABLE read_marks (in_the_way int)")
        with pytest.raises(Exception, match="read_marks"):
            migrate(url)
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        assert db.execute(tables).fetchall() == [("read_marks",)]


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_the_catalogue_is_the_schema(raw: psycopg.Connection[Any], table: Table) -> None:
    columns = raw.execute(
        "SELECT column_name, data_type, collation_name FROM information_schema.columns"
        " WHERE table_name = %s ORDER BY ordinal_position",
        (table.name,),
    ).fetchall()
    assert tuple(name for name, *_ in columns) == table.columns
    # Text is compared by its bytes, whatever the database's own collation is.
    assert {name: (kind, collation) for name, kind, collation in columns} == {
        name: ("bigint", None) if name in INTEGERS else ("text", "C") for name in table.columns
    }
    key = raw.execute(
        "SELECT a.attname FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k (number, place)"
        " JOIN pg_attribute a ON a.attnum = k.number"
        " WHERE i.indrelid = %s::regclass AND i.indisprimary AND a.attrelid = i.indrelid"
        " ORDER BY k.place",
        (table.name,),
    ).fetchall()
    assert tuple(name for (name,) in key) == table.whole_key


@contextmanager
def explained(raw: psycopg.Connection[Any], asked: list[tuple[str, Any]]) -> Iterator[list[str]]:
    """The plans of statements when reading all of a table, or sorting, is the last resort."""
    raw.execute("SET enable_seqscan = off")
    raw.execute("SET enable_bitmapscan = off")
    # In an empty table sorting costs nothing, and any index would do.
    raw.execute("SET enable_sort = off")
    raw.execute("SET enable_incremental_sort = off")
    plans = []
    for statement, values in asked:
        found = raw.execute(f"EXPLAIN {statement}", values).fetchall()
        plans.append(" / ".join(line for (line,) in found))
    yield plans


class Overheard:
    """Collects what a store asks, in place of its own ``look``."""

    def __init__(self, store: Store) -> None:
        assert isinstance(store, PostgresStore)
        self.asked: list[tuple[str, Any]] = []
        look = store.records._connections.look

        def listening(*questions: tuple[str, Any]) -> list[list[tuple[Any, ...]]]:
            self.asked += questions
            return look(*questions)

        store.records._connections.look = listening  # type: ignore[method-assign]


def test_every_list_reads_an_index_and_sorts_nothing(
    store: Store, raw: psycopg.Connection[Any]
) -> None:
    def somewhere(table: Table, listing: Listing) -> list[Any]:
        return [7 if column in INTEGERS else "x" for column in table.order_of(listing)]

    overheard = Overheard(store)
    for table in TABLES.values():
        for listing in table.listings:
            for way in ("", "-"):
                order_by = way + listing.by
                beyond = cursor(table.name, order_by, somewhere(table, listing))
                for where in (dict.fromkeys(listing.where, "x"), dict.fromkeys(listing.where)):
                    store.views.page(table.name, where, order_by=order_by)
                    store.views.page(table.name, where, order_by=order_by, after=beyond)
    with explained(raw, overheard.asked) as plans:
        assert len(plans) == 8 * sum(len(t.listings) for t in TABLES.values())
        for (statement, _), plan in zip(overheard.asked, plans, strict=True):
            if "One-Time Filter: false" in plan:
                continue  # newer servers see that no row can be without this column
            assert "Sort" not in plan, statement
            assert "Index" in plan, statement


def test_hot_statements_search_their_index_by_one_order(
    store: Store, raw: psycopg.Connection[Any]
) -> None:
    begin(store, "A", Content("r", "ann", "text"), due=NOW)
    overheard = Overheard(store)
    store.records.load(["A"], [("A", "c", "k")], NOW, ["ann"])
    store.records.events("A")
    store.records.texts([("A", "r")])
    store.records.due(NOW, 9, {7: None})
    store.records.next_due()
    store.jobs.take(NOW, 9, NOW)
    store.jobs.next_run()
    store.views.totals("goodwill_cases", "amount", ("currency",), {"month": "2026-03"})
    with explained(raw, overheard.asked) as plans:
        for plan in plans:
            # The few outages, and the key of a person who may have been erased, come beside.
            read = re.findall(r"Seq Scan on (\w+)", plan)
            assert set(read) <= {"outages", "person_keys"}, plan
            # Only the few jobs at the head of each slot are sorted.
            assert set(re.findall(r"Sort Key: (\S+)", plan)) <= {"jobs.run_at"}


def test_commits_are_durable_though_the_database_says_otherwise(
    database: str, raw: psycopg.Connection[Any]
) -> None:
    name = raw.info.dbname
    raw.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    try:
        store = open_store(database)
        assert isinstance(store, PostgresStore)
        with store.records._connections.writing() as db:
            row = db.execute("SELECT current_setting('synchronous_commit')").fetchone()
        assert row == ("on",)
        (warning,) = store.upkeep.durability().warnings
        assert "synchronous_commit" in warning
        store.close()
    finally:
        raw.execute(f'ALTER DATABASE "{name}" RESET synchronous_commit')


def test_what_may_lose_a_commit_is_told(store: Store, raw: psycopg.Connection[Any]) -> None:
    found = store.upkeep.durability()
    assert found.database.startswith("PostgreSQL ")
    assert found.settings["fsync"] == "on"
    assert found.warnings == ()
    raw.execute("ALTER TABLE jobs SET UNLOGGED")
    try:
        (warning,) = store.upkeep.durability().warnings
        assert "unlogged tables: jobs" in warning
    finally:
        raw.execute("ALTER TABLE jobs SET LOGGED")


def test_nothing_outlives_a_transaction(store: Store) -> None:
    assert isinstance(store, PostgresStore)
    pool = store.records._connections
    with pool.writing() as db:
        limits = db.execute("SELECT current_setting('lock_timeout')").fetchone()
    assert limits == ("5s",)
    with pool.borrowed() as db:
        left = db.execute("SELECT current_setting('lock_timeout')").fetchone()
    assert left == ("0",)


def test_a_text_that_was_exchanged_is_found_out(store: Store, raw: psycopg.Connection[Any]) -> None:
    begin(store, "A", Content("r1", "ann", "yes"), Content("r2", "ann", "no"))
    raw.execute(
        "UPDATE contents SET sealed = (SELECT sealed FROM contents WHERE ref = 'r2')"
        " WHERE ref = 'r1'"
    )
    with pytest.raises(ValueError, match="r1 of order A"):
        store.records.texts([("A", "r1")])


def test_two_first_texts_of_one_person_at_once_share_a_key(store: Store, reopen: Reopen) -> None:
    stores = [store, reopen()]
    for n in range(10):
        barrier = threading.Barrier(2)

        def write(me: int, n: int = n, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            begin(stores[me], f"{n}.{me}", Content("r", f"person {n}", f"of {me}"))

        threads = [threading.Thread(target=write, args=(me,)) for me in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wanted = [(f"{n}.{me}", "r") for me in range(2)]
        assert store.records.texts(wanted) == {wanted[0]: "of 0", wanted[1]: "of 1"}


def test_batches_of_the_same_orders_the_other_way_round_do_not_wait_for_each_other(
    store: Store, reopen: Reopen
) -> None:
    orders = [f"O{i}" for i in range(20)]
    for order in orders:
        begin(store, order)
    done: list[frozenset[str]] = []

    def work(mine: Store, names: list[str]) -> None:
        for version in range(1, 16):
            after = version + 1
            writes = [Write(o, version, (event(after),), state(after)) for o in names]
            done.append(mine.records.write(writes))
            # Whoever was overtaken finds the version it hoped to write.
            assert mine.records.load(orders, [], NOW).states[names[0]].version >= after

    began = time.monotonic()
    threads = [
        threading.Thread(target=work, args=(store, orders)),
        threading.Thread(target=work, args=(reopen(), orders[::-1])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 30
    # Each version of each order was written by one of the two.
    assert sum(len(orders) - len(clashed) for clashed in done) == 20 * 15
    assert time.monotonic() - began < 20


def test_an_order_that_is_gone_on_cannot_be_answered_for(store: Store) -> None:
    begin(store, "A")
    behind = Write("A", 0, answers=(answer("k1", 0, b"{}"),))
    ahead = Write("A", 2, answers=(answer("k2", 2, b"{}"),))
    right = Write("A", 1, answers=(answer("k3", 1, b"{}"),))
    assert store.records.write([behind]) == {"A"}
    assert store.records.write([ahead]) == {"A"}
    assert store.records.write([right]) == frozenset()


def test_a_state_whose_chain_is_not_the_one_that_was_read_is_not_written(store: Store) -> None:
    begin(store, "A")
    other = Write("A", 1, (event(2),), state(2), head=bytes(32))
    with pytest.raises(NotWritten):
        store.records.write([other])
    assert [e.number for e in store.records.events("A")] == [1]


def test_a_row_of_every_table_goes_where_it_came_from(store: Store) -> None:
    rows = (order_row("ann", 1), dispute_row("D1", 5))
    store.records.write([Write("A", 0, (event(1),), state(1), rows)])
    assert store.upkeep.snapshot("A").rows == rows


def test_more_than_the_pool_holds_wait_their_turn(database: str) -> None:
    store = open_store(told(database, "pool=2"))
    try:
        threads = [threading.Thread(target=lambda i=i: begin(store, f"O{i}")) for i in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(store.upkeep.orders()) == 12
    finally:
        store.close()


def test_a_server_that_was_started_anew_is_found_again(
    own_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_PATIENCE_SECONDS", 0.5)
    migrate(own_cluster.url)
    store = open_store(own_cluster.url)
    begin(store, "A")
    own_cluster.crash()
    with pytest.raises(Unavailable):
        store.records.write([Write("A", 1, (event(2),), state(2))])
    with pytest.raises(Unavailable, match="within"):
        store.records.events("A")
    own_cluster.start()
    assert [e.number for e in within_seconds(lambda: store.records.events("A"))] == [1]
    store.close()


def within_seconds(read: Callable[[], T]) -> T:
    """What is read as soon as the pool has tried again; it waits longer each time."""
    until = time.monotonic() + 30
    while True:
        try:
            return read()
        except Unavailable:
            assert time.monotonic() < until
