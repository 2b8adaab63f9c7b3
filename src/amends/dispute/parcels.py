"""Parcels of a dispute: a return on its way back, a replacement on its way there."""

from __future__ import annotations

from typing import Literal

from amends.dispute.asked import AskedOfDispute
from amends.dispute.state import Dispute, Return
from amends.kernel.decision import Facts, Refused
from amends.order.asked import Asked, When, happened_at, refuse_blank
from amends.order.state import Parcel
from amends.order.tracking import parcel_with

NumberCheck = Literal["valid", "invalid", "unchecked"]


def way_back(dispute: Dispute) -> Return:
    """The return under way. Raises ValueError when there is none, which only a damaged record can
    hold of a dispute that is returning."""
    if dispute.return_ is None:
        raise ValueError(f"{dispute.id} has no return under way")
    return dispute.return_


def sent_parcel(
    asked: AskedOfDispute,
    kind: Literal["return", "replacement"],
    *,
    carrier: str,
    tracking_number: str,
    at: When | None,
    number_check: NumberCheck,
    insist: bool,
) -> Parcel | Refused:
    """The parcel a side says it has sent, with all units of the claim.

    A number its carrier could not have given out is refused once, so that a slip is noticed, and
    taken when the sender insists; one that stands for another parcel could not be told from it.
    """
    order = asked.order
    refused = refuse_blank(carrier, "carrier", "name_carrier") or refuse_blank(
        tracking_number, "tracking_number", "name_tracking_number"
    )
    if refused:
        return refused
    facts: Facts = {"tracking_number": tracking_number, "carrier": carrier}
    if number_check == "invalid" and not insist:
        return Refused(
            "tracking_number_wrong", facts, ("check_digits", "insist"), "invalid",
            "tracking_number",
        )  # fmt: skip
    taken = parcel_with(order, tracking_number)
    if taken:
        return Refused(
            "tracking_number_used", {**facts, "parcel": taken.id}, ("name_other_number",),
            field="tracking_number",
        )  # fmt: skip
    shipped_at = happened_at(at, Asked(order, asked.by, asked.terms, asked.stamp))
    if isinstance(shipped_at, Refused):
        return shipped_at
    return Parcel(
        id=f"S{len(order.parcels) + 1}",
        carrier=carrier.strip(),
        tracking_number=tracking_number.strip(),
        lines=asked.dispute.claim.lines,
        shipped_at=shipped_at,
        check=number_check,
        kind=kind,
        dispute=asked.dispute.id,
    )
