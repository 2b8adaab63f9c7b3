"""Parcels that are late or stall: seen from what is on record, before anybody asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from msgspec import Struct

from amends.kernel.instants import Instant, Window
from amends.order.protection import protection
from amends.order.state import Order, Parcel
from amends.policy.terms import Terms

DelayKind = Literal["not_sent", "late", "silent", "held_up", "at_pickup", "not_confirmed"]

# These are nobody's deadlines and decide nothing, so they stand in no pack: they say when it is
# worth asking.
SILENT_AFTER = timedelta(days=10)
"""Seven working days without a scan, after which postal carriers begin to search."""
PICKUP_AFTER = timedelta(days=3)
"""Carriers keep a parcel at a counter for a week or two before they send it back."""
CONFIRMED_WITHIN = timedelta(days=2)
"""A scan at the door is sometimes made a day before the parcel comes."""

_HELD_UP = ("failed_attempt", "exception", "returned_to_sender", "lost")
_UNDONE = ("cancelled", "abandoned")


class Delay(Struct, frozen=True):
    """What is late about one parcel, or about the units not sent (``parcel`` ""), and ``since``
    when. ``claim``: from when and until when a dispute about it can be opened; None once that is
    over."""

    kind: DelayKind
    parcel: str
    since: Instant
    claim: Window | None


def delays(order: Order, terms: Terms, now: Instant) -> tuple[Delay, ...]:
    """One for each parcel that is late or stalls at ``now``, and one for units that were not sent.

    None for what was received or cancelled, for goods with a dispute that is open or has settled
    them, and once protection is over.
    """
    if order.cancelled_at or order.received_at or order.protection_ended_at:
        return ()
    claimed = {
        line
        for claim in order.claims.values()
        if claim.outcome not in _UNDONE
        for line in claim.lines
    }
    parcels = {parcel.id: parcel for parcel in order.outbound}
    found: dict[str, Delay] = {}
    for entry in protection(order, terms, now):
        if entry.line in claimed or entry.parcel in found:
            continue
        parcel = parcels.get(entry.parcel)
        what = _parcel(order, parcel, now) if parcel else _not_sent(order, now)
        if what:
            claim = None if entry.state == "over" else entry.window
            found[entry.parcel] = Delay(*what, claim)
    return tuple(found.values())


def _not_sent(order: Order, now: Instant) -> tuple[DelayKind, str, Instant] | None:
    if order.ship_by and now >= order.ship_by:
        return "not_sent", "", order.ship_by
    if order.promised_by and now >= order.promised_by:
        return "late", "", order.promised_by
    return None


def _parcel(order: Order, parcel: Parcel, now: Instant) -> tuple[DelayKind, str, Instant] | None:
    heard = parcel.status_at or parcel.shipped_at
    if parcel.delivered_at:
        if now >= parcel.delivered_at + CONFIRMED_WITHIN:
            return "not_confirmed", parcel.id, parcel.delivered_at
        return None
    if parcel.status in _HELD_UP:
        return "held_up", parcel.id, heard
    if parcel.status == "available_for_pickup":
        return ("at_pickup", parcel.id, heard) if now >= heard + PICKUP_AFTER else None
    if order.promised_by and now >= order.promised_by:
        return "late", parcel.id, order.promised_by
    # Of a parcel without a number nothing was ever to be heard.
    if parcel.tracking_number and now >= heard + SILENT_AFTER:
        return "silent", parcel.id, heard
    return None
