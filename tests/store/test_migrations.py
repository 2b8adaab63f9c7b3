"""Databases that hold something when they are migrated."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from amends.engine.slots import slot_of
from amends.kernel.record import Column
from amends.store import migrate, open_store
from tests.postgres_server import Server
from tests.store.given import NOW

ORDERS = ["A-1", "A-2", "Ä/9", "O'Hara"]
STATE = "INSERT INTO states VALUES ({0}, 1, {1}, 'code', 0, {1})"
JOB = "INSERT INTO jobs VALUES ({0}, 'j', 'mail', 0, '{{}}', 0)"


def check(url: str) -> None:
    """What is due of every order is found in its slot."""
    store = open_store(url)
    for order in ORDERS:
        slot = slot_of(order)
        assert order in [name for _, name in store.records.due(NOW, 9, {slot: None})]
        assert [job.order for job in store.jobs.take(NOW, 9, NOW, {slot})].count(order) == 1
    store.close()


def test_orders_get_their_slots_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    migrate(path, "0002")
    with closing(sqlite3.connect(path)) as db, db:
        for order in ORDERS:
            db.execute(STATE.format("?", "x'00'"), (order,))
            db.execute(JOB.format("?"), (order,))
    migrate(path)
    check(str(path))


def test_orders_get_their_slots_on_a_server(postgres: Server) -> None:
    url = postgres.empty()
    migrate(url, "0002")
    with psycopg.connect(url) as db:
        for order in ORDERS:
            db.execute(STATE.format("%s", r"'\x00'"), (order,))
            db.execute(JOB.format("%s"), (order,))
    migrate(url)
    check(url)


NOTICE = "INSERT INTO notices VALUES ('A-1', {0}, 0, 's1', 'seller', 5, '{1}', 'D1', 9)"


def asked(url: str) -> dict[Column, Column]:
    """Until when each kind of notice asks for something."""
    store = open_store(url)
    found = store.views.page("notices", {"order_id": "A-1"}, order_by="n").rows
    store.close()
    return {row["kind"]: row["due_at"] for row in found}


def test_notices_of_what_is_settled_ask_for_nothing(tmp_path: Path, postgres: Server) -> None:
    path, url = tmp_path / "old.db", postgres.empty()
    migrate(path, "0015")
    migrate(url, "0015")
    kinds = ("offer_made", "offer_accepted", "appeal_decided")
    with closing(sqlite3.connect(path)) as file, file, psycopg.connect(url) as server:
        for n, kind in enumerate(kinds):
            file.execute(NOTICE.format(n, kind))
            server.execute(NOTICE.format(n, kind))
    migrate(path)
    migrate(url)
    for database in (str(path), url):
        assert asked(database) == {"offer_made": 9, "offer_accepted": None, "appeal_decided": None}


KEPT = """INSERT INTO meta VALUES ('packs', '{}'), ('import:marketplace/shop:k:1',
    '{"digest":"d","answer":{"lines":1,"bad":[{"line":1,"why":"Größe"}]}}')"""


def test_what_feeds_were_answered_is_still_known(tmp_path: Path, postgres: Server) -> None:
    path, url = tmp_path / "old.db", postgres.empty()
    migrate(path, "0019")
    migrate(url, "0019")
    with closing(sqlite3.connect(path)) as file, file, psycopg.connect(url) as server:
        file.execute(KEPT)
        server.execute(KEPT)
    for database in (str(path), url):
        migrate(database)
        store = open_store(database)
        kept = store.import_answers.find("marketplace/shop", "k:1")
        assert kept is not None
        assert kept.digest == "d"
        assert json.loads(kept.text) == {"lines": 1, "bad": [{"line": 1, "why": "Größe"}]}
        assert store.meta.get("packs") == "{}"
        assert store.meta.get("import:marketplace/shop:k:1") is None
        # Nobody knows since when it was there: its time begins with the migration.
        assert store.import_answers.forget(datetime.now(UTC) - timedelta(days=1), 9) == 0
        store.close()
