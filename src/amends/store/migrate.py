"""Bring a database to the schema this code needs.

Alembic is imported only when that is asked for: it takes longer to load than all the rest.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from amends.store.schema import SCHEMA


def database_path(url: str | Path) -> Path:
    """The file a URL or plain path names: ``var/amends.db``, ``sqlite:///var/amends.db`` (relative)
    or ``sqlite:////srv/amends.db`` (absolute). Raises ValueError for any other kind of database.
    """
    text = str(url)
    if text.startswith("sqlite:///"):
        text = text.removeprefix("sqlite:///")
    elif "://" in text:
        raise ValueError(
            f"{text.partition('://')[0]}:// is not a kind of database this version opens; "
            "name a file, as in sqlite:///var/amends.db"
        )
    if not text or text == ":memory:":
        raise ValueError("name the database's file: what is kept in memory only is lost at the end")
    return Path(text)


def migrate(url: str | Path) -> None:
    """Make the database if there is none, and bring it to the current schema, all or nothing.

    Raises ValueError for a URL of another kind, and alembic's CommandError when the database was
    made by a newer version.
    """
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import Connection, create_engine, event
    from sqlalchemy.pool import NullPool

    path = database_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Python's sqlite3 would open no transaction for CREATE TABLE: we begin it ourselves.
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(path, isolation_level=None, timeout=30),
        poolclass=NullPool,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    config = Config()
    config.set_main_option("script_location", "amends.store:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, SCHEMA)


def schema_is_current(url: str | Path) -> bool:
    """Whether the database exists and has exactly the schema this code needs."""
    path = database_path(url)
    if not path.is_file():
        return False
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        except sqlite3.OperationalError:
            return False
    return found == [(SCHEMA,)]
