"""Orders as they really happened, to be copied: the sample marketplace, lived through the engine
and looked at again after more and more days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

from msgspec import Struct

from amends.bootstrap import Settings, build_service
from amends.engine.jobs import Done
from amends.engine.store import StoredEvent
from amends.entrypoints.clock import move_to
from amends.entrypoints.demo import live
from amends.entrypoints.service import Service
from amends.kernel.people import Actor

NOW = datetime(2030, 1, 7, 12, tzinfo=UTC)
"""When the copied orders are looked at. It lies ahead, so that a server on the machine's own clock
has none of their deadlines to let go."""
_ORDERS = 120
_LOOKED_AT = tuple(timedelta(days=days) for days in (0, 2, 7, 16, 40))
_LONGEST_AGO = timedelta(days=730)
# Nothing is to run out while somebody measures.
_NOTHING_DUE = timedelta(days=1)


class Step(Struct, frozen=True):
    """What one command, or the clock, recorded: events as JSON, and the texts kept with them as
    reference, owner and text."""

    by: Actor
    command: str
    events: tuple[str, ...]
    texts: tuple[tuple[str, str, str], ...]


class Template(Struct, frozen=True):
    """An order's life up to some day, whose it is, and by how much it may be moved in time so that
    all of it has happened by ``NOW`` and nothing more is due soon."""

    order: str
    buyer: str
    seller: str
    purchase: str
    reference: str
    steps: tuple[Step, ...]
    earliest: timedelta
    latest: timedelta


class Templates(Struct, frozen=True):
    """Orders that nothing is due of any more and those that wait for something, without a dispute
    and with one."""

    at_rest: list[Template] = []
    waiting: list[Template] = []
    at_rest_disputed: list[Template] = []
    waiting_disputed: list[Template] = []


def lived(folder: Path, advance: Callable[[int], object]) -> Templates:
    """Live the sample in ``folder``; ``advance`` is told of a hundred parts in all."""
    service = build_service(Settings(folder / "sample.db", sandbox=True))
    sandbox = service.sandbox
    assert sandbox is not None
    service = replace(service, handlers={**service.handlers, "mail": lambda _: Done()})
    found = Templates()
    try:
        live(service, NOW, advance, orders=_ORDERS)
        seen: set[tuple[str, int]] = set()
        for later in _LOOKED_AT:
            move_to(service, sandbox, NOW + later)
            for order in service.store.upkeep.orders():
                _take(service, order, seen, found)
    finally:
        service.close()
    return found


def _take(service: Service, order: str, seen: set[tuple[str, int]], into: Templates) -> None:
    """Keep the order as it stands, unless it was seen so before or cannot be moved to ``NOW``."""
    view, snapshot = service.engine.view(order), service.store.upkeep.snapshot(order)
    assert view is not None
    assert snapshot.state is not None
    if (order, view.version) in seen:
        return
    seen.add((order, view.version))
    due, disputed = snapshot.state.next_due, bool(view.state.disputes)
    earliest = -_LONGEST_AGO if due is None else max(-_LONGEST_AGO, NOW + _NOTHING_DUE - due)
    latest = NOW - snapshot.events[-1].at
    if earliest >= latest:
        return
    of = view.state.order
    steps = tuple(steps_of(service, order, snapshot.events))
    template = Template(
        order, of.buyer, of.seller, of.purchase, of.payment.reference, steps, earliest, latest
    )
    if due is None:
        (into.at_rest_disputed if disputed else into.at_rest).append(template)
    else:
        (into.waiting_disputed if disputed else into.waiting).append(template)


def steps_of(service: Service, order: str, events: tuple[StoredEvent, ...]) -> Iterator[Step]:
    """What happened to an order, with the texts that belong to it."""
    sealed = service.store.upkeep.snapshot(order).sealed
    texts = service.store.records.texts({(order, s.ref) for of in sealed.values() for s in of})
    for (by, command), together in groupby(events, lambda event: (event.by, event.command_id)):
        its = tuple(together)
        yield Step(
            by,
            command,
            tuple(event.body.decode() for event in its),
            tuple(
                (s.ref, s.owner, texts[order, s.ref] or "")
                for event in its
                for s in sealed.get(event.number, ())
            ),
        )
