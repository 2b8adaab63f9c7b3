"""Lists by cursor: from one index, or from several one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from amends.engine.store import BadCursor, UnknownListing, Views
from amends.entrypoints.api.calls import Call, Problem, invalid
from amends.kernel.record import Column

_USUAL, _MOST = 50, 200
# How many rows a filter without an index of its own may look at for one page.
_LOOKED_AT = 5_000

Row = dict[str, Column]


class PageView(Struct, frozen=True):
    """A page of a list; ``next`` is the cursor after which it goes on, null at its end."""

    items: tuple[Any, ...]
    next: str | None


class Segment(Struct, frozen=True):
    """Rows equal in ``where`` in the order of ``by``, as far as ``keep`` takes them.

    ``also`` are further columns to be equal in, for which there may be no index.
    """

    where: Mapping[str, Column]
    by: str
    also: Mapping[str, Column] = {}

    def keeps(self, row: Row) -> bool:
        """Whether a row is in the list."""
        return all(row.get(column) == value for column, value in self.also.items())


def limit_of(call: Call) -> int:
    """How many items a page may have. Raises Problem 422."""
    text = call.query.get("limit", str(_USUAL))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= _MOST:
        raise invalid(
            "limit_out_of_range", {"least": 1, "most": _MOST}, "mend_field", field="limit"
        )
    return int(text)


def page(
    views: Views,
    table: str,
    segments: Sequence[Segment],
    call: Call,
    show: Callable[[Row], object],
) -> PageView:
    """A page of the segments' rows, one segment after the other. Raises Problem 422."""
    limit = limit_of(call)
    place, after = _opened(call.query.get("cursor"), len(segments))
    rows: list[Row] = []
    looked_at = 0
    while place < len(segments) and len(rows) < limit and looked_at < _LOOKED_AT:
        segment = segments[place]
        wanted = limit - len(rows)
        try:
            found = views.page(table, segment.where, order_by=segment.by, after=after, limit=wanted)
        except BadCursor:
            raise bad_cursor() from None
        looked_at += max(1, len(found.rows))
        rows += [row for row in found.rows if segment.keeps(row)]
        after = found.next
        if after is None:
            place += 1
    more = place < len(segments)
    cursor = f"{place}.{after or ''}" if more else None
    return PageView(tuple(show(row) for row in rows), cursor)


def best_listing(
    listings: Sequence[frozenset[str]], filters: Mapping[str, Column], by: str
) -> Segment:
    """The segment for ``filters``: by the index that covers most of them, of several the first; the
    rest is looked at. Nearly all rows are without a value, so asking for none narrows nothing.

    Raises UnknownListing when none fits.
    """
    fitting = [columns for columns in listings if columns <= filters.keys()]
    if not fitting:
        raise UnknownListing(f"no index for any of {', '.join(filters) or 'nothing'}")
    best = max(fitting, key=lambda columns: sum(filters[name] is not None for name in columns))
    where = {name: value for name, value in filters.items() if name in best}
    also = {name: value for name, value in filters.items() if name not in best}
    return Segment(where, by, also)


def _opened(cursor: str | None, count: int) -> tuple[int, str | None]:
    if not cursor:
        return 0, None
    place, mark, after = cursor.partition(".")
    if not mark or not place.isdigit() or len(place) > 2 or int(place) >= count:
        raise bad_cursor()
    return int(place), after or None


def bad_cursor() -> Problem:
    """The refusal of a cursor that was not given out."""
    return invalid("cursor_unknown", {}, "start_list_again", field="cursor")
