"""Rows of projections as statements, by what ``amends.store.tables`` says of them.

Table and column names come from that catalogue, never from outside. ``mark`` is how the database's
driver writes a parameter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from amends.kernel.record import Column, Row
from amends.store.tables import TABLES, Table

Values = tuple[Column, ...]

_KEYS = {name: frozenset(table.key) for name, table in TABLES.items()}
_VALUES = {name: frozenset(table.values) for name, table in TABLES.items()}


class RowStatements(Struct, frozen=True):
    """The statements for each table, by its name."""

    upsert: dict[str, str]
    delete: dict[str, str]
    select: dict[str, str]
    clear: dict[str, str]


class Changes(Struct, frozen=True):
    """Values to be put, and whole keys to be taken away, by table."""

    put: dict[str, list[Values]]
    gone: dict[str, list[Values]]


def row_statements(mark: str) -> RowStatements:
    """The statements as one driver takes them."""
    return RowStatements(
        {name: _upsert(table, mark) for name, table in TABLES.items()},
        {name: _delete(table, mark) for name, table in TABLES.items()},
        {name: _select(table, mark) for name, table in TABLES.items()},
        {name: f"DELETE FROM {name} WHERE order_id = {mark}" for name in TABLES},  # noqa: S608
    )


def changes(rows: Iterable[tuple[str, Row]]) -> Changes:
    """What rows, each with its order, change.

    Raises ValueError for a table or column that does not exist and for a key that is not whole.
    """
    put: dict[str, list[Values]] = defaultdict(list)
    gone: dict[str, list[Values]] = defaultdict(list)
    for order, row in rows:
        table = TABLES.get(row.table)
        if table is None:
            raise ValueError(f"there is no projection called {row.table}")
        if row.key.keys() != _KEYS[row.table]:
            raise ValueError(f"a row of {table.name} is keyed by {', '.join(table.key)}")
        key = (order, *[row.key[c] for c in table.key])
        if row.values is None:
            gone[table.name].append(key)
            continue
        if not row.values.keys() <= _VALUES[row.table]:
            unknown = ", ".join(sorted(row.values.keys() - _VALUES[row.table]))
            raise ValueError(f"{table.name} has no column {unknown}")
        put[table.name].append((*key, *map(row.values.get, table.values)))
    return Changes(put, gone)


def rows_from(table: Table, found: Iterable[Sequence[Column]]) -> list[Row]:
    """Rows from all their columns."""
    key = len(table.whole_key)
    return [
        Row(
            table.name,
            dict(zip(table.key, values[1:key], strict=True)),
            dict(zip(table.values, values[key:], strict=True)),
        )
        for values in found
    ]


def _upsert(table: Table, mark: str) -> str:
    values = ", ".join([mark] * len(table.columns))
    sets = ", ".join(f"{c} = excluded.{c}" for c in table.values)
    return (
        f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({values})"  # noqa: S608
        f" ON CONFLICT ({', '.join(table.whole_key)}) DO UPDATE SET {sets}"
    )


def _delete(table: Table, mark: str) -> str:
    keyed = " AND ".join(f"{c} = {mark}" for c in table.whole_key)
    return f"DELETE FROM {table.name} WHERE {keyed}"  # noqa: S608


def _select(table: Table, mark: str) -> str:
    return (
        f"SELECT {', '.join(table.columns)} FROM {table.name} WHERE order_id = {mark}"  # noqa: S608
        f" ORDER BY {', '.join(table.whole_key)}"
    )
