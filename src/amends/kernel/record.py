"""What is recorded of an event, and what follows from it: rows of views, and jobs."""

from __future__ import annotations

from types import ModuleType
from typing import Generic, TypeVar

from msgspec import Struct

from amends.kernel.instants import Instant
from amends.kernel.people import Actor

E = TypeVar("E")
Tagged = TypeVar("Tagged", bound=Struct)

Column = str | int | None


class Recorded(Struct, Generic[E], frozen=True):
    """An event in its stream: ``number`` counts from 1 without gaps; ``at`` is when it happened
    (for an expired deadline its own due instant, which may lie before the command's)."""

    order: str
    number: int
    at: Instant
    by: Actor
    command_id: str
    event: E


class Row(Struct, frozen=True):
    """One row of a projection as it now is: ``key`` identifies it within the order's own rows.

    The order's id is not part of ``key``; the store adds it in front. ``values`` None removes it.
    """

    table: str
    key: dict[str, Column]
    values: dict[str, Column] | None


class Job(Struct, frozen=True):
    """Something to do in the outside world once the record is safe.

    ``id`` is made from the event's, so the same event never asks twice. ``payload`` is JSON.
    """

    id: str
    kind: str
    run_at: Instant
    payload: dict[str, Column]


class Projected(Struct, frozen=True):
    """What follows from one event: rows of views, and jobs."""

    rows: tuple[Row, ...] = ()
    jobs: tuple[Job, ...] = ()


def tagged(base: type[Tagged], *modules: ModuleType) -> tuple[type[Tagged], ...]:
    """The events that ``modules`` define: their classes below ``base`` that have a tag, by tag."""
    found = {
        str(value.__struct_config__.tag): value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, base) and value.__struct_config__.tag
    }
    return tuple(found[tag] for tag in sorted(found))
