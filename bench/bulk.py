"""Many rows into an empty, migrated database by the bare driver, its indexes made afterwards."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing

import psycopg
from psycopg import sql

from amends.store.migrate import database_path
from amends.store.urls import is_postgres, target_of
from bench.copying import Rows

_CACHE = -512 * 1024  # negative: KiB
_INDEXES = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
_PG_INDEXES = """SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND indexname NOT IN (SELECT conname FROM pg_constraint)"""


def load(url: str, chunks: Iterable[Rows]) -> None:
    """Put all of it in. A database that was being loaded when this ended early is of no use."""
    (_into_server if is_postgres(url) else _into_file)(url, chunks)


def _into_file(url: str, chunks: Iterable[Rows]) -> None:
    with closing(sqlite3.connect(database_path(url), isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = OFF").fetchall()
        db.execute("PRAGMA synchronous = OFF")
        db.execute(f"PRAGMA cache_size = {_CACHE}")
        indexes = db.execute(_INDEXES).fetchall()
        for name, _ in indexes:
            db.execute(f"DROP INDEX {name}")
        db.execute("BEGIN")
        for rows in chunks:
            for table, values in rows.items():
                if values:
                    marks = ", ".join("?" * len(values[0]))
                    db.executemany(f"INSERT INTO {table} VALUES ({marks})", values)  # noqa: S608
        db.execute("COMMIT")
        for _, statement in indexes:
            db.execute(statement)
        # As the product leaves a database, all of it on the disk.
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA journal_mode = WAL").fetchall()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _into_server(url: str, chunks: Iterable[Rows]) -> None:
    with psycopg.connect(target_of(url).conninfo, autocommit=True) as db:
        db.execute("SET synchronous_commit = off")
        db.execute("SET maintenance_work_mem = '512MB'")
        indexes = db.execute(_PG_INDEXES).fetchall()
        for name, _ in indexes:
            db.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        for rows in chunks:
            with db.transaction():
                for table, values in rows.items():
                    _copy(db, table, values)
        for _, statement in indexes:
            db.execute(statement)
        db.execute("VACUUM (ANALYZE)")
        db.execute("SET synchronous_commit = on")
        db.execute("CHECKPOINT")


def _copy(db: psycopg.Connection, table: str, values: list[tuple[object, ...]]) -> None:
    if not values:
        return
    name = sql.Identifier(table)
    columns = db.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(name)).description or ()
    put = sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(name)
    with db.cursor().copy(put) as copy:
        copy.set_types([column.type_code for column in columns])
        for row in values:
            copy.write_row(row)
