"""A question put to an order: may this person do that now? What every order command is given."""

from __future__ import annotations

from typing import Any, Protocol

from msgspec import Struct

from amends.kernel.decision import Accepted, Refused, Stamp
from amends.kernel.instants import Instant
from amends.kernel.people import Actor, Role
from amends.order.events import OrderEvent
from amends.order.state import Order
from amends.policy.terms import Terms

OrderOutcome = Accepted[OrderEvent] | Refused


class Asked(Struct, frozen=True):
    """An order as it stands, who asks, under which terms, and the engine's stamp."""

    order: Order
    by: Actor
    terms: Terms
    stamp: Stamp

    @property
    def now(self) -> Instant:
        """The instant at which it is asked."""
        return self.stamp.at


class OrderCommandModule(Protocol):
    """A file of ``order/decide``: who may ask, whether it can be asked now, and what follows.

    ``may`` is what the pages' and the API's options show; ``decide`` is only called when it and
    the role have said yes.
    """

    BY: frozenset[Role]

    def may(self, asked: Asked) -> Refused | None:
        """Why it cannot be asked at all now, or None."""

    def decide(self, asked: Asked, command: Any) -> OrderOutcome:
        """What follows from ``command``."""


def in_the_future(at: Instant | None, now: Instant, field: str = "at") -> Refused | None:
    """Refuses an instant later than ``now``: what has not happened cannot be recorded."""
    if at is None or at <= now:
        return None
    return Refused(
        "in_the_future", {"at": at, "now": now}, ("give_past_time",), "invalid", field=field
    )


def before_the_order(at: Instant | None, order: Order, field: str = "at") -> Refused | None:
    """Refuses an instant before the order was placed."""
    if at is None or at >= order.placed_at:
        return None
    facts = {"at": at, "placed_at": order.placed_at}
    return Refused("before_the_order", facts, ("give_later_time",), "invalid", field=field)
