"""Where the record is kept: in one file by SQLite, or by a PostgreSQL server, behind the port in
``amends.engine.store``."""

from __future__ import annotations

from pathlib import Path

from amends.engine.store import SchemaNotCurrent, Store
from amends.store.migrate import database_path, migrate, schema_is_current
from amends.store.sqlite import SqliteStore
from amends.store.urls import is_postgres, target_of

__all__ = ["migrate", "open_store", "schema_is_current"]


def open_store(url: str | Path, *, synced: bool = True) -> Store:
    """Open the database a URL or path names, for as many threads as like.

    ``postgresql://`` names a server's, as ``amends.store.urls`` says, all else a file, of which
    ``synced`` False gives up the durability.
    Raises SchemaNotCurrent when it must be migrated first, Unavailable when its server is not
    there, and ValueError when the URL's kind is not known.
    """
    if not schema_is_current(url):
        raise SchemaNotCurrent(
            "the database does not have the schema this version needs; run: amends db migrate"
        )
    if is_postgres(url):
        # Those who keep the record in a file need not load the driver.
        from amends.store.postgres import PostgresStore  # noqa: PLC0415

        return PostgresStore(target_of(url))
    return SqliteStore(database_path(url), synced=synced)
