"""Send other goods instead of money."""

from __future__ import annotations

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.events.effects import ReplacementShipped
from amends.dispute.parcels import ParcelFields, sent_parcel
from amends.dispute.steps import clock_since
from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.order.events.life import ParcelSent

BY = frozenset({Role.SELLER})


class ShipReplacement(
    ParcelFields, frozen=True, forbid_unknown_fields=True, tag="ship_replacement"
):
    """The parcel the seller sends instead of money."""


def may(asked: AskedOfDispute) -> Refused | None:
    """Once, while a replacement is owed."""
    refused = asked.refuse_phase("replacing")
    sent = asked.dispute.replacement
    if not refused and sent and sent.parcel:
        return Refused("replacement_already_shipped", {"parcel": sent.parcel}, ("wait",))
    return refused


def decide(asked: AskedOfDispute, command: ShipReplacement) -> Outcome:
    """The parcel has its carrier's days to arrive; the buyer says when it has."""
    parcel = sent_parcel(asked, "replacement", command)
    if isinstance(parcel, Refused):
        return parcel
    arrival = clock_since(
        asked.terms.carrier_days(parcel.carrier),
        "replacement_arrival", "buyer", parcel.shipped_at, "replacement_shipped", asked.now,
    )  # fmt: skip
    shipped = ReplacementShipped(
        at=asked.now,
        dispute=asked.dispute.id,
        phase="replacing",
        turn="buyer",
        deadlines=(arrival,),
        parcel=parcel.id,
    )
    return Accepted((ParcelSent(at=parcel.shipped_at, parcel=parcel), shipped))
