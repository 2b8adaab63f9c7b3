"""How like cases ended, so that like cases end alike; and how often whose rulings were changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from amends.engine.store import Views
from amends.kernel.instants import Instant, from_micros
from amends.kernel.money import Money
from amends.kernel.record import Column

# The newest so many make the spread: what was right ten years ago need not be so now.
COMPARED = 200
# With fewer of the same category, other categories are looked at as well.
_ENOUGH = 8
_PERCENT = 100


class Precedent(Struct, frozen=True):
    """A ruling in a like case. ``percent``: what was awarded of what was in dispute."""

    dispute: str
    category: str
    finding: str
    remedy: str
    reasons: tuple[str, ...]
    clauses: tuple[str, ...]
    awarded: Money
    percent: int
    appeal: str
    at: Instant


class Precedents(Struct, frozen=True):
    """Like cases, newest first, and the spread of what was awarded in percent of the amount in
    dispute; the three quartiles are None when there is no case. ``same_category``: all are of the
    case's own category."""

    found: tuple[Precedent, ...]
    same_category: bool
    quartiles: tuple[int, int, int] | None


class Overturned(Struct, frozen=True):
    """What became of somebody's rulings. ``appealed`` counts decided appeals and open ones."""

    author: str
    issued: int
    appealed: int
    changed: int

    @property
    def changed_percent(self) -> int:
        """How many of a hundred rulings were changed on appeal, rounded down."""
        return self.changed * _PERCENT // self.issued if self.issued else 0


def precedents(views: Views, reason: str, category: str, besides: str) -> Precedents:
    """The newest rulings on claims for ``reason`` about goods of ``category``, without the dispute
    ``besides``; for the reason alone where those are few."""
    same = _newest(views, {"reason": reason, "category": category}, besides) if category else ()
    if len(same) >= _ENOUGH:
        return _spread(same, same_category=True)
    return _spread(_newest(views, {"reason": reason}, besides), same_category=False)


def _newest(views: Views, where: Mapping[str, Column], besides: str) -> tuple[Precedent, ...]:
    rows = views.page("rulings", where, order_by="-at", limit=COMPARED).rows
    return tuple(_precedent(row) for row in rows if row["dispute_id"] != besides)


def _precedent(row: Mapping[str, Column]) -> Precedent:
    return Precedent(
        dispute=str(row["dispute_id"]),
        category=str(row["category"]),
        finding=str(row["finding"]),
        remedy=str(row["remedy"]),
        reasons=tuple(str(row["reasons"]).split()),
        clauses=tuple(str(row["clauses"]).split()),
        awarded=Money(int(row["awarded"] or 0), str(row["currency"])),
        percent=int(row["share"] or 0) // _PERCENT,
        appeal=str(row["appeal"]),
        at=from_micros(int(row["at"] or 0)),
    )


def _spread(found: tuple[Precedent, ...], *, same_category: bool) -> Precedents:
    return Precedents(found, same_category, quartiles([one.percent for one in found]))


def quartiles(values: Sequence[int]) -> tuple[int, int, int] | None:
    """The values at a quarter, half and three quarters of the way (nearest rank); None of none."""
    ordered = sorted(values)
    if not ordered:
        return None
    first, middle, third = (ordered[(len(ordered) * n + 3) // 4 - 1] for n in (1, 2, 3))
    return first, middle, third


def overturned(views: Views) -> tuple[Overturned, ...]:
    """For each author of rulings, by their id. Reads every ruling: for operators, not for lists."""
    counts = views.totals("rulings", None, ("author", "appeal"))
    authors = dict.fromkeys(str(author) for author, _appeal in counts)
    return tuple(
        Overturned(
            author=author,
            issued=sum(n for (by, _appeal), n in counts.items() if by == author),
            appealed=sum(n for (by, appeal), n in counts.items() if by == author and appeal),
            changed=counts.get((author, "changed"), 0),
        )
        for author in authors
    )
