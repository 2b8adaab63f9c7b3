"""Units of an order's lines as commands name them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from amends.kernel.decision import Facts, Refused
from amends.kernel.texts import Id
from amends.order.state import Order

Quantity = Annotated[int, Meta(ge=1, le=100_000)]


class LineQuantity(Struct, frozen=True, forbid_unknown_fields=True):
    """So many units of one line."""

    line: Id
    quantity: Quantity


def resolve_lines(order: Order, named: Sequence[LineQuantity]) -> dict[str, int] | Refused:
    """Units by line id; all units of the order when none are named.

    Refuses a line the order does not have, one named twice, and more units than were bought.
    """
    if not named:
        return {line.id: line.quantity for line in order.lines}
    units: dict[str, int] = {}
    for entry in named:
        line = order.line(entry.line)
        facts: Facts = {"line": entry.line}
        if line is None:
            return Refused("unknown_line", facts, ("name_own_line",), "invalid", field="lines")
        if entry.line in units:
            return Refused("line_named_twice", facts, ("name_line_once",), "invalid", field="lines")
        if entry.quantity > line.quantity:
            bought: Facts = {"line": entry.line, "asked": entry.quantity, "bought": line.quantity}
            return Refused(
                "more_than_bought", bought, ("name_fewer_units",), "invalid", field="lines"
            )
        units[entry.line] = entry.quantity
    return units
