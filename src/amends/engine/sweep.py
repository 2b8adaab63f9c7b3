"""Letting deadlines expire without a visitor, and knowing when we were not there to do so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import TypeVar

from msgspec import Struct

from amends.engine.engine import Engine
from amends.engine.service import Uptime
from amends.engine.slots import every_slot, slot_of
from amends.engine.store import Due
from amends.kernel.decision import Refused
from amends.kernel.instants import Instant, Outage

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")
T = TypeVar("T")

# So many orders share what a commit costs, and hold up commands on SQLite for a tenth of a second.
_BATCH = 500


class Swept(Struct, frozen=True):
    """What a sweep did: orders looked at, events recorded, and what went wrong with which order."""

    orders: int = 0
    events: int = 0
    failed: tuple[tuple[str, Exception], ...] = ()


def sweep(
    engine: Engine[S, C, E, T],
    slots: Callable[[], Collection[int]] = every_slot,
    *,
    batch: int = _BATCH,
) -> Swept:
    """Let everything expire that is due now in the slots we hold, about ``batch`` orders at a time.

    In each slot the earliest comes first; ``slots`` is asked before every batch, so that what has
    passed to another is left to them. Should two look after one slot for a moment, each event is
    still recorded once. An order that fails is passed over and tried again by the next sweep, so
    that it holds up nobody else.
    """
    now = engine.clock()
    orders = events = 0
    failed: list[tuple[str, Exception]] = []
    places: dict[int, Due | None] = dict.fromkeys(slots())
    while places:
        each = -(-batch // len(places))
        due = engine.store.records.due(now, each, places)
        found = Counter(slot_of(order) for _, order in due)
        # A slot that gave less than it could has no more to give.
        still = {slot for slot in slots() if found[slot] == each}
        places = {slot_of(place[1]): place for place in due if slot_of(place[1]) in still}
        names = [order for _, order in due]
        for order, answer in zip(names, engine.expire(names), strict=True):
            orders += 1
            if isinstance(answer, Exception):
                failed.append((order, answer))
            elif isinstance(answer.outcome, Refused):
                failed.append((order, RuntimeError(f"refused: {answer.outcome.rule}")))
            else:
                events += len(answer.outcome.events)
    return Swept(orders, events, tuple(failed))


def keep_beat(
    uptime: Uptime, clock: Callable[[], Instant], longest_gap: timedelta
) -> Outage | None:
    """Say that the service is up; a gap since it last did becomes an outage, and is returned.

    To be called before the first sweep after a start, so that what ran out meanwhile is judged with
    the outage known, and then at intervals well below ``longest_gap``.
    """
    now, last = clock(), uptime.last_beat()
    outage = None
    if last is not None and now - last > longest_gap:
        outage = Outage(last, now)
        uptime.add_outage(outage)
    uptime.beat(now)
    return outage
