"""Projections as lists on PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from amends.engine.store import Page
from amends.kernel.record import Column
from amends.store.listing import asked, count, histogram, totals
from amends.store.postgres.connections import Connections


class PostgresViews:
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
        also: Mapping[str, Column] | None = None,
    ) -> Page:
        """A page of at most 500 rows; each row holds all columns, the order's id among them."""
        page = asked(table, where, order_by, after, limit, "%s", also or {})
        return page.page_of(self._connections.ask(page.statement, page.values))

    def totals(
        self,
        table: str,
        column: str | None,
        by: Sequence[str],
        where: Mapping[str, Column] | None = None,
    ) -> dict[tuple[Column, ...], int]:
        """Sums, or counts of rows where no column is named."""
        found = self._connections.ask(*totals(table, column, by, where or {}, "%s"))
        return {tuple(row[:-1]): row[-1] for row in found}

    def histogram(
        self, table: str, where: Mapping[str, Column], by: str, *, since: int, width: int
    ) -> dict[int, int]:
        """Counts by spans."""
        found = self._connections.ask(*histogram(table, where, by, since, width, "%s"))
        return dict(found)

    def count(self, table: str, where: Mapping[str, Column], by: str, *, since: int) -> int:
        """Rows from a value on."""
        ((found,),) = self._connections.ask(*count(table, where, by, since, "%s"))
        return int(found)
