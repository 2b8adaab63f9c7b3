"""The queue: cases that somebody of the platform decides, the earliest due first.

Pages, API and command line show the same. Each page is read from an index; what is filtered beside
it the database looks through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from msgspec import Struct

from amends.dispute.conflicts import refuse_tied
from amends.engine.staff import TiesAsked
from amends.entrypoints.judging.dealing import LANES, Lane
from amends.entrypoints.judging.looking_at import who_looks
from amends.entrypoints.judging.own import Own, Reminder, own_of
from amends.entrypoints.judging.watching import claims, words_in
from amends.entrypoints.service import Service
from amends.kernel.instants import Instant, from_micros, to_micros
from amends.kernel.money import Money
from amends.kernel.people import Actor, PersonId, Role, Side
from amends.kernel.record import Column

WORKS_WITH = frozenset({Role.MEDIATOR, Role.APPEALS, Role.SUPERVISOR, Role.ADMIN})
NOBODY = "nobody"
DAYS_SHOWN = 30
_DAY = 86_400_000_000

Row = Mapping[str, Column]


class Filters(Struct, frozen=True):
    """What is asked for; "" leaves it open. ``who`` is a person's id or ``nobody``; ``find`` an
    order, a dispute or a seller; ``words``, whatever it says, only what holds a watch word of the
    asker's."""

    phase: str = ""
    who: str = ""
    turn: str = ""
    language: str = ""
    category: str = ""
    reason: str = ""
    find: str = ""
    words: str = ""


class QueueItem(Struct, frozen=True):
    """A case in the queue. ``has`` is whoever decides it; ``unassigned`` why nobody could be found;
    ``conflict`` what binds whoever has it, or for a case that is nobody's the asker, to a party;
    ``looking`` who else looks at it; ``words`` the asker's watch words in the claim."""

    dispute: str
    order: str
    phase: str
    turn: str
    due_at: Instant
    opened_at: Instant
    amount: Money
    reason: str
    remedy: str
    language: str
    category: str
    seller: str
    has: PersonId | None
    unassigned: tuple[str, ...]
    conflict: str
    looking: tuple[PersonId, ...]
    version: int
    reminder: Reminder | None = None
    claim: str = ""
    words: tuple[str, ...] = ()


class QueuePage(Struct, frozen=True):
    """Some of the queue; ``next`` is the cursor after which it goes on, null at its end."""

    items: tuple[QueueItem, ...]
    next: str | None


class Load(Struct, frozen=True):
    """How many open cases somebody has; ``capacity`` null: any number."""

    person: PersonId
    role: str
    cases: int
    capacity: int | None


class DayCount(Struct, frozen=True):
    """How many open cases were opened so many whole days ago; the last one: or longer."""

    days: int
    count: int


class Figures(Struct, frozen=True):
    """The queue for who answers for it."""

    loads: tuple[Load, ...]
    ages: tuple[DayCount, ...]
    waiting: int


def lane_of(by: Actor, filters: Filters) -> Lane:
    """The phase that is shown: whoever decides in one phase sees that, others the one they ask
    for."""
    own = next((lane for lane in LANES if lane.role is by.role), None)
    asked = next((lane for lane in LANES if lane.phase == filters.phase), LANES[0])
    return own or asked


def queue(
    service: Service, by: Actor, filters: Filters, *, after: str | None = None, limit: int = 50
) -> QueuePage:
    """A page of what ``by`` works with. Raises BadCursor."""
    lane = lane_of(by, filters)
    where, also = _narrowed(by, lane, filters)
    # One order's and one seller's cases are few, and their indexes are sorted so.
    sorted_by = {"order_id": "dispute_id", "seller": "opened_at"}
    order_by = next((sorted_by[name] for name in sorted_by if name in where), "due_at")
    store = service.store
    if not filters.words:
        found = store.views.page(
            "disputes", where, order_by=order_by, also=also, after=after, limit=limit
        )
        return QueuePage(_items(service, by, lane, found.rows), found.next)
    found = store.watching.page(
        by.person, where, order_by=order_by, also=also, after=after, limit=limit
    )
    # A list that was changed since, or a claim that was erased, leaves what holds none.
    items = (item for item in _items(service, by, lane, found.rows) if item.words)
    return QueuePage(tuple(items), found.next)


def figures(service: Service) -> Figures:
    """Loads by person, ages by day, and how many cases are nobody's."""
    views, now = service.store.views, service.clock.now()
    members = service.store.staff.members()
    loads: dict[tuple[PersonId, str], int] = {
        (person, lane.role.value): 0
        for lane in LANES
        for person, member in members.items()
        if member.role is lane.role and not member.disabled
    }
    waiting, ages = 0, dict.fromkeys(range(DAYS_SHOWN + 1), 0)
    since = to_micros(now - timedelta(days=DAYS_SHOWN))
    for lane in LANES:
        here: dict[str, Column] = {"phase": lane.phase}
        found = views.totals("disputes", None, (lane.column,), here)
        waiting += found.pop((None,), 0)
        loads |= {(str(person), lane.role.value): count for (person,), count in found.items()}
        spans = views.histogram("disputes", here, "opened_at", since=since, width=_DAY)
        for span, count in spans.items():
            ages[max(0, DAYS_SHOWN - 1 - span)] += count
        ages[DAYS_SHOWN] += sum(found.values()) - sum(spans.values())
    ages[DAYS_SHOWN] += waiting
    return Figures(
        tuple(
            Load(person, role, count, members[person].capacity if person in members else None)
            for (person, role), count in sorted(loads.items())
        ),
        tuple(DayCount(days, count) for days, count in ages.items()),
        waiting,
    )


def _narrowed(
    by: Actor, lane: Lane, filters: Filters
) -> tuple[dict[str, Column], dict[str, Column]]:
    """What an index finds, and what is looked through."""
    who: dict[str, Column] = {}
    if by.role is Role.MEDIATOR or (by.role is Role.APPEALS and filters.who != NOBODY):
        who = {lane.column: by.person}
    elif filters.who:
        who = {lane.column: None if filters.who == NOBODY else filters.who}
    wished = {"language": filters.language, "category": filters.category, "reason": filters.reason}
    also: dict[str, Column] = {name: value for name, value in wished.items() if value}
    if filters.turn:
        also["turn"] = filters.turn
    if filters.find:
        order, mark, number = filters.find.rpartition("-D")
        if mark and number.isdigit():
            return {"order_id": order}, {"phase": lane.phase, **who, **also}
        return {"seller": filters.find, "phase": lane.phase}, {**who, **also}
    where: dict[str, Column] = {"phase": lane.phase, **who}
    if not who:
        indexed = next((name for name in wished if name in also), None)
        if indexed:
            where[indexed] = also.pop(indexed)
    return where, also


def _items(service: Service, by: Actor, lane: Lane, rows: Sequence[Row]) -> tuple[QueueItem, ...]:
    looking = who_looks(service.store.leases, service.clock.now())
    own = own_of(service.store.drafts, by.person)
    shown = {str(row["dispute_id"]): str(row["order_id"]) for row in rows}
    said = claims(service.engine, shown) if own.words else {}
    conflicts = _conflicts(service, by, lane, rows)
    return tuple(
        _item(
            row,
            lane,
            conflicts[i],
            tuple(p for p in looking.get(str(row["dispute_id"]), ()) if p != by.person),
            own,
            said.get(str(row["dispute_id"]), ""),
        )
        for i, row in enumerate(rows)
    )


def _item(
    row: Row, lane: Lane, conflict: str, looking: tuple[PersonId, ...], own: Own, claim: str
) -> QueueItem:
    dispute, has = str(row["dispute_id"]), row[lane.column]
    return QueueItem(
        dispute=dispute,
        order=str(row["order_id"]),
        phase=str(row["phase"]),
        turn=str(row["turn"]),
        due_at=from_micros(int(row["due_at"] or 0)),
        opened_at=from_micros(int(row["opened_at"] or 0)),
        amount=Money(int(row["amount"] or 0), str(row["currency"])),
        reason=str(row["reason"]),
        remedy=str(row["remedy"]),
        language=str(row["language"]),
        category=str(row["category"]),
        seller=str(row["seller"]),
        has=None if has is None else str(has),
        unassigned=() if has else tuple(str(row["unassigned"]).split()),
        conflict=conflict,
        looking=looking,
        version=int(row["version"] or 0),
        reminder=own.reminder(dispute),
        claim=claim,
        words=words_in(own.words, claim),
    )


def _conflicts(service: Service, by: Actor, lane: Lane, rows: Sequence[Row]) -> list[str]:
    """What stands between each case and whoever has it, or would take it."""
    members = service.store.staff.members()
    taker = by.person if by.role is lane.role else ""
    now = service.clock.now()
    people = [str(row[lane.column] or taker) for row in rows]
    asked = [
        TiesAsked(person, str(row["order_id"]), str(row["buyer"]), str(row["seller"]), now)
        for person, row in zip(people, rows, strict=True)
    ]
    found: list[str] = []
    for question, ties in zip(asked, service.store.staff.ties(asked), strict=True):
        parties: dict[Side, PersonId] = {"buyer": question.buyer, "seller": question.seller}
        # A case that is nobody's, before somebody who could not take it, is bound to nobody.
        person = question.person
        refused = refuse_tied(person, parties, ties, members.get(person)) if person else None
        found.append(refused.rule if refused else "")
    return found
