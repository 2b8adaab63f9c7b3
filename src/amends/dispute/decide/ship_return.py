"""Send the goods back."""

from __future__ import annotations

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.events.effects import ReturnShipped
from amends.dispute.parcels import ParcelFields, sent_parcel, way_back
from amends.dispute.steps import clock_since
from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.order.events.life import ParcelSent

BY = frozenset({Role.BUYER})


class ShipReturn(ParcelFields, frozen=True, forbid_unknown_fields=True, tag="ship_return"):
    """The parcel the buyer sends back."""


def may(asked: AskedOfDispute) -> Refused | None:
    """Once, when the seller has said where to."""
    refused = asked.refuse_phase("returning")
    if refused:
        return refused
    back = way_back(asked.dispute)
    if not back.address_ref:
        address = asked.dispute.deadline("return_address")
        return Refused("no_return_address", {"until": address.at if address else None}, ("wait",))
    if back.parcel:
        return Refused("return_already_shipped", {"parcel": back.parcel}, ("wait",))
    return None


def decide(asked: AskedOfDispute, command: ShipReturn) -> Outcome:
    """The parcel has its carrier's days to arrive."""
    parcel = sent_parcel(asked, "return", command)
    if isinstance(parcel, Refused):
        return parcel
    arrival = clock_since(
        asked.terms.carrier_days(parcel.carrier),
        "return_arrival", "seller", parcel.shipped_at, "return_shipped", asked.now,
    )  # fmt: skip
    shipped = ReturnShipped(
        at=asked.now,
        dispute=asked.dispute.id,
        phase="returning",
        turn="seller",
        deadlines=(arrival,),
        parcel=parcel.id,
    )
    return Accepted((ParcelSent(at=parcel.shipped_at, parcel=parcel), shipped))
