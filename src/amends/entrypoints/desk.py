"""Finance's desk: what is asked of finance, how many refunds are in which state, and since when.

Pages, API and command line show the same; each figure is read from an index.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from amends.engine.store import Views
from amends.kernel.instants import Instant, from_micros, to_micros
from amends.kernel.money import Money
from amends.kernel.record import Column

STATES = ("recorded", "sent", "unknown", "pending", "settled", "failed", "reversed")
DAYS_SHOWN = 30
_DAY = 86_400_000_000
# Ages of what is unclear are told apart up to here; what is older is one group.
_OLDEST = 14

Row = Mapping[str, Column]


class TaskItem(Struct, frozen=True):
    """Something finance has to see to. ``subject`` is a refund, a difference or a dispute;
    ``since`` when it came to be so, ``due_at`` when finance is told again."""

    order: str
    subject: str
    kind: str
    since: Instant
    due_at: Instant
    amount: Money


class DifferenceItem(Struct, frozen=True):
    """Where the two books part. ``about``: our refund, the provider's, or the payment. ``ours`` or
    ``theirs`` is null where that side has nothing."""

    id: str
    order: str
    kind: str
    about: str
    provider: str
    reference: str
    ours: Money | None
    theirs: Money | None
    state: str
    resolution: str | None
    at: Instant
    resolved_at: Instant | None


class StateCount(Struct, frozen=True):
    """How many refunds are in a state."""

    state: str
    count: int


class DayCount(Struct, frozen=True):
    """How many refunds were recorded on a day (UTC)."""

    day: date
    count: int


class AgeCount(Struct, frozen=True):
    """How many unclear refunds have been so for that many whole days; the last one for as many or
    more."""

    days: int
    count: int


class Summary(Struct, frozen=True):
    """The desk at a glance. ``per_day``: the last thirty days, today last. ``oldest_unknown``:
    since when the oldest unclear refund has been so."""

    tasks: int
    differences: int
    refunds: tuple[StateCount, ...]
    per_day: tuple[DayCount, ...]
    unknown_age: tuple[AgeCount, ...]
    oldest_unknown: Instant | None


def task_item(row: Row) -> TaskItem:
    """A row of the list of tasks."""
    return TaskItem(
        order=str(row["order_id"]),
        subject=str(row["subject"]),
        kind=str(row["kind"]),
        since=from_micros(int(row["since"] or 0)),
        due_at=from_micros(int(row["due_at"] or 0)),
        amount=Money(int(row["amount"] or 0), str(row["currency"])),
    )


def difference_item(row: Row) -> DifferenceItem:
    """A row of the list of differences."""
    currency = str(row["currency"])
    resolved = row["resolved_at"]
    return DifferenceItem(
        id=str(row["difference_id"]),
        order=str(row["order_id"]),
        kind=str(row["kind"]),
        about=str(row["about"]),
        provider=str(row["provider"]),
        reference=str(row["reference"]),
        ours=_money(row["ours"], currency),
        theirs=_money(row["theirs"], str(row["other_currency"] or currency)),
        state=str(row["state"]),
        resolution=str(row["resolution"]) or None,
        at=from_micros(int(row["at"] or 0)),
        resolved_at=None if resolved is None else from_micros(int(resolved)),
    )


def summary(views: Views, now: Instant) -> Summary:
    """The desk as it is now."""
    by_state = views.totals("refunds", None, ("state",))
    unclear = by_state.get(("unknown",), 0)
    unknown = views.page("refunds", {"state": "unknown"}, order_by="since", limit=1).rows
    return Summary(
        tasks=sum(views.totals("finance_tasks", None, ("kind",)).values()),
        differences=sum(views.totals("differences", None, ("state",), {"state": "open"}).values()),
        refunds=tuple(StateCount(state, by_state.get((state,), 0)) for state in STATES),
        per_day=_per_day(views, now),
        unknown_age=_unknown_age(views, now, unclear),
        oldest_unknown=from_micros(int(unknown[0]["since"] or 0)) if unknown else None,
    )


def _per_day(views: Views, now: Instant) -> tuple[DayCount, ...]:
    first = now.date() - timedelta(days=DAYS_SHOWN - 1)
    since = to_micros(datetime.combine(first, time.min, UTC))
    found = views.histogram("refunds", {}, "recorded_at", since=since, width=_DAY)
    return tuple(DayCount(first + timedelta(days=n), found.get(n, 0)) for n in range(DAYS_SHOWN))


def _unknown_age(views: Views, now: Instant, unclear: int) -> tuple[AgeCount, ...]:
    """By whole days, from less than one on; empty when nothing is unclear."""
    if not unclear:
        return ()
    since = to_micros(now - timedelta(days=_OLDEST))
    # The spans begin with the oldest: the last one holds what is younger than a day.
    found = views.histogram("refunds", {"state": "unknown"}, "since", since=since, width=_DAY)
    ages = dict.fromkeys(range(_OLDEST), 0)
    for span, count in found.items():
        ages[max(0, _OLDEST - 1 - span)] += count
    return (
        *(AgeCount(days, count) for days, count in ages.items()),
        AgeCount(_OLDEST, unclear - sum(found.values())),
    )


def _money(amount: Column, currency: str) -> Money | None:
    return None if amount is None else Money(int(amount), currency)
