"""Rows of projections, written and read by what ``amends.store.tables`` says of them."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable

from amends.kernel.record import Column, Row
from amends.store.tables import TABLES, Table

Values = tuple[Column, ...]


def _upsert(table: Table) -> str:
    values = ", ".join("?" * len(table.columns))
    changes = ", ".join(f"{c} = excluded.{c}" for c in table.values)
    return (
        f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({values})"  # noqa: S608
        f" ON CONFLICT ({', '.join(table.whole_key)}) DO UPDATE SET {changes}"
    )


def _delete(table: Table) -> str:
    keyed = " AND ".join(f"{c} = ?" for c in table.whole_key)
    return f"DELETE FROM {table.name} WHERE {keyed}"  # noqa: S608


def _select(table: Table) -> str:
    return (
        f"SELECT {', '.join(table.columns)} FROM {table.name} WHERE order_id = ?"  # noqa: S608
        f" ORDER BY {', '.join(table.whole_key)}"
    )


# Table and column names come from our own catalogue, never from outside.
_UPSERT = {name: _upsert(table) for name, table in TABLES.items()}
_DELETE = {name: _delete(table) for name, table in TABLES.items()}
_SELECT = {name: _select(table) for name, table in TABLES.items()}
_CLEAR = {name: f"DELETE FROM {name} WHERE order_id = ?" for name in TABLES}  # noqa: S608


def write_rows(db: sqlite3.Connection, rows: Iterable[tuple[str, Row]]) -> None:
    """Put rows, or take them away, each for its order.

    Raises ValueError for a table or column that does not exist and for a key that is not whole.
    """
    put: dict[str, list[Values]] = defaultdict(list)
    gone: dict[str, list[Values]] = defaultdict(list)
    for order, row in rows:
        table = TABLES.get(row.table)
        if table is None:
            raise ValueError(f"there is no projection called {row.table}")
        if row.key.keys() != set(table.key):
            raise ValueError(f"a row of {table.name} is keyed by {', '.join(table.key)}")
        key = (order, *(row.key[c] for c in table.key))
        if row.values is None:
            gone[table.name].append(key)
            continue
        unknown = row.values.keys() - set(table.values)
        if unknown:
            raise ValueError(f"{table.name} has no column {', '.join(sorted(unknown))}")
        put[table.name].append((*key, *(row.values.get(c) for c in table.values)))
    for name, values in put.items():
        db.executemany(_UPSERT[name], values)
    for name, values in gone.items():
        db.executemany(_DELETE[name], values)


def read_rows(db: sqlite3.Connection, order: str) -> tuple[Row, ...]:
    """Every row of one order, by table and key."""
    found = []
    for name, table in TABLES.items():
        key = len(table.whole_key)
        for values in db.execute(_SELECT[name], (order,)):
            keyed = dict(zip(table.key, values[1:key], strict=True))
            found.append(Row(name, keyed, dict(zip(table.values, values[key:], strict=True))))
    return tuple(found)


def clear_rows(db: sqlite3.Connection, order: str) -> None:
    """Take away every row of one order."""
    for statement in _CLEAR.values():
        db.execute(statement, (order,))
