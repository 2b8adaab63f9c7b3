"""Rows of projections on SQLite."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache

import msgspec

from amends.kernel.record import Row
from amends.store.rows import Values, changes, row_statements, rows_from
from amends.store.tables import TABLES, Table

_STATEMENTS = row_statements("?")


def write_rows(db: sqlite3.Connection, rows: Iterable[tuple[str, Row]]) -> None:
    """Put rows, or take them away, each for its order. Raises ValueError as ``changes`` does."""
    changed = changes(rows)
    for name, values in changed.put.items():
        table = TABLES[name]
        new = values if table.once else _changed(db, table, values)
        db.executemany(_STATEMENTS.upsert[name], new)
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


def _changed(db: sqlite3.Connection, table: Table, rows: Sequence[Values]) -> list[Values]:
    """Change what is different in rows that are there, and return those that are not.

    A column that is set is taken out of its indexes and put in again, also when it was set to what
    it was, and an order stands in eight of them: setting only what changed halves what is written.
    """
    key = len(table.whole_key)
    there = {
        found[:key]: found
        for found in db.execute(_there(table), (as_json(row[:key] for row in rows),))
    }
    new: list[Values] = []
    updates: dict[tuple[int, ...], list[Values]] = defaultdict(list)
    for row in rows:
        old = there.get(row[:key])
        if old is None:
            new.append(row)
        elif differs := tuple(i for i in range(key, len(row)) if row[i] != old[i]):
            updates[differs].append((*(row[i] for i in differs), *row[:key]))
    for places, values in updates.items():
        db.executemany(_update(table, places), values)
    return new


@cache
def _there(table: Table) -> str:
    keyed = " AND ".join(
        f"t.{column} = json_extract(k.value, '$[{i}]')" for i, column in enumerate(table.whole_key)
    )
    columns = ", ".join(f"t.{column}" for column in table.columns)
    return (
        f"SELECT {columns} FROM json_each(?) AS k"  # noqa: S608
        f" CROSS JOIN {table.name} AS t ON {keyed}"
    )


@cache
def _update(table: Table, places: tuple[int, ...]) -> str:
    sets = ", ".join(f"{table.columns[i]} = ?" for i in places)
    keyed = " AND ".join(f"{column} = ?" for column in table.whole_key)
    return f"UPDATE {table.name} SET {sets} WHERE {keyed}"  # noqa: S608


def as_json(values: Iterable[object]) -> str:
    """A list of keys as one parameter, so that a statement's text does not depend on how many there
    are and stays prepared."""
    return msgspec.json.encode(list(values)).decode()
