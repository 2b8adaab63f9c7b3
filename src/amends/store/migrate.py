"""Bring a database to the schema this code needs.

Alembic is imported only when that is asked for: it takes longer to load than all the rest. So is
PostgreSQL's driver, which those who keep the record in a file do without.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from amends.store.schema import SCHEMA
from amends.store.urls import is_postgres, target_of

if TYPE_CHECKING:
    from sqlalchemy import Engine

_VERSION = "SELECT version_num FROM alembic_version"
# Any number will do, as long as nothing else of ours takes the same.
_ONE_AT_A_TIME = 7_221_853_190


def database_path(url: str | Path) -> Path:
    """The file a URL or plain path names: ``var/amends.db``, ``sqlite:///var/amends.db`` (relative)
    or ``sqlite:////srv/amends.db`` (absolute). Raises ValueError for any other kind of database.
    """
    text = str(url)
    if text.startswith("sqlite:///"):
        text = text.removeprefix("sqlite:///")
    elif "://" in text:
        raise ValueError(
            f"{text.partition('://')[0]}:// does not name a file; name one, as in "
            "sqlite:///var/amends.db, or a server, as in postgresql://host/amends"
        )
    if not text or text == ":memory:":
        raise ValueError("name the database's file: what is kept in memory only is lost at the end")
    return Path(text)


def migrate(url: str | Path, schema: str = SCHEMA) -> None:
    """Bring the database to a schema, the current one unless told, all or nothing; one process at
    a time.

    A file is made if there is none, a database on a server must be there. Raises ValueError for a
    URL of another kind and a server too old, Unavailable when the server is not there, and
    alembic's CommandError when the database was made by a newer version.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "amends.store:migrations")
    engine = _postgres_engine(url) if is_postgres(url) else _sqlite_engine(database_path(url))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, schema)


def database_exists(url: str | Path) -> bool:
    """Whether there is anything to open: a file, or a schema of whatever version on a server.

    Raises ValueError for a URL of another kind, and Unavailable when its server is not there.
    """
    return bool(_postgres_schema(url)) if is_postgres(url) else database_path(url).exists()


def schema_is_current(url: str | Path) -> bool:
    """Whether the database has exactly the schema this code needs.

    Raises ValueError for a URL of another kind, and Unavailable when its server is not there.
    """
    if is_postgres(url):
        return _postgres_schema(url) == [(SCHEMA,)]
    path = database_path(url)
    if not path.is_file():
        return False
    # Not read-only: after a power cut the file may first have to be brought back to what it held.
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection:
        try:
            found = connection.execute(_VERSION).fetchall()
        except sqlite3.OperationalError:
            return False
    return found == [(SCHEMA,)]


def _sqlite_engine(path: Path) -> Engine:
    from sqlalchemy import Connection, create_engine, event
    from sqlalchemy.pool import NullPool

    path.parent.mkdir(parents=True, exist_ok=True)
    # Python's sqlite3 would open no transaction for CREATE TABLE: we begin it ourselves.
    # People's keys are in it: a new one is for nobody else's eyes.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(path, isolation_level=None, timeout=30),
        poolclass=NullPool,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _postgres_engine(url: str | Path) -> Engine:
    import psycopg
    from sqlalchemy import Connection, create_engine, event
    from sqlalchemy.pool import NullPool

    from amends.store.postgres.connections import connect
    from amends.store.postgres.upkeep import OLDEST

    target = target_of(url)
    with connect(target) as db:
        version, encoding = db.info.server_version, db.info.parameter_status("server_encoding")
    if version < OLDEST or encoding != "UTF8":
        raise ValueError(
            f"the server is PostgreSQL {version // 10000} with encoding {encoding}; "
            f"it must be {OLDEST // 10000} or newer, and the database's encoding UTF8"
        )
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(target.conninfo, prepare_threshold=None),
        poolclass=NullPool,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Of two processes that start together, one waits here and then finds nothing left to do.
        connection.exec_driver_sql("SET LOCAL lock_timeout = '5min'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})")

    return engine


def _postgres_schema(url: str | Path) -> list[tuple[object, ...]]:
    from psycopg.errors import UndefinedTable

    from amends.store.postgres.connections import connect

    with connect(target_of(url)) as db:
        try:
            return list(db.execute(_VERSION).fetchall())
        except UndefinedTable:
            return []
