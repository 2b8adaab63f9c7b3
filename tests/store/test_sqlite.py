from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from amends.engine.store import SchemaNotCurrent, Store, Write
from amends.kernel.decision import Content
from amends.kernel.record import Column, Row
from amends.store import migrate, open_store, schema_is_current
from amends.store.listing import cursor
from amends.store.schema import SCHEMA
from amends.store.sqlite import SqliteStore
from amends.store.sqlite.rows import read_rows
from amends.store.sqlite.turns import Turns
from amends.store.tables import INTEGERS, TABLES, Listing, Table
from tests.store.contract import StoreContract
from tests.store.given import NOW, Reopen, begin, event, order_row, state

# Of SQLite's write-ahead log, in bytes.
_LOG_HEAD, _FRAME_HEAD = 32, 24


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "record.db"
    migrate(path)
    return path


@pytest.fixture
def reopen(database: Path) -> Iterator[Reopen]:
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


class TestSqlite(StoreContract):
    """The port's contract, on SQLite."""


def test_what_a_url_names(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/deep/er/record.db"
    assert not schema_is_current(url)
    migrate(url)
    assert schema_is_current(url)
    assert schema_is_current(tmp_path / "deep/er/record.db")
    open_store(url).close()
    for bad in ("mysql://db/amends", "sqlite:///:memory:", ""):
        with pytest.raises(ValueError, match="name"):
            open_store(bad)


def test_a_database_that_is_not_current_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with pytest.raises(SchemaNotCurrent, match="amends db migrate"):
        open_store(path)
    assert not path.exists()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE something (x)")
    with pytest.raises(SchemaNotCurrent):
        open_store(path)


def test_migrating_twice_changes_nothing_and_a_newer_schema_is_refused(database: Path) -> None:
    migrate(database)
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        assert db.execute("SELECT version_num FROM alembic_version").fetchall() == [(SCHEMA,)]
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    assert not schema_is_current(database)
    with pytest.raises(Exception, match="9999"):
        migrate(database)


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "half.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("CREATE TABLE read_marks (in_the_way)")
    with pytest.raises(Exception, match="read_marks"):
        migrate(path)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("read_marks",)]


def test_alembic_is_loaded_only_to_migrate_and_no_servers_driver(database: Path) -> None:
    code = (
        "import sys; from amends.store import open_store; open_store(sys.argv[1]).close();"
        "print([m for m in ('alembic', 'sqlalchemy', 'psycopg') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(database)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_the_catalogue_is_the_schema(database: Path, table: Table) -> None:
    with closing(sqlite3.connect(database)) as db:
        columns = db.execute(f"PRAGMA table_info({table.name})").fetchall()
    assert tuple(name for _, name, *_ in columns) == table.columns
    whole = {name for _, name, kind, *_ in columns if kind == "INTEGER"}
    assert whole == INTEGERS & set(table.columns)
    keyed = sorted((place, name) for _, name, _, _, _, place in columns if place)
    assert tuple(name for _, name in keyed) == table.whole_key


@pytest.mark.parametrize(
    ("table", "listing"),
    [(t, listing) for t in TABLES.values() for listing in t.listings],
    ids=lambda x: x.name if isinstance(x, Table) else f"{'+'.join(x.where)}>{x.by}",
)
@pytest.mark.parametrize("way", ["", "-"])
def test_every_list_reads_an_index_and_sorts_nothing(
    database: Path, table: Table, listing: Listing, way: str
) -> None:
    store = SqliteStore(database)
    where = dict.fromkeys(listing.where, "x")
    order_by = way + listing.by
    beyond = cursor(table.name, order_by, beyond_all(table, listing))
    with explained(store) as plans:
        store.views.page(table.name, where, order_by=order_by)
        store.views.page(table.name, where, order_by=order_by, after=beyond)
    store.close()
    first, next_ = plans
    assert "TEMP B-TREE" not in first + next_
    # The first page of everything is read from the index's end, all else is searched in it.
    assert first.startswith("SEARCH" if where else f"SCAN {table.name} USING INDEX")
    assert next_.startswith("SEARCH")


def test_what_accounts_come_to_is_summed_from_an_index_alone(database: Path) -> None:
    store = SqliteStore(database)
    with explained(store) as plans:
        store.views.totals("postings", "amount", ("currency", "account"))
    store.close()
    assert plans == ["SCAN postings USING COVERING INDEX postings_totals"]


def test_a_months_goodwill_is_summed_from_an_index_alone(database: Path) -> None:
    store = SqliteStore(database)
    with explained(store) as plans:
        store.views.totals("goodwill_cases", "amount", ("currency",), {"month": "2026-03"})
    store.close()
    assert plans == ["SEARCH goodwill_cases USING COVERING INDEX goodwill_cases_totals (month=?)"]


def beyond_all(table: Table, listing: Listing) -> list[Column]:
    """A place in a list, whatever it is sorted by."""
    return [7 if column in INTEGERS else "x" for column in table.order_of(listing)]


@contextmanager
def explained(store: SqliteStore) -> Iterator[list[str]]:
    """Collects how the store's reader goes about each query."""
    plans: list[str] = []
    with store.views._connections.reading() as reader:
        pass

    def explain(statement: str) -> None:
        if statement.startswith("SELECT"):
            reader.set_trace_callback(None)
            plan = reader.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
            plans.append(" / ".join(row[3] for row in plan))
            reader.set_trace_callback(explain)

    reader.set_trace_callback(explain)
    yield plans
    reader.set_trace_callback(None)


def test_hot_statements_search_their_index(store: SqliteStore) -> None:
    with explained(store) as plans:
        store.records.load(["A"], [("A", "c", "k")], NOW)
        store.records.events("A")
        store.records.texts([("A", "r")])
        store.records.due(NOW, 9, {7: None})
        store.jobs.take(NOW, 9, NOW, {7})
    assert len(plans) == 8
    # Only the list of keys that came in as JSON, the few outages, and the first endpoint are read
    # without an index to search.
    scanned = {name for plan in plans for name in re.findall(r"SCAN (\w+)", plan)}
    assert scanned == {"json_each", "k", "outages", "webhook_endpoints"}
    assert [plan for plan in plans if "TEMP B-TREE" in plan] == []


def test_lists_whose_columns_did_not_change_are_not_written(
    store: SqliteStore, database: Path
) -> None:
    """An order stands in eight lists; most commands change none of what these are sorted by."""

    def pages_for(version: int, status: str) -> int:
        row = order_row("ann", 1, status)
        assert row.values is not None
        rows = (Row(row.table, row.key, {**row.values, "version": version}),)
        with closing(sqlite3.connect(database)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            store.records.write([Write("A", version - 1, (event(version),), state(version), rows)])
            page = int(db.execute("PRAGMA page_size").fetchone()[0]) + _FRAME_HEAD
            return (Path(f"{database}-wal").stat().st_size - _LOG_HEAD) // page

    new, same, moved = pages_for(1, "open"), pages_for(2, "open"), pages_for(3, "closed")
    lists = len(TABLES["orders"].listings)
    by_status = sum("status" in listing.where for listing in TABLES["orders"].listings)
    assert new - same >= lists
    assert moved - same == by_status


def test_commits_are_durable_and_the_log_is_written_ahead(store: SqliteStore) -> None:
    with store.records._connections.writing() as db:
        assert db.execute("PRAGMA synchronous").fetchone() == (2,)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_what_may_lose_a_commit_is_told(store: SqliteStore) -> None:
    writer = store.records._connections._writer
    writer.execute("PRAGMA synchronous = NORMAL")
    (warning,) = store.upkeep.durability().warnings
    assert "a power cut loses acknowledged commits" in warning
    writer.execute("PRAGMA journal_mode = DELETE")
    assert any("journal_mode is delete" in text for text in store.upkeep.durability().warnings)


def test_no_text_and_no_erased_key_lies_on_the_disk(store: Store, database: Path) -> None:
    begin(store, "A", Content("r", "ann", "what nobody else may read"))
    with closing(sqlite3.connect(database)) as db:
        ((key,),) = db.execute("SELECT secret FROM person_keys").fetchall()

    def on_disk(secret: bytes) -> bool:
        return any(secret in path.read_bytes() for path in database.parent.iterdir())

    assert on_disk(key)
    assert not on_disk(b"what nobody else may read")
    store.records.erase("ann")
    assert not on_disk(key)


def test_a_text_that_was_exchanged_is_found_out(store: Store, database: Path) -> None:
    begin(store, "A", Content("r1", "ann", "yes"), Content("r2", "ann", "no"))
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute(
            "UPDATE contents SET sealed = (SELECT sealed FROM contents WHERE ref = 'r2')"
            " WHERE ref = 'r1'"
        )
    with pytest.raises(ValueError, match="r1 of order A"):
        store.records.texts([("A", "r1")])


def test_a_store_closed_while_it_is_read_lets_the_reader_finish(store: SqliteStore) -> None:
    begin(store, "A")
    with store.records._connections.reading() as db:
        store.close()
        assert read_rows(db, "A") == ()
    with pytest.raises(sqlite3.ProgrammingError):
        db.execute("SELECT 1")


def test_a_writer_that_failed_lets_the_next_one_write(store: SqliteStore) -> None:
    connections = store.records._connections

    def fail() -> None:
        with connections.writing() as db:
            db.execute("INSERT INTO meta VALUES ('a', 'b')")
            db.execute("SELECT no_such_column FROM meta")

    with pytest.raises(sqlite3.OperationalError):
        fail()
    assert store.meta.get("a") is None
    assert store.records.write([Write("A", 0, (event(1),), state(1, NOW))]) == frozenset()


def test_whoever_waits_for_a_turn_has_it_as_soon_as_it_is_free(database: Path) -> None:
    one, two = Turns(database, 30), Turns(database, 30)
    had: list[float] = []

    def take() -> None:
        with two.mine():
            had.append(time.monotonic())

    with one.mine():
        waiting = threading.Thread(target=take)
        waiting.start()
        waiting.join(0.3)
        assert had == []
        freed = time.monotonic()
    waiting.join()
    assert freed <= had[0] < freed + 1
    one.close()
    two.close()


def test_who_waits_for_a_turn_too_long_goes_on(database: Path) -> None:
    store, hanging = SqliteStore(database), Turns(database, 1)
    quick = Turns(database, 0.1)
    with hanging.mine():
        began = time.monotonic()
        with quick.mine():
            assert 0.1 <= time.monotonic() - began < 1
    # Who gave up does not hold the line once it is there.
    time.sleep(0.2)
    with quick.mine():
        pass
    with hanging.mine():
        quick.close()
    hanging.close()
    store.meta.put("still", "works")
    store.close()
