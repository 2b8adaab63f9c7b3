"""A whole database on a server, table by table: read at one instant, and filled when it is
empty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from amends.engine.backup import NotEmpty
from amends.engine.store import Unavailable
from amends.store.backup.port import Block, Source, Target, listed
from amends.store.migrate import migrate
from amends.store.postgres.connections import Connection, connect
from amends.store.urls import Target as Server
from amends.store.urls import database_name, target_of

_AT_ONCE = 1_000
_VERSION = "alembic_version"
_COLUMNS = """SELECT c.relname, a.attname FROM pg_class AS c
    JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
    AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY c.relname, a.attnum"""
# A large table takes longer than any command may.
_NO_LIMITS = """SELECT set_config('statement_timeout', '0', true),
    set_config('idle_in_transaction_session_timeout', '0', true)"""


class PostgresSource:
    """See ``amends.store.backup.port.Source``."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        version = db.info.server_version
        self.database = f"PostgreSQL {version // 10000}.{version % 10000}"
        self.tables = _tables(db)
        del self.tables[_VERSION]
        ((self.schema,),) = db.execute(f"SELECT version_num FROM {_VERSION}").fetchall()  # noqa: S608

    def rows(self, table: str) -> Iterator[Block]:
        """Every row, a block at a time."""
        with self._db.cursor(f"all_{table}", binary=True) as found:
            found.execute(f"SELECT {listed(self.tables[table])} FROM {table}")  # noqa: S608
            while block := found.fetchmany(_AT_ONCE):
                yield block


class PostgresTarget:
    """See ``amends.store.backup.port.Target``."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def put(self, table: str, columns: Sequence[str], blocks: Iterable[Block]) -> None:
        """Put rows into a table."""
        into = f"COPY {table} ({listed(columns)}) FROM STDIN"
        with self._db.cursor() as cursor, cursor.copy(into) as copy:
            for block in blocks:
                for row in block:
                    copy.write_row(row)


@contextmanager
def postgres_source(server: Server) -> Iterator[Source]:
    """The database as it stands when the block begins, whoever writes meanwhile."""
    with _connected(server) as db:
        db.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        db.execute(_NO_LIMITS)
        yield PostgresSource(db)


@contextmanager
def postgres_target(url: str | Path, schema: str) -> Iterator[Target]:
    """The database, without a table so far, in a schema, then brought to this code's.

    The rows are there at the end of the block, and none when that raises. Raises NotEmpty.
    """
    with _connected(target_of(url)) as db:
        if _tables(db):
            raise NotEmpty(
                f"there are tables in {database_name(url)} already; make a new database for it"
            )
        migrate(url, schema)
        db.execute("BEGIN")
        db.execute(_NO_LIMITS)
        yield PostgresTarget(db)
        db.execute("COMMIT")
    migrate(url)


@contextmanager
def _connected(server: Server) -> Iterator[Connection]:
    try:
        with closing(connect(server)) as db:
            yield db
    except psycopg.OperationalError as error:
        raise Unavailable(f"the connection to the database was lost: {error}") from error


def _tables(db: Connection) -> dict[str, tuple[str, ...]]:
    tables: dict[str, tuple[str, ...]] = {}
    for table, column in db.execute(_COLUMNS).fetchall():
        tables[table] = (*tables.get(table, ()), column)
    return tables
