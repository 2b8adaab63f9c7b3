"""What a case's record says of its facts: agreed by both sides, disputed, or unproven.

Only what was stated by a recorded step counts, never what a text may mean: that is for whoever
decides. A side that once denied something is never said to agree to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from amends.dispute.case import CaseEvent
from amends.dispute.events.negotiation import OfferDeclined
from amends.dispute.state import Case, Dispute
from amends.order.state import Order, Parcel

FactCode = Literal["sent", "arrived", "in_time", "reason", "back_as_sent"]
Standing = Literal["agreed", "disputed", "unproven"]


class Says(Struct, frozen=True):
    """Somebody asserts or denies a fact by a step on record. ``record``: a carrier does."""

    by: Literal["buyer", "seller", "record"]
    holds: bool


class Fact(Struct, frozen=True):
    """A fact the case may turn on: who says what of it, and where it stands."""

    code: FactCode
    standing: Standing
    says: tuple[Says, ...]


def facts_of(case: Case, dispute: Dispute, events: Iterable[CaseEvent]) -> tuple[Fact, ...]:
    """The facts that the record says anything about, in the order in which things happen.

    ``events`` are the dispute's own, or the whole order's.
    """
    declined = any(
        isinstance(e, OfferDeclined) and e.dispute == dispute.id and e.by == "seller"
        for e in events
    )
    order = case.order
    parcels = tuple(p for p in order.outbound if p.lines.keys() & dispute.claim.lines.keys())
    said: tuple[tuple[FactCode, list[Says]], ...] = (
        ("sent", _sent(dispute, parcels)),
        ("arrived", _arrived(order, dispute, parcels)),
        ("in_time", _in_time(order, dispute, parcels)),
        ("reason", _reason(dispute, declined=declined)),
        ("back_as_sent", _back_as_sent(dispute)),
    )
    found = ((code, tuple(dict.fromkeys(says))) for code, says in said if says)
    return tuple(Fact(code, _standing(says), says) for code, says in found)


def _standing(says: tuple[Says, ...]) -> Standing:
    """Agreed: both sides say so, or a carrier recorded it, and nobody says otherwise."""
    if {True, False} <= {one.holds for one in says}:
        return "disputed"
    who = {one.by for one in says}
    return "agreed" if "record" in who or len(who) > 1 else "unproven"


def _sent(dispute: Dispute, parcels: tuple[Parcel, ...]) -> list[Says]:
    says = [Says("seller", holds=True)] if parcels else []
    if any(parcel.status for parcel in parcels):
        says.append(Says("record", holds=True))
    if dispute.claim.received:
        says.append(Says("buyer", holds=True))
    return says


def _arrived(order: Order, dispute: Dispute, parcels: tuple[Parcel, ...]) -> list[Says]:
    says = [Says("buyer", holds=dispute.claim.received)]
    if order.received_at:
        says.append(Says("buyer", holds=True))
    if parcels and all(parcel.delivered_at for parcel in parcels):
        says.append(Says("record", holds=True))
    if any(parcel.status in ("lost", "returned_to_sender") for parcel in parcels):
        says.append(Says("record", holds=False))
    return says


def _in_time(order: Order, dispute: Dispute, parcels: tuple[Parcel, ...]) -> list[Says]:
    promised, came = order.promised_by, [p.delivered_at for p in parcels]
    says = [Says("buyer", holds=False)] if dispute.claim.reason == "late" else []
    if promised and all(came) and came:
        says.append(Says("record", holds=all(at is not None and at <= promised for at in came)))
        if not dispute.claim.received:  # what never came did not come in time
            says.append(Says("buyer", holds=False))
    return says


def _reason(dispute: Dispute, *, declined: bool) -> list[Says]:
    """Whether what the claim is about is so. Money offered for peace's sake admits nothing; what
    was claimed, offered in full, does, unless it was declined or refused before."""
    says = [Says("buyer", holds=True)]
    if declined:
        says.append(Says("seller", holds=False))
    claim = dispute.claim
    for offer in dispute.offers:
        if offer.by != "seller":
            continue
        if offer.remedy == "refund" and not offer.amount:
            says.append(Says("seller", holds=False))
        elif offer.remedy == claim.remedy and offer.amount >= claim.amount:
            says.append(Says("seller", holds=True))
    return says


def _back_as_sent(dispute: Dispute) -> list[Says]:
    back = dispute.return_
    if back is None or not back.parcel:
        return []
    says = [Says("buyer", holds=True)]
    if back.condition:
        says.append(Says("seller", holds=back.condition == "as_sent"))
    return says
