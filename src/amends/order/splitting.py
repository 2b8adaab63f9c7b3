"""What of an order is left when units of it become another order's."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from amends.kernel.money import allocate
from amends.order.state import Line, Order


def lines_without(order: Order, moved: Mapping[str, int]) -> tuple[Line, ...]:
    """The order's lines without the ``moved`` units, each with the share of what was paid for the
    units that stay. A line of which all units move is gone."""
    kept = (_without(line, moved.get(line.id, 0)) for line in order.lines)
    return tuple(line for line in kept if line.quantity)


def captured_without(order: Order, kept: tuple[Line, ...]) -> int:
    """The order's share of what was captured, in proportion to what was paid for the ``kept`` lines
    and those that move. Postage stays."""
    stays = sum(line.paid for line in kept) + order.shipping_paid
    goes = sum(line.paid for line in order.lines) + order.shipping_paid - stays
    return allocate(order.captured, (stays, goes))[0]


def _without(line: Line, moved: int) -> Line:
    if not moved:
        return line
    units = line.quantity - moved
    paid, tax = line.paid_for(units), _share(line.tax, units, line.quantity)
    # Prices either hold the tax or come without it; what was paid says which.
    added = line.paid > line.unit_price * line.quantity - line.discount
    discount = line.unit_price * units + (tax if added else 0) - paid
    return replace(line, quantity=units, paid=paid, tax=tax, discount=discount)


def _share(total: int, units: int, of: int) -> int:
    """The same split over units by which ``Line.paid_for`` goes: odd ones on the first units."""
    base, odd = divmod(total, of)
    return units * base + min(units, odd)
