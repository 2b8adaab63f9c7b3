"""Finding parcels by their tracking numbers."""

from __future__ import annotations

from amends.order.state import Order, Parcel


def plain_number(number: str) -> str:
    """A tracking number as it is compared: without case, blanks and dashes."""
    return "".join(c for c in number.upper() if not c.isspace() and c != "-")


def parcel_with(order: Order, number: str) -> Parcel | None:
    """The parcel that carries ``number``, outbound, return or replacement; the last one sent where
    a number was used again."""
    wanted = plain_number(number)
    if not wanted:
        return None
    found = [p for p in order.parcels if plain_number(p.tracking_number) == wanted]
    return found[-1] if found else None
