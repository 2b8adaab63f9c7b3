"""Rows of projections on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from amends.kernel.record import Row
from amends.store.postgres.connections import (
    Connection,
    Question,
    Values,
    send,
    send_together,
)
from amends.store.rows import changes, row_statements, rows_from
from amends.store.tables import TABLES

_STATEMENTS = row_statements("%s")


def write_rows(db: Connection, rows: Iterable[tuple[str, Row]]) -> None:
    """Put rows, or take them away, each for its order. Raises ValueError as ``changes`` does."""
    changed = changes(rows)
    for name, values in changed.put.items():
        send_together(db, _STATEMENTS.upsert[name], values)
    for name, values in changed.gone.items():
        send(db, _STATEMENTS.delete[name], values)


def questions_about(order: str) -> list[Question]:
    """What to ask for every row of one order; ``rows_of`` takes the answers."""
    return [(statement, (order,)) for statement in _STATEMENTS.select.values()]


def rows_of(answers: Sequence[Sequence[Values]]) -> tuple[Row, ...]:
    """Every row of one order, by table and key."""
    found = zip(TABLES.values(), answers, strict=True)
    return tuple(row for table, values in found for row in rows_from(table, values))


def clear_rows(db: Connection, order: str) -> None:
    """Take away every row of one order."""
    for statement in _STATEMENTS.clear.values():
        db.execute(statement, (order,))
