"""Send other goods instead of money."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.events.effects import ReplacementShipped
from amends.dispute.parcels import NumberCheck, sent_parcel
from amends.dispute.steps import clock_since
from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Name
from amends.order.asked import When
from amends.order.events.life import ParcelSent

BY = frozenset({Role.SELLER})


class ShipReplacement(Struct, frozen=True, forbid_unknown_fields=True, tag="ship_replacement"):
    """``at``: when it left, now when left out. ``number_check`` is what the carrier's own format
    says of the number; whoever takes the command in sets it. ``insist`` keeps one that fails it."""

    carrier: Name
    tracking_number: Name
    at: When | None = None
    number_check: NumberCheck = "unchecked"
    insist: bool = False


def may(asked: AskedOfDispute) -> Refused | None:
    """Once, while a replacement is owed."""
    refused = asked.refuse_phase("replacing")
    sent = asked.dispute.replacement
    if not refused and sent and sent.parcel:
        return Refused("replacement_already_shipped", {"parcel": sent.parcel}, ("wait",))
    return refused


def decide(asked: AskedOfDispute, command: ShipReplacement) -> Outcome:
    """The parcel has its carrier's days to arrive; the buyer says when it has."""
    parcel = sent_parcel(
        asked,
        "replacement",
        carrier=command.carrier,
        tracking_number=command.tracking_number,
        at=command.at,
        number_check=command.number_check,
        insist=command.insist,
    )
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
