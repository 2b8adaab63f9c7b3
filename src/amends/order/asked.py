"""A question put to an order: may this person do that now? What every order command is given."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Protocol

from msgspec import Meta, Struct

from amends.kernel.decision import Accepted, Content, Refused, Stamp
from amends.kernel.instants import Instant
from amends.kernel.people import Actor, Role
from amends.order.events.base import OrderEvent
from amends.order.state import Order
from amends.policy.terms import Terms

OrderOutcome = Accepted[OrderEvent] | Refused
# An instant as a command carries it: with its offset from UTC. ``in_utc`` makes an Instant of it.
When = Annotated[datetime, Meta(tz=True)]


class Asked(Struct, frozen=True):
    """An order as it stands, who asks, under which terms, and the engine's stamp.

    ``dispute``, ``refund``: the one that it is asked about, "" for any the order has.
    """

    order: Order
    by: Actor
    terms: Terms
    stamp: Stamp
    dispute: str = ""
    refund: str = ""

    @property
    def now(self) -> Instant:
        """The instant at which it is asked."""
        return self.stamp.at

    def text(self, name: str, text: str) -> tuple[str, tuple[Content, ...]]:
        """The reference to a text of the asker ("" when it is blank), and the content to keep."""
        if not text.strip():
            return "", ()
        content = Content(self.stamp.ref(name), self.by.person, text)
        return content.ref, (content,)


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


def happened_at(at: When | None, asked: Asked) -> Instant | Refused:
    """When something happened that is told now: ``at``, or now when it was left out.

    Refuses an instant later than now, and one before the order was placed.
    """
    if at is None:
        return asked.now
    return in_the_future(at, asked.now) or before_the_order(at, asked.order) or in_utc(at)


def in_utc(at: When) -> Instant:
    """The same instant in UTC.

    Only for instants known to lie well inside the years 1 to 9999: beyond, an offset leads out of
    the calendar and Python raises OverflowError.
    """
    return at.astimezone(UTC)


def refuse_blank(text: str, field: str, then: str = "write_text") -> Refused | None:
    """Refuses a text that says nothing."""
    return None if text.strip() else Refused("text_missing", {}, (then,), "invalid", field)


def refuse_party(asked: Asked) -> Refused | None:
    """Refuses one of the platform's people who is a party to the order themselves."""
    order, person = asked.order, asked.by.person
    parties = {order.buyer: "buyer", order.seller: "seller"}
    if person not in parties:
        return None
    facts = {"person": person, "side": parties[person]}
    return Refused("conflict_of_interest", facts, ("choose_other_person",))


def refuse_cancelled(order: Order) -> Refused | None:
    """Refuses what makes no sense for an order that was called off."""
    if order.cancelled_at is None:
        return None
    return Refused("order_cancelled", {"at": order.cancelled_at}, ("see_refund",))
