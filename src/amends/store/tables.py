"""The projections as tables: their columns, and the lists that can be asked for.

Instants are whole microseconds since 1970 in UTC, amounts minor units. Every key starts with the
order's id. A list that is not named here has no index and is refused, so that no page and no API
call can become slow with the number of orders.
"""

from __future__ import annotations

from msgspec import Struct

INTEGERS = frozenset(
    "n i at placed_at captured disputes version updated_at amount opened_at due_at closed_at"
    " recorded_at settled_at arrives_until since ours theirs resolved_at"
    " claimed awarded share seconds".split()
)
"""The columns that hold whole numbers; all others hold text."""


class Listing(Struct, frozen=True):
    """Rows equal in the columns ``where``, in the order of ``by`` and then of their key."""

    where: tuple[str, ...]
    by: str


class Table(Struct, frozen=True):
    """A projection. ``key`` identifies a row among the order's own; rows of a table ``once`` are
    written once and never change, though they may be taken away."""

    name: str
    key: tuple[str, ...]
    values: tuple[str, ...]
    listings: tuple[Listing, ...]
    once: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, the whole key first."""
        return (*self.whole_key, *self.values)

    @property
    def whole_key(self) -> tuple[str, ...]:
        """The key among all rows."""
        return ("order_id", *self.key)

    def listing(self, where: frozenset[str], by: str) -> Listing | None:
        """The listing by these columns, if there is one."""
        return next((x for x in self.listings if frozenset(x.where) == where and x.by == by), None)

    def order_of(self, listing: Listing) -> tuple[str, ...]:
        """The columns a listing is sorted by; they tell any two of its rows apart."""
        rest = tuple(c for c in self.whole_key if c not in {*listing.where, listing.by})
        return (listing.by, *rest)


def _table(name: str, key: str, values: str, *listings: str, once: bool = False) -> Table:
    """Listings are written ``column column > order``; of several that would do the first is
    read, so those that mostly have fewer rows stand before the others."""
    split = [text.split(">") for text in listings]
    return Table(
        name,
        tuple(key.split()),
        tuple(values.split()),
        tuple(Listing(tuple(where.split()), by.strip()) for where, by in split),
        once,
    )


_ALL = (
    _table(
        "orders",
        "",
        "buyer seller purchase status placed_at currency captured disputes version updated_at"
        " provider reference",
        "> placed_at",
        "buyer > placed_at",
        "seller > placed_at",
        "purchase > placed_at",
        "status > placed_at",
        "seller status > placed_at",
        "buyer seller > placed_at",
        "provider reference > placed_at",
    ),
    _table(
        "disputes",
        "dispute_id",
        "buyer seller phase turn outcome reason remedy amount currency mediator officer opened_at"
        " due_at closed_at version language category unassigned",
        "order_id > dispute_id",
        "> opened_at",
        "buyer > opened_at",
        "seller > opened_at",
        "mediator > opened_at",
        "officer > opened_at",
        "phase > opened_at",
        "seller phase > opened_at",
        "buyer turn > due_at",
        "seller turn > due_at",
        "turn > due_at",
        "phase > due_at",
        "phase mediator > due_at",
        "phase officer > due_at",
        "phase language > due_at",
        "phase category > due_at",
        "phase reason > due_at",
    ),
    _table(
        "contacts",
        "person other",
        "at",
        "person other > at",
    ),
    _table(
        "rulings",
        "dispute_id",
        "reason category finding remedy reasons clauses currency claimed awarded share author"
        " appeal at",
        "reason > at",
        "reason category > at",
        "author appeal > at",
    ),
    _table(
        "messages",
        "n",
        "at by_person by_role ref pictures",
        "order_id > n",
        once=True,
    ),
    _table(
        "refunds",
        "refund_id",
        "dispute_id provider reference amount currency state recorded_at settled_at arrives_until"
        " since",
        "order_id > refund_id",
        "> recorded_at",
        "state > recorded_at",
        "state > since",
        "provider reference > recorded_at",
    ),
    _table(
        "postings",
        "n i",
        "account amount currency at kind seller",
        "order_id > n",
        "> at",
        "account > at",
        "seller > at",
        "seller account > at",
        once=True,
    ),
    _table(
        "differences",
        "difference_id",
        "kind about provider reference ours theirs currency other_currency state resolution at"
        " resolved_at",
        "order_id > difference_id",
        "> at",
        "state > at",
    ),
    _table(
        "finance_tasks",
        "what subject",
        "kind since due_at amount currency",
        "order_id > what",
        "> since",
        "kind > since",
    ),
    _table(
        "support_tasks",
        "subject",
        "kind side since due_at taken_by",
        "order_id > subject",
        "> due_at",
        "kind > due_at",
        "taken_by > due_at",
    ),
    _table(
        "goodwill_cases",
        "n",
        "month currency amount at",
        "month > at",
    ),
    _table(
        "case_ends",
        "dispute_id",
        "buyer seller ended undelivered at",
        "seller ended > at",
        "buyer ended > at",
        "seller undelivered > at",
    ),
    _table(
        "first_answers",
        "dispute_id",
        "seller answered seconds at",
        "seller answered > at",
    ),
    _table(
        "reviews",
        "",
        "seller stars ref at",
        "seller > at",
        "seller stars > at",
    ),
    _table(
        "pictures",
        "evidence_id",
        "digest likeness part1 part2 part3 part4 at",
        "order_id > evidence_id",
        "digest > at",
        "part1 > at",
        "part2 > at",
        "part3 > at",
        "part4 > at",
    ),
    _table(
        "notices",
        "n i",
        "person role at kind dispute_id due_at",
        "order_id > n",
        "person role > at",
        once=True,
    ),
)
TABLES = {table.name: table for table in _ALL}
