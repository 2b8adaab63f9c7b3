"""How like cases ended, so that like cases end alike; and how often whose rulings were changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.state import Case, Dispute
from amends.engine.ruling_words import Alike
from amends.engine.store import Store, Views
from amends.entrypoints.similar.index import RulingIndex
from amends.kernel.instants import Instant, from_micros
from amends.kernel.money import Money
from amends.kernel.record import Column
from amends.projections.rulings import category_of

# So many make the spread, the most alike, then the newest: what was right ten years ago need not be
# so now.
COMPARED = 200
# With fewer that share words, those of the same category are looked at as well; with fewer of these
# those of all.
_ENOUGH = 8
# One word alone says little; and who shares much less than the most alike is not like it.
_SHARED = 2
_OF_THE_BEST = 2
_PERCENT = 100


class Sought(Struct, frozen=True):
    """What like cases are looked for by: a case's own ids, and how it is coded. ``words``: its own
    by their digests, each as it stands in a text that whoever looks may read."""

    order: str
    dispute: str
    reason: str
    category: str
    words: Mapping[int, str]


class Precedent(Struct, frozen=True):
    """A ruling in a like case. ``percent``: what was awarded of what was in dispute;
    ``same_words``: the sought case's words that are in this one too, the rarest first."""

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
    same_words: tuple[str, ...] = ()


class Precedents(Struct, frozen=True):
    """Like cases, and the spread of what was awarded in percent of the amount in dispute; the
    three quartiles are None when there is no case.

    First come those that share words, the most alike first; there are ``by_words`` of them. When
    these are enough there are no others, else the newest of the case's reason follow,
    ``same_category``: all of these of its category too.
    """

    found: tuple[Precedent, ...]
    by_words: int
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


def sought_by(rulings: RulingIndex, case: Case, dispute: Dispute) -> Sought:
    """What a dispute is looked for by, on behalf of somebody who may read its texts and those of
    its order."""
    return Sought(
        case.order.id,
        dispute.id,
        dispute.claim.reason,
        category_of(case.order, dispute),
        rulings.words(case, dispute),
    )


def precedents(store: Store, sought: Sought) -> Precedents:
    """Rulings in cases that share rare words with the one sought for, the more if reason and
    category are the same; where those are few, also rulings of its reason and category, and
    where these are few, of its reason."""
    alike = by_words(store, sought)
    if len(alike) >= _ENOUGH:
        return _spread(alike, (), same_category=False)
    where = {"reason": sought.reason}
    if sought.category:
        same = _newest(store.views, {**where, "category": sought.category}, sought.dispute)
        if len(same) >= _ENOUGH:
            return _spread(alike, same, same_category=True)
    return _spread(alike, _newest(store.views, where, sought.dispute), same_category=False)


def by_words(store: Store, sought: Sought, at_least: int = _SHARED) -> tuple[Precedent, ...]:
    """The rulings in cases that share ``at_least`` so many words, the most alike first."""
    own = (sought.order, sought.dispute)
    found = store.ruling_words.alike(sought.words.keys(), own, at_least)
    weights = {str(one.row["dispute_id"]): _weight(one, sought) for one in found}
    best = max(weights.values(), default=0)
    like = [
        replace(_precedent(one.row), same_words=tuple(sought.words[d] for d in one.shared))
        for one in found
        if weights[str(one.row["dispute_id"])] * _OF_THE_BEST >= best
    ]
    return tuple(sorted(like, key=lambda one: -weights[one.dispute])[:COMPARED])


def _weight(found: Alike, sought: Sought) -> int:
    same_reason = found.row["reason"] == sought.reason
    same_category = bool(sought.category) and found.row["category"] == sought.category
    return found.weight * (2 + 2 * same_reason + same_category)


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


def _spread(
    alike: Sequence[Precedent], coded: Sequence[Precedent], *, same_category: bool
) -> Precedents:
    there = {one.dispute for one in alike}
    found = (*alike, *(one for one in coded if one.dispute not in there))[:COMPARED]
    spread = quartiles([one.percent for one in found])
    return Precedents(found, len(alike), same_category, spread)


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
