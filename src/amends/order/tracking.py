"""Tracking numbers: which parcels carry one, and which number a new parcel may carry."""

from __future__ import annotations

from typing import Literal

from amends.kernel.decision import Facts, Refused
from amends.order.state import Order, Parcel, ParcelKind

NumberCheck = Literal["valid", "invalid", "unchecked"]


def plain_number(number: str) -> str:
    """A tracking number as it is compared: without case, blanks and dashes."""
    return "".join(c for c in number.upper() if not c.isspace() and c != "-")


def parcels_with(order: Order, number: str) -> tuple[Parcel, ...]:
    """The parcels that carry ``number``. Several only where lines that travel together were put in
    one by one."""
    wanted = plain_number(number)
    if not wanted:
        return ()
    return tuple(p for p in order.parcels if plain_number(p.tracking_number) == wanted)


def refuse_number(
    order: Order, carrier: str, number: str, *, kind: ParcelKind, check: NumberCheck, insist: bool
) -> Refused | None:
    """Refuses a number for a new parcel of ``kind``.

    One that its carrier could not have given out is refused until the sender insists, so that a
    slip is noticed. One that a parcel on another way carries could not be told from it.
    """
    facts: Facts = {"tracking_number": number, "carrier": carrier}
    if check == "invalid" and not insist:
        next_ = ("check_digits", "insist")
        return Refused("tracking_number_wrong", facts, next_, "invalid", "tracking_number")
    for taken in parcels_with(order, number):
        if (taken.kind, kind) != ("outbound", "outbound"):
            used: Facts = {**facts, "parcel": taken.id}
            return Refused(
                "tracking_number_used", used, ("name_other_number",), field="tracking_number"
            )
    return None
