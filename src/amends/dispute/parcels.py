"""Parcels of a dispute: a return on its way back, a replacement on its way there."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute
from amends.dispute.state import Dispute, Return
from amends.kernel.decision import Refused
from amends.kernel.texts import Name
from amends.order.asked import Asked, When, happened_at, refuse_blank
from amends.order.state import Parcel
from amends.order.tracking import NumberCheck, refuse_number


def way_back(dispute: Dispute) -> Return:
    """The return under way. Raises ValueError when there is none, which only a damaged record can
    hold of a dispute that is returning."""
    if dispute.return_ is None:
        raise ValueError(f"{dispute.id} has no return under way")
    return dispute.return_


class ParcelFields(Struct, frozen=True, forbid_unknown_fields=True):
    """``at``: when it left, now when left out. ``number_check`` is what the carrier's own format
    says of the number; whoever takes the command in sets it. ``insist`` keeps one that fails it."""

    carrier: Name
    tracking_number: Name
    at: When | None = None
    number_check: NumberCheck = "unchecked"
    insist: bool = False


def sent_parcel(
    asked: AskedOfDispute, kind: Literal["return", "replacement"], fields: ParcelFields
) -> Parcel | Refused:
    """The parcel a side says it has sent, with all units of the claim."""
    order = asked.order
    carrier, number = fields.carrier.strip(), fields.tracking_number.strip()
    refused = (
        refuse_blank(carrier, "carrier", "name_carrier")
        or refuse_blank(number, "tracking_number", "name_tracking_number")
        or refuse_number(
            order, carrier, number, kind=kind, check=fields.number_check, insist=fields.insist
        )
    )
    if refused:
        return refused
    shipped_at = happened_at(fields.at, Asked(order, asked.by, asked.terms, asked.stamp))
    if isinstance(shipped_at, Refused):
        return shipped_at
    return Parcel(
        id=f"S{len(order.parcels) + 1}",
        carrier=carrier,
        tracking_number=number,
        lines=asked.dispute.claim.lines,
        shipped_at=shipped_at,
        check=fields.number_check,
        kind=kind,
        dispute=asked.dispute.id,
    )
