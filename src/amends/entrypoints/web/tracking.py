"""A parcel's way as a line of events: sent, what the carrier told, delivered."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from amends.dispute.case import CaseEvent
from amends.entrypoints.views.structs import ParcelView
from amends.entrypoints.views.texts import Texts
from amends.kernel.instants import Instant
from amends.kernel.record import Recorded
from amends.order.events.life import ParcelSent, TrackingRecorded


class Passed(Struct, frozen=True):
    """Something that happened to a parcel; ``status`` is the carrier's, ``sent`` the seller's."""

    at: Instant
    status: str
    place: str


class Way(Struct, frozen=True):
    """A parcel and its events, the latest first."""

    parcel: ParcelView
    passed: tuple[Passed, ...]


def ways_of(
    parcels: Sequence[ParcelView], events: Sequence[Recorded[CaseEvent]], texts: Texts
) -> tuple[Way, ...]:
    """The parcels with what is on record about each, by when it happened."""
    found: dict[str, list[Passed]] = {parcel.id: [] for parcel in parcels}
    for event in (recorded.event for recorded in events):
        if isinstance(event, ParcelSent) and event.parcel.id in found:
            found[event.parcel.id].append(Passed(event.parcel.shipped_at, "sent", ""))
        elif isinstance(event, TrackingRecorded) and event.parcel in found:
            place = texts.get(event.place_ref) if event.place_ref else None
            found[event.parcel].append(Passed(event.at, event.status, place or ""))
    return tuple(
        Way(parcel, tuple(sorted(found[parcel.id], key=lambda one: one.at, reverse=True)))
        for parcel in parcels
    )
