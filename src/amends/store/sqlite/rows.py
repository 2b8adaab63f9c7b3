"""Rows of projections on SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from amends.kernel.record import Row
from amends.store.rows import changes, row_statements, rows_from
from amends.store.tables import TABLES

_STATEMENTS = row_statements("?")


def write_rows(db: sqlite3.Connection, rows: Iterable[tuple[str, Row]]) -> None:
    """Put rows, or take them away, each for its order. Raises ValueError as ``changes`` does."""
    changed = changes(rows)
    for name, values in changed.put.items():
        db.executemany(_STATEMENTS.upsert[name], values)
    for name, values in changed.gone.items():
        db.executemany(_STATEMENTS.delete[name], values)


def read_rows(db: sqlite3.Connection, order: str) -> tuple[Row, ...]:
    """Every row of one order, by table and key."""
    return tuple(
        row
        for name, table in TABLES.items()
        for row in rows_from(table, db.execute(_STATEMENTS.select[name], (order,)))
    )


def clear_rows(db: sqlite3.Connection, order: str) -> None:
    """Take away every row of one order."""
    for statement in _STATEMENTS.clear.values():
        db.execute(statement, (order,))
