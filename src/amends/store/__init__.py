"""Where the record is kept: SQLite in one file, behind the port in ``amends.engine.store``."""

from __future__ import annotations

from pathlib import Path

from amends.engine.store import SchemaNotCurrent, Store
from amends.store.migrate import database_path, migrate, schema_is_current
from amends.store.sqlite import SqliteStore

__all__ = ["migrate", "open_store", "schema_is_current"]


def open_store(url: str | Path) -> Store:
    """Open the database a URL or path names, for as many threads as like.

    Raises SchemaNotCurrent when it must be migrated first, and ValueError when the URL's kind is
    not known.
    """
    if not schema_is_current(url):
        raise SchemaNotCurrent(
            "the database does not have the schema this version needs; run: amends db migrate"
        )
    return SqliteStore(database_path(url))
