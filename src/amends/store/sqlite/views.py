"""Projections as lists on SQLite, paged by key so that page 1000 costs what page 1 does."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping

from amends.engine.store import BadCursor, Page, UnknownListing
from amends.kernel.record import Column
from amends.store.sqlite.connections import Connections
from amends.store.tables import TABLES

_MOST = 500


class SqliteViews:
    """See ``amends.engine.store.Views``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def page(
        self,
        table: str,
        where: Mapping[str, Column],
        *,
        order_by: str,
        after: str | None = None,
        limit: int = 50,
    ) -> Page:
        """A page of at most 500 rows; each row holds all columns, the order's id among them."""
        if not 1 <= limit <= _MOST:
            raise ValueError(f"a page has 1 to {_MOST} rows")
        by = order_by.removeprefix("-")
        found = TABLES.get(table)
        listing = found.listing(frozenset(where), by) if found else None
        if found is None or listing is None:
            columns = ", ".join(sorted(where)) or "nothing"
            raise UnknownListing(f"{table} cannot be listed by {columns} in the order of {by}")
        sorting = found.order_of(listing)
        way, beyond = ("DESC", "<") if order_by.startswith("-") else ("ASC", ">")
        tests = [f"{c} IS NULL" if where[c] is None else f"{c} = ?" for c in listing.where]
        tests.append(f"{by} IS NOT NULL")
        values = [where[c] for c in listing.where if where[c] is not None]
        if after is not None:
            tests.append(f"({', '.join(sorting)}) {beyond} ({', '.join('?' * len(sorting))})")
            values += _opened(after, table, order_by, len(sorting))
        statement = (
            f"SELECT {', '.join(found.columns)} FROM {table} WHERE {' AND '.join(tests)}"  # noqa: S608
            f" ORDER BY {', '.join(f'{c} {way}' for c in sorting)} LIMIT ?"
        )
        with self._connections.reading() as db:
            read = db.execute(statement, (*values, limit + 1)).fetchall()
        rows = tuple(dict(zip(found.columns, row, strict=True)) for row in read[:limit])
        if len(read) <= limit:
            return Page(rows, None)
        return Page(rows, _cursor(table, order_by, [rows[-1][c] for c in sorting]))


def _cursor(table: str, order_by: str, values: list[Column]) -> str:
    text = json.dumps([table, order_by, *values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _opened(cursor: str, table: str, order_by: str, length: int) -> list[Column]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        read = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeError, binascii.Error, ValueError, RecursionError):
        raise BadCursor("the cursor is not one that was given out") from None
    if (
        not isinstance(read, list)
        or read[:2] != [table, order_by]
        or len(read) != length + 2
        or not all(isinstance(v, str) or _is_column_integer(v) for v in read)
    ):
        raise BadCursor("the cursor belongs to another list")
    return read[2:]


def _is_column_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
