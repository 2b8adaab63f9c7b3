"""Projections as lists, paged by key so that page 1000 costs what page 1 does."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence

from msgspec import Struct

from amends.engine.store import BadCursor, Page, UnknownListing
from amends.kernel.record import Column
from amends.store.tables import INTEGERS, TABLES, Table

_MOST = 500


class Beside(Struct, frozen=True):
    """A table of its own that has to have a row equal in ``where`` which belongs, by the condition
    ``on``, to a row of the list. When it has few, the list is made of them and sorted; with
    ``many``, they are looked up along the list's index, where enough of them come soon."""

    table: str
    on: str
    where: Mapping[str, Column]
    many: bool


class Asked(Struct, frozen=True):
    """A page that was asked for, as a statement; ``page_of`` makes the page of what it finds."""

    table: Table
    order_by: str
    sorting: tuple[str, ...]
    limit: int
    statement: str
    values: tuple[Column, ...]

    def page_of(self, found: Sequence[Sequence[Column]]) -> Page:
        """The page, and where the next one begins when there is one more row than asked for."""
        columns = self.table.columns
        rows = tuple(dict(zip(columns, row, strict=True)) for row in found[: self.limit])
        if len(found) <= self.limit:
            return Page(rows, None)
        last = [rows[-1][c] for c in self.sorting]
        return Page(rows, cursor(self.table.name, self.order_by, last))


def asked(
    table: str,
    where: Mapping[str, Column],
    order_by: str,
    after: str | None,
    limit: int,
    mark: str,
    also: Mapping[str, Column],
    beside: Beside | None = None,
) -> Asked:
    """The statement for a page; ``mark`` is how the database's driver writes a parameter.

    Raises ValueError for a limit out of bounds, UnknownListing and BadCursor.
    """
    if not 1 <= limit <= _MOST:
        raise ValueError(f"a page has 1 to {_MOST} rows")
    by = order_by.removeprefix("-")
    found = TABLES.get(table)
    listing = found.listing(frozenset(where), by) if found else None
    if found is None or listing is None:
        columns = ", ".join(sorted(where)) or "nothing"
        raise UnknownListing(f"{table} cannot be listed by {columns} in the order of {by}")
    if not also.keys() <= {*found.columns}:
        raise UnknownListing(f"{table} has not all of the columns {', '.join(sorted(also))}")
    sorting = found.order_of(listing)
    way, beyond = ("DESC", "<") if order_by.startswith("-") else ("ASC", ">")
    empty = [c for c in listing.where if where[c] is None]
    tests = [f"{c} IS NULL" if c in empty else f"{c} = {mark}" for c in listing.where]
    tests.append(f"{by} IS NOT NULL")
    values = [where[c] for c in listing.where if c not in empty]
    for column, wanted in also.items():
        tests.append(f"{column} IS NULL" if wanted is None else f"{column} = {mark}")
        values += [] if wanted is None else [wanted]
    source = table
    if beside is not None:
        held = " AND ".join([beside.on, *(f"{c} = {mark}" for c in beside.where)])
        values += beside.where.values()
        if beside.many:
            # PostgreSQL would make EXISTS a join of everything; a count it asks row by row.
            tests.append(f"(SELECT COUNT(*) FROM {beside.table} WHERE {held}) > 0")  # noqa: S608
        else:
            # In this order SQLite reads them too, whatever it knows of their sizes.
            source = f"{beside.table} CROSS JOIN {table}"
            tests.append(held)
    if after is not None:
        marks = ", ".join([mark] * len(sorting))
        tests.append(f"({', '.join(sorting)}) {beyond} ({marks})")
        values += _opened(after, table, order_by, sorting)
    # An empty column is the same in every row, but only when it is named does PostgreSQL see that
    # the index is sorted as is asked.
    named = ", ".join(f"{c} {way}" for c in (*empty, *sorting))
    statement = (
        f"SELECT {', '.join(found.columns)} FROM {source} WHERE {' AND '.join(tests)}"  # noqa: S608
        f" ORDER BY {named} LIMIT {mark}"
    )
    return Asked(found, order_by, sorting, limit, statement, (*values, limit + 1))


# By the states under way and by what finance is asked: few, beside all refunds that ever were.
WAITING_REFUNDS = """SELECT provider, COUNT(*) FROM (
    SELECT provider FROM refunds WHERE state IN ('recorded', 'sent', 'unknown', 'pending')
    UNION ALL
    SELECT refunds.provider FROM finance_tasks AS asked JOIN refunds
    ON refunds.order_id = asked.order_id AND refunds.refund_id = asked.subject
    WHERE asked.kind IN ('refund_failed', 'refund_held_up')
    AND refunds.state IN ('failed', 'reversed')
    ) AS waiting GROUP BY provider"""


def totals(
    table: str, column: str | None, by: Sequence[str], where: Mapping[str, Column], mark: str
) -> tuple[str, tuple[Column, ...]]:
    """The statement for sums of a column, or for counts of rows, and its values.

    Raises UnknownListing for what does not exist, and for rows that no index finds.
    """
    found = TABLES.get(table)
    if found is None or not {*by, *([column] if column else ())} <= {*found.columns}:
        raise UnknownListing(f"{table} has no {column} to be summed by {', '.join(by)}")
    if where and not any(frozenset(x.where) == frozenset(where) for x in found.listings):
        raise UnknownListing(f"{table} cannot be listed by {', '.join(sorted(where))}")
    named = ", ".join(by)
    # PostgreSQL's sum of whole numbers is no whole number until told so.
    summed = f"CAST(SUM({column}) AS BIGINT)" if column else "COUNT(*)"
    kept = f" WHERE {' AND '.join(f'{c} = {mark}' for c in where)}" if where else ""
    statement = f"SELECT {named}, {summed} FROM {table}{kept} GROUP BY {named} ORDER BY {named}"  # noqa: S608
    return statement, tuple(where.values())


def histogram(
    table: str, where: Mapping[str, Column], by: str, since: int, width: int, mark: str
) -> tuple[str, tuple[Column, ...]]:
    """The statement for counts of rows by spans of a column, and its values.

    Raises UnknownListing where no index has them in that order.
    """
    rows = _from(table, where, by, mark)
    statement = f"SELECT ({by} - {mark}) / {mark}, COUNT(*) {rows} GROUP BY 1 ORDER BY 1"
    return statement, (since, width, *where.values(), since)


def count(
    table: str, where: Mapping[str, Column], by: str, since: int, mark: str
) -> tuple[str, tuple[Column, ...]]:
    """The statement for a count of rows from a value of a column on, and its values.

    Raises UnknownListing where no index has them in that order.
    """
    return f"SELECT COUNT(*) {_from(table, where, by, mark)}", (*where.values(), since)


def _from(table: str, where: Mapping[str, Column], by: str, mark: str) -> str:
    found = TABLES.get(table)
    if found is None or found.listing(frozenset(where), by) is None:
        raise UnknownListing(f"{table} cannot be counted by {by}")
    tests = " AND ".join([*(f"{c} = {mark}" for c in where), f"{by} >= {mark}"])
    return f"FROM {table} WHERE {tests}"


def cursor(table: str, order_by: str, values: list[Column]) -> str:
    """A page's end, as text that can stand in a URL."""
    text = json.dumps([table, order_by, *values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _opened(cursor: str, table: str, order_by: str, sorting: tuple[str, ...]) -> list[Column]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        read = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeError, binascii.Error, ValueError, RecursionError):
        raise BadCursor("the cursor is not one that was given out") from None
    if (
        not isinstance(read, list)
        or read[:2] != [table, order_by]
        or len(read) != len(sorting) + 2
        or not all(map(_fits, sorting, read[2:]))
    ):
        raise BadCursor("the cursor belongs to another list")
    return read[2:]


def _fits(column: str, value: object) -> bool:
    if column in INTEGERS:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole and -(2**63) <= value < 2**63  # type: ignore[operator]
    return isinstance(value, str) and "\x00" not in value and _is_unicode(value)


def _is_unicode(text: str) -> bool:
    # JSON can name half of a surrogate pair, which no database takes.
    return not any("\ud800" <= c <= "\udfff" for c in text)
