"""What a seller, and what a buyer, is known by: counts over the last twelve months, each with what
it is made of.

Counted when asked, from indexes alone, so nothing is ever old. A share of too few is not told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from msgspec import Struct

from amends.engine.store import Store, Views
from amends.kernel.instants import Instant, from_micros, to_micros
from amends.kernel.record import Column
from amends.projections.records import ENDED, Ended

SPAN = timedelta(days=365)
ENOUGH = 10
"""Of fewer a share says more about chance than about a person."""
# An ordinary answer time does not hang on more answers than these, the latest.
_ANSWERS = 500
_REVIEWS = 5
_LOOKED_THROUGH = 20
_MOST_STARS = 5
_TENTHS = 10
_THOUSAND = 1000


class Share(Struct, frozen=True):
    """``count`` of ``of``, and what that is of a thousand; None: too few to say."""

    count: int
    of: int
    per_thousand: int | None


def share(count: int, of: int) -> Share:
    """Rounded to the nearest, halves up."""
    enough = of >= ENOUGH
    return Share(count, of, (2 * count * _THOUSAND + of) // (2 * of) if enough else None)


class Review(Struct, frozen=True):
    """What a buyer said of an order."""

    stars: int
    text: str
    at: Instant


class SellerRecord(Struct, frozen=True):
    """A seller from ``since`` to ``until``. Disputes are counted when they were opened, ends when
    they were closed.

    ``orders``: placed and not cancelled. ``disputed`` is of these. ``lost``: found for the buyer,
    of all that was ruled on. ``settled``: by agreement, of all that ended so or by a ruling.
    ``undelivered``: orders that never came and were made good. ``withdrawn`` by the buyer and
    ``honoured`` by the platform, for nobody ruled in time, count for neither side. ``silent``: how
    often no first answer came in time; ``answer_seconds``: the median of the others, None with too
    few. ``stars``: how many reviews gave one to five; ``stars_tenths``: their mean, None likewise.
    """

    seller: str
    since: Instant
    until: Instant
    orders: int
    disputed: Share
    settled: Share
    lost: Share
    undelivered: Share
    withdrawn: int
    honoured: int
    silent: Share
    answer_seconds: int | None
    stars: tuple[int, ...]
    stars_tenths: int | None
    reviews: tuple[Review, ...]


class BuyerRecord(Struct, frozen=True):
    """A buyer, measured as sellers are: ``lost`` is what was found for the seller."""

    since: Instant
    until: Instant
    orders: int
    disputed: Share
    settled: Share
    lost: Share
    withdrawn: int


class _Counted(Struct, frozen=True):
    """Counts from an instant on."""

    views: Views
    since: int

    def rows(self, table: str, where: Mapping[str, Column], by: str = "at") -> int:
        return self.views.count(table, where, by, since=self.since)

    def ends(self, who: Mapping[str, Column]) -> dict[Ended, int]:
        return {ended: self.rows("case_ends", {**who, "ended": ended}) for ended in ENDED}


def seller_record(store: Store, seller: str, now: Instant) -> SellerRecord:
    """A seller at ``now``; of one nobody knows everything is nought."""
    counted, me = _Counted(store.views, to_micros(now - SPAN)), {"seller": seller}
    orders = counted.rows("orders", me, "placed_at")
    orders -= counted.rows("orders", {**me, "status": "cancelled"}, "placed_at")
    ends = counted.ends(me)
    ruled = ends["for_buyer"] + ends["for_seller"] + ends["split"]
    silent = counted.rows("first_answers", {**me, "answered": "no"})
    answered = counted.rows("first_answers", {**me, "answered": "yes"})
    stars = tuple(counted.rows("reviews", {**me, "stars": str(n + 1)}) for n in range(_MOST_STARS))
    return SellerRecord(
        seller=seller,
        since=now - SPAN,
        until=now,
        orders=orders,
        disputed=share(counted.rows("disputes", me, "opened_at"), orders),
        settled=share(ends["settled"], ends["settled"] + ruled),
        lost=share(ends["for_buyer"], ruled),
        undelivered=share(counted.rows("case_ends", {**me, "undelivered": "yes"}), orders),
        withdrawn=ends["withdrawn"],
        honoured=ends["platform"],
        silent=share(silent, silent + answered),
        answer_seconds=_answer_seconds(counted, me) if answered >= ENOUGH else None,
        stars=stars,
        stars_tenths=_mean_tenths(stars),
        reviews=_reviews(store, counted, me),
    )


def buyer_record(views: Views, buyer: str, now: Instant) -> BuyerRecord:
    """A buyer at ``now``; orders that were cancelled count as well."""
    counted, me = _Counted(views, to_micros(now - SPAN)), {"buyer": buyer}
    orders = counted.rows("orders", me, "placed_at")
    ends = counted.ends(me)
    ruled = ends["for_buyer"] + ends["for_seller"] + ends["split"]
    return BuyerRecord(
        since=now - SPAN,
        until=now,
        orders=orders,
        disputed=share(counted.rows("disputes", me, "opened_at"), orders),
        settled=share(ends["settled"], ends["settled"] + ruled),
        lost=share(ends["for_seller"], ruled),
        withdrawn=ends["withdrawn"],
    )


def _answer_seconds(counted: _Counted, me: Mapping[str, Column]) -> int:
    """The median of the latest, the lower one of two."""
    where = {**me, "answered": "yes"}
    page = counted.views.page("first_answers", where, order_by="-at", limit=_ANSWERS)
    took = sorted(int(r["seconds"] or 0) for r in page.rows if int(r["at"] or 0) >= counted.since)
    return took[(len(took) - 1) // 2]


def _mean_tenths(stars: Sequence[int]) -> int | None:
    left = sum(stars)
    given = sum(n * count for n, count in enumerate(stars, 1))
    return (2 * given * _TENTHS + left) // (2 * left) if left >= ENOUGH else None


def _reviews(store: Store, counted: _Counted, me: Mapping[str, Column]) -> tuple[Review, ...]:
    """The latest that say something, without those of people who were erased."""
    rows = counted.views.page("reviews", me, order_by="-at", limit=_LOOKED_THROUGH).rows
    said = {
        (str(row["order_id"]), str(row["ref"])): row
        for row in rows
        if row["ref"] and int(row["at"] or 0) >= counted.since
    }
    texts = store.records.texts(said.keys()) if said else {}
    shown = [
        Review(int(row["stars"] or 0), text, from_micros(int(row["at"] or 0)))
        for key, row in said.items()
        if (text := texts.get(key))
    ]
    return tuple(shown[:_REVIEWS])
