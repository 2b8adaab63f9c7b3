"""A whole SQLite database, table by table: read at one instant, and filled when it is empty."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from amends.engine.backup import NotEmpty
from amends.store.backup.archive import sync_folder
from amends.store.backup.port import Block, Source, Target, listed
from amends.store.migrate import migrate

_AT_ONCE = 1_000
_PATIENCE_SECONDS = 30.0
_VERSION = "alembic_version"
_TABLES = """SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%'
    ESCAPE '\\' ORDER BY name"""


class SqliteSource:
    """See ``amends.store.backup.port.Source``."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.database = f"SQLite {sqlite3.sqlite_version}"
        names = [name for (name,) in db.execute(_TABLES)]
        (self.schema,) = db.execute(f"SELECT version_num FROM {_VERSION}").fetchone()  # noqa: S608
        self.tables = {name: self._columns(name) for name in names if name != _VERSION}

    def rows(self, table: str) -> Iterator[Block]:
        """Every row, a block at a time."""
        found = self._db.execute(f"SELECT {listed(self.tables[table])} FROM {table}")  # noqa: S608
        while block := found.fetchmany(_AT_ONCE):
            yield block

    def _columns(self, table: str) -> tuple[str, ...]:
        return tuple(name for _, name, *_ in self._db.execute(f"PRAGMA table_info({table})"))


class SqliteTarget:
    """See ``amends.store.backup.port.Target``."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def put(self, table: str, columns: Sequence[str], blocks: Iterable[Block]) -> None:
        """Put rows into a table."""
        marks = ", ".join("?" * len(columns))
        into = f"INSERT INTO {table} ({listed(columns)}) VALUES ({marks})"  # noqa: S608
        for block in blocks:
            self._db.executemany(into, block)


@contextmanager
def sqlite_source(path: Path) -> Iterator[Source]:
    """The database as it stands when the block begins, whoever writes meanwhile."""
    with closing(sqlite3.connect(path, timeout=_PATIENCE_SECONDS, isolation_level=None)) as db:
        db.execute("PRAGMA query_only = ON")
        db.execute("BEGIN")
        yield SqliteSource(db)


@contextmanager
def sqlite_target(path: Path, schema: str) -> Iterator[Target]:
    """A new database of a schema, then brought to this code's: it is there at the end of the block,
    and not at all when that raises. Raises NotEmpty."""
    if path.exists():
        raise NotEmpty(f"there is something at {path} already; name a file that does not exist")
    unfinished = path.with_name(f".{path.name}.part")
    try:
        unfinished.unlink(missing_ok=True)
        migrate(unfinished, schema)
        with closing(sqlite3.connect(unfinished, isolation_level=None)) as db:
            # Nobody needs half of it: it is made to last as a whole, below.
            db.execute("PRAGMA synchronous = OFF")
            db.execute("BEGIN")
            yield SqliteTarget(db)
            db.execute("COMMIT")
        migrate(unfinished)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        # Unlike a rename, a link never replaces what is there.
        path.hardlink_to(unfinished)
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(path.parent)
