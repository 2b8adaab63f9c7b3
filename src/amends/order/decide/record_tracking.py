"""What a carrier tells of a parcel: the order's own, a return or a replacement."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.decision import Accepted, Content, Facts, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Name
from amends.order.asked import Asked, OrderOutcome, When, happened_at
from amends.order.events.life import TrackingRecorded, tracking_key
from amends.order.state import TrackingStatus
from amends.order.tracking import parcels_with

BY = frozenset({Role.MARKETPLACE, Role.PROVIDER})


class RecordTracking(Struct, frozen=True, forbid_unknown_fields=True, tag="record_tracking"):
    """``at``: when it happened, now when left out. ``place``: where, as the carrier writes it."""

    tracking_number: Name
    status: TrackingStatus
    at: When | None = None
    place: Name = ""


def may(asked: Asked) -> Refused | None:
    """Once anything was sent."""
    return None if asked.order.parcels else Refused("nothing_shipped", {}, ("ship_order",))


def decide(asked: Asked, command: RecordTracking) -> OrderOutcome:
    """Kept, whatever its turn; what is known already changes nothing."""
    parcels = parcels_with(asked.order, command.tracking_number)
    if not parcels:
        facts: Facts = {"tracking_number": command.tracking_number}
        return Refused(
            "unknown_tracking_number", facts, ("ship_order", "check_digits"), "invalid",
            "tracking_number",
        )  # fmt: skip
    at = happened_at(command.at, asked)
    if isinstance(at, Refused):
        return at
    news = [p for p in parcels if tracking_key(command.status, at) not in p.seen]
    if not news:
        return Accepted(())
    # Where a parcel is says where its receiver is.
    receiver = asked.order.seller if news[0].kind == "return" else asked.order.buyer
    place = Content(asked.stamp.ref("place"), receiver, command.place)
    told = bool(command.place.strip())
    place_ref = place.ref if told else ""
    recorded = tuple(
        TrackingRecorded(at=at, parcel=parcel.id, status=command.status, place_ref=place_ref)
        for parcel in news
    )
    return Accepted(recorded, (place,) if told else ())
