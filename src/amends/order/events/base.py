"""What every event of an order carries, and the order's clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from amends.kernel.deadlines import Deadline
from amends.kernel.instants import Instant
from amends.kernel.people import Who
from amends.order.state import Order


class OrderEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every event of an order carries."""

    # Who gets a notice of it, besides seeing it on the page.
    told: ClassVar[tuple[Who, ...]] = ()

    at: Instant

    if TYPE_CHECKING:
        # Each event has its own.
        def on(self, order: Order) -> Order:
            """The order after this event."""
            raise NotImplementedError


def with_clock(order: Order, *clocks: Deadline) -> tuple[Deadline, ...]:
    """The order's deadlines with ``clocks`` put in place of those of the same step and subject."""
    new = {(c.what, c.subject) for c in clocks}
    kept = tuple(d for d in order.deadlines if (d.what, d.subject) not in new)
    return (*kept, *clocks)


def without_clock(order: Order, what: str, subject: str = "") -> tuple[Deadline, ...]:
    """The order's deadlines without one step's."""
    return tuple(d for d in order.deadlines if (d.what, d.subject) != (what, subject))


def without_subject(order: Order, subject: str) -> tuple[Deadline, ...]:
    """The order's deadlines without any that are about ``subject``."""
    return tuple(d for d in order.deadlines if d.subject != subject)


def protected_until(order: Order, clock: Deadline | None) -> tuple[Deadline, ...]:
    """The order's deadlines with this end of its protection, or with none."""
    return with_clock(order, clock) if clock else without_clock(order, "protection")
