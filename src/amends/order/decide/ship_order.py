"""Send the order, or a part of it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Name
from amends.order.asked import (
    Asked,
    OrderOutcome,
    When,
    happened_at,
    refuse_blank,
    refuse_cancelled,
)
from amends.order.events.life import ParcelSent
from amends.order.protection import protection_clock
from amends.order.state import Order, Parcel
from amends.order.tracking import NumberCheck, refuse_number
from amends.order.units import LineQuantity, resolve_lines

BY = frozenset({Role.MARKETPLACE, Role.SELLER})


class ShipOrder(Struct, frozen=True, forbid_unknown_fields=True, tag="ship_order"):
    """``lines``: all that is left when none are named. ``at``: when it left, now when left out.
    ``tracking_number`` may be left out for a parcel that is not tracked. ``number_check`` is what
    the carrier's own format says of the number; whoever takes the command in sets it, whatever the
    sender wrote. ``insist`` keeps a number that fails it."""

    carrier: Name
    tracking_number: Name = ""
    lines: tuple[LineQuantity, ...] = ()
    at: When | None = None
    number_check: NumberCheck = "unchecked"
    insist: bool = False


def may(asked: Asked) -> Refused | None:
    """While any unit has not left."""
    return refuse_cancelled(asked.order) or (
        None if _left(asked.order) else Refused("nothing_left_to_ship", {}, ("record_tracking",))
    )


def decide(asked: Asked, command: ShipOrder) -> OrderOutcome:
    """The parcel is on record, and the end of the protection is reckoned anew."""
    order = asked.order
    refused = refuse_blank(command.carrier, "carrier", "name_carrier") or refuse_number(
        order,
        command.carrier,
        command.tracking_number,
        kind="outbound",
        check=command.number_check,
        # A person is told of a mistyped number; what a server sends is kept and marked.
        insist=command.insist or asked.by.role is Role.MARKETPLACE,
    )
    if refused:
        return refused
    lines = _lines(order, command)
    if isinstance(lines, Refused):
        return lines
    at = happened_at(command.at, asked)
    if isinstance(at, Refused):
        return at
    parcel = Parcel(
        id=f"S{len(order.parcels) + 1}",
        carrier=command.carrier.strip(),
        tracking_number=command.tracking_number.strip(),
        lines=dict(lines),
        shipped_at=at,
        check=command.number_check,
    )
    ends = protection_clock(
        replace(order, parcels=(*order.parcels, parcel)), asked.terms, asked.now
    )
    # A server may tell old stories. A seller who dates a parcel back so far that nobody could have
    # claimed it would take the buyer's protection away without a notice.
    if asked.by.role is Role.SELLER and ends and ends.at <= asked.now:
        facts: Facts = {"at": at, "ended_at": ends.at, "by": ends.rule}
        return Refused(
            "window_would_be_over", facts, ("give_later_time", "contact_support"), field="at"
        )
    return Accepted((ParcelSent(at=at, parcel=parcel, protection=ends),))


def _left(order: Order) -> dict[str, int]:
    left = {line.id: line.quantity - order.shipped(line.id) for line in order.lines}
    return {line: units for line, units in left.items() if units > 0}


def _lines(order: Order, command: ShipOrder) -> Mapping[str, int] | Refused:
    left = _left(order)
    if not command.lines:
        return left
    named = resolve_lines(order, command.lines)
    if isinstance(named, Refused):
        return named
    for line, units in named.items():
        if units > left.get(line, 0):
            facts: Facts = {"line": line, "asked": units, "left": left.get(line, 0)}
            return Refused("more_than_left_to_ship", facts, ("name_fewer_units",), field="lines")
    return named
