"""How like cases ended, so that like cases end alike; and how often whose rulings were changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.claims import category_of
from amends.dispute.state import Case, Dispute
from amends.engine.ruling_meanings import Sentence
from amends.engine.store import Store, Views
from amends.entrypoints.similar.index import RulingIndex
from amends.kernel.instants import Instant, from_micros
from amends.kernel.money import Money
from amends.kernel.record import Column

# So many make the spread, the most alike, then the newest: what was right ten years ago need not be
# so now.
COMPARED = 200
# With fewer that share words, those of the same category are looked at as well; with fewer of these
# those of all.
_ENOUGH = 8
# One word alone says little; and who shares much less than the most alike is not like it.
_SHARED = 2
_OF_THE_BEST = 2
# Of 2,048 bits half are equal by chance; from so many on, nineteen in twenty say the same.
_SAME_BITS = 1_328
_BY_CHANCE = 1_024
_PERCENT = 100


class Sought(Struct, frozen=True):
    """What like cases are looked for by: a case's own ids, and how it is coded. ``words``: its own
    by their digests, each as it stands in a text that whoever looks may read. ``sentences``: what
    its claim says, where rulings are found by that too."""

    order: str
    dispute: str
    reason: str
    category: str
    words: Mapping[int, str]
    sentences: tuple[Sentence, ...] = ()


class Precedent(Struct, frozen=True):
    """A ruling in a like case. ``percent``: what was awarded of what was in dispute;
    ``same_words``: the sought case's words that are in this one too, the rarest first;
    ``same_sentence``: what the sought case's claim says, and this one's says too."""

    dispute: str
    reason: str
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
    same_sentence: str = ""


class Precedents(Struct, frozen=True):
    """Like cases, and the spread of what was awarded in percent of the amount in dispute; the
    three quartiles are None when there is no case.

    First come those that say the same, the most alike first, then those that share words;
    ``by_words`` of both share some, ``by_meaning`` none. When the first are enough no others
    follow; when both are too few, the newest of the case's reason do, ``same_category``: all of
    these of its category too.
    """

    found: tuple[Precedent, ...]
    by_words: int
    by_meaning: int
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
        category_of(case.order, dispute.claim.lines),
        *rulings.asked(case, dispute),
    )


def precedents(store: Store, sought: Sought) -> Precedents:
    """Rulings on claims that say the same as the one sought for; where those are few, in cases that
    share rare words with it; the more alike if reason and category are the same. Where all these
    are few, also rulings of its reason and category, and where these are few, of its reason."""
    alike = _alike(store, sought)
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
    return _sorted(_shares(_sharing(store, sought, at_least), sought))


def _alike(store: Store, sought: Sought) -> tuple[Precedent, ...]:
    """First those that say the same, the more so if they share words; where they are few, those
    that share words alone."""
    sharing = _shares(_sharing(store, sought, _SHARED), sought)
    saying = _shares(_saying(store, sought), sought)
    for dispute in saying.keys() & sharing.keys():
        (worded, one), (said, other) = sharing.pop(dispute), saying[dispute]
        saying[dispute] = said + worded, replace(other, same_words=one.same_words)
    first = _sorted(saying)
    return first if len(first) >= _ENOUGH else first + _sorted(sharing)


def _sharing(store: Store, sought: Sought, at_least: int) -> list[tuple[int, Precedent]]:
    own = (sought.order, sought.dispute)
    found = store.ruling_words.alike(sought.words.keys(), own, at_least)
    return [
        (one.weight, _precedent(one.row, same_words=tuple(sought.words[d] for d in one.shared)))
        for one in found
    ]


def _saying(store: Store, sought: Sought) -> list[tuple[int, Precedent]]:
    own = (sought.order, sought.dispute)
    found = store.ruling_words.near(sought.sentences, own, _SAME_BITS)
    return [
        (
            one.equal - _BY_CHANCE,
            _precedent(one.row, same_sentence=sought.sentences[one.sentence].said),
        )
        for one in found
    ]


def _shares(
    found: Sequence[tuple[int, Precedent]], sought: Sought
) -> dict[str, tuple[float, Precedent]]:
    """Those that reach half of the best one's weight, each with its share of that."""
    weighed = [(weight * _likeness(one, sought), one) for weight, one in found]
    best = max((weight for weight, _ in weighed), default=0)
    return {
        one.dispute: (weight / best, one)
        for weight, one in weighed
        if weight * _OF_THE_BEST >= best
    }


def _likeness(one: Precedent, sought: Sought) -> int:
    same_category = bool(sought.category) and one.category == sought.category
    return 2 + 2 * (one.reason == sought.reason) + same_category


def _sorted(shares: Mapping[str, tuple[float, Precedent]]) -> tuple[Precedent, ...]:
    found = sorted(shares.values(), key=lambda of: -of[0])
    return tuple(one for _, one in found[:COMPARED])


def _newest(views: Views, where: Mapping[str, Column], besides: str) -> tuple[Precedent, ...]:
    rows = views.page("rulings", where, order_by="-at", limit=COMPARED).rows
    return tuple(_precedent(row) for row in rows if row["dispute_id"] != besides)


def _precedent(
    row: Mapping[str, Column], same_words: tuple[str, ...] = (), same_sentence: str = ""
) -> Precedent:
    return Precedent(
        dispute=str(row["dispute_id"]),
        reason=str(row["reason"]),
        category=str(row["category"]),
        finding=str(row["finding"]),
        remedy=str(row["remedy"]),
        reasons=tuple(str(row["reasons"]).split()),
        clauses=tuple(str(row["clauses"]).split()),
        awarded=Money(int(row["awarded"] or 0), str(row["currency"])),
        percent=int(row["share"] or 0) // _PERCENT,
        appeal=str(row["appeal"]),
        at=from_micros(int(row["at"] or 0)),
        same_words=same_words,
        same_sentence=same_sentence,
    )


def _spread(
    alike: Sequence[Precedent], coded: Sequence[Precedent], *, same_category: bool
) -> Precedents:
    there = {one.dispute for one in alike}
    found = (*alike, *(one for one in coded if one.dispute not in there))[:COMPARED]
    spread = quartiles([one.percent for one in found])
    worded = sum(bool(one.same_words) for one in found)
    meant = sum(bool(one.same_sentence) and not one.same_words for one in found)
    return Precedents(found, worded, meant, same_category, spread)


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
