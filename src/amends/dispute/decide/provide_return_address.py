"""Say where the goods are to be sent back to."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.events.effects import ReturnAddressGiven
from amends.dispute.parcels import way_back
from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.order.address import Address
from amends.policy.clocks import start_clock

BY = frozenset({Role.SELLER})


class ProvideReturnAddress(
    Struct, frozen=True, forbid_unknown_fields=True, tag="provide_return_address"
):
    """``address``: parts by name, as they are written on a parcel to there."""

    address: Address


def may(asked: AskedOfDispute) -> Refused | None:
    """Until the parcel has been sent."""
    refused = asked.refuse_phase("returning")
    if refused:
        return refused
    back = way_back(asked.dispute)
    if back.parcel:
        return Refused("return_already_shipped", {"parcel": back.parcel}, ("send_message",))
    return None


def decide(asked: AskedOfDispute, command: ProvideReturnAddress) -> Outcome:
    """The buyer's time to ship runs from the first address; correcting it gives nobody more."""
    parts = {name: part.strip() for name, part in command.address.items() if part.strip()}
    if not parts:
        return Refused("address_missing", {}, ("write_address",), "invalid", "address")
    address_ref, contents = asked.text("address", msgspec.json.encode(parts).decode())
    dispute = asked.dispute
    clocks = dispute.deadlines
    if not way_back(dispute).address_ref:
        within = asked.terms.returns.shipped_within
        clocks = (
            start_clock(within, "return_shipment", "buyer", asked.now, "return_address_given"),
        )
    given = ReturnAddressGiven(
        at=asked.now,
        dispute=dispute.id,
        phase="returning",
        turn="buyer",
        deadlines=clocks,
        address_ref=address_ref,
    )
    return Accepted((given,), contents)
