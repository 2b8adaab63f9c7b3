"""Claim, offers, answers and their clocks, up to the move to a mediator."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from amends.dispute.events.base import DisputeEvent, TurnPassed, heard
from amends.dispute.state import (
    Claim,
    Dispute,
    Offer,
    OfferStatus,
)
from amends.kernel.deadlines import Deadline, Turn
from amends.kernel.instants import Instant
from amends.kernel.people import BOTH_SIDES, PersonId, Side, Who


class DisputeOpened(DisputeEvent, frozen=True, tag="dispute_opened"):
    """The buyer claims. The claim is the first offer."""

    told: ClassVar[tuple[Who, ...]] = BOTH_SIDES

    claim: Claim
    negotiation_ends: Instant
    ruling_due: Instant
    deadlines: tuple[Deadline, ...]

    def opened(self) -> Dispute:
        """The new dispute."""
        first = Offer(
            id="O1",
            by="buyer",
            remedy=self.claim.remedy,
            amount=self.claim.amount,
            at=self.at,
            note_ref=self.claim.description_ref,
        )
        return Dispute(
            id=self.dispute,
            phase="awaiting_seller",
            turn="seller",
            opened_at=self.at,
            claim=self.claim,
            offers=(first,),
            negotiation_ends=self.negotiation_ends,
            ruling_due=self.ruling_due,
            deadlines=self.deadlines,
        )


class EvidenceAdded(DisputeEvent, frozen=True, tag="evidence_added"):
    """Proofs on record with the order were put to this dispute."""

    told: ClassVar[tuple[Who, ...]] = ("other",)

    by: PersonId
    side: str
    evidence: tuple[str, ...]
    note_ref: str = ""

    def on(self, dispute: Dispute) -> Dispute:
        return heard(dispute, self.side)


class OfferMade(TurnPassed, frozen=True, tag="offer_made"):
    """A proposal; it takes the place of its maker's own standing one."""

    told: ClassVar[tuple[Who, ...]] = ("other",)

    offer: Offer

    def on(self, dispute: Dispute) -> Dispute:
        offers = tuple(
            replace(o, status="replaced") if o.by == self.offer.by and o.status == "standing" else o
            for o in dispute.offers
        )
        passed = heard(super().on(dispute), self.offer.by)
        return replace(
            passed,
            offers=(*offers, self.offer),
            seller_answered=dispute.seller_answered or self.offer.by == "seller",
        )


class OfferDeclined(TurnPassed, frozen=True, tag="offer_declined"):
    """A side said no; its answer counts and the turn goes to the other."""

    told: ClassVar[tuple[Who, ...]] = ("other",)

    offer: str
    by: Side
    note_ref: str = ""

    def on(self, dispute: Dispute) -> Dispute:
        passed = heard(super().on(dispute), self.by)
        # The claim stands whoever declines it: it is what the case is about.
        status: OfferStatus = "standing" if self.offer == "O1" else "declined"
        return replace(
            passed,
            offers=_with_status(dispute.offers, self.offer, status),
            seller_answered=dispute.seller_answered or self.by == "seller",
        )


class OfferAgreed(DisputeEvent, frozen=True, tag="offer_agreed"):
    """One side agreed to the platform's proposal; it binds when both have."""

    told: ClassVar[tuple[Who, ...]] = ("other",)

    offer: str
    by: Side

    def on(self, dispute: Dispute) -> Dispute:
        offers = tuple(
            replace(o, agreed_by=(*o.agreed_by, self.by)) if o.id == self.offer else o
            for o in dispute.offers
        )
        return heard(replace(dispute, offers=offers), self.by)


class OfferAccepted(DisputeEvent, frozen=True, tag="offer_accepted"):
    """Agreed, and final."""

    told: ClassVar[tuple[Who, ...]] = BOTH_SIDES

    offer: str
    by: Side

    def on(self, dispute: Dispute) -> Dispute:
        offers = _with_status(dispute.offers, self.offer, "accepted")
        lapsed = tuple(replace(o, status="lapsed") if o.status == "standing" else o for o in offers)
        return replace(
            dispute, offers=lapsed, seller_answered=dispute.seller_answered or self.by == "seller"
        )


class MoreTimeGiven(TurnPassed, frozen=True, tag="more_time_given"):
    """The seller asked for more time, once."""

    told: ClassVar[tuple[Who, ...]] = ("buyer",)

    note_ref: str = ""

    def on(self, dispute: Dispute) -> Dispute:
        return replace(super().on(dispute), more_time=True)


class Escalated(TurnPassed, frozen=True, tag="escalated"):
    """To a mediator: asked for by a side, or by silence, or at the end of negotiation, or because
    a return is disputed or was lost. ``because`` names the rule."""

    told: ClassVar[tuple[Who, ...]] = ("buyer", "seller", "mediator", "supervisor")

    because: str
    ruling_due: Instant
    by: Side | None = None
    unheard: Side | None = None
    unheard_until: Instant | None = None
    note_ref: str = ""

    def on(self, dispute: Dispute) -> Dispute:
        return replace(
            super().on(dispute),
            ruling_due=self.ruling_due,
            unheard=self.unheard,
            unheard_until=self.unheard_until,
            ruling=None,
            ruling_accepted_by=(),
        )


class DeliveryNoted(DisputeEvent, frozen=True, tag="delivery_noted"):
    """The carrier reports delivery while *not received* is disputed: both are told, nothing is
    decided by it."""

    told: ClassVar[tuple[Who, ...]] = BOTH_SIDES

    parcel: str


class DisputeReminded(DisputeEvent, frozen=True, tag="dispute_reminded"):
    """Whoever must act was told again, before the deadline ``due``."""

    told: ClassVar[tuple[Who, ...]] = ("turn",)

    what: str
    turn: Turn
    due: Instant

    def on(self, dispute: Dispute) -> Dispute:
        return replace(
            dispute,
            deadlines=tuple(d.reminded() if d.what == self.what else d for d in dispute.deadlines),
        )


class TurnExtended(DisputeEvent, frozen=True, tag="turn_extended"):
    """A turn ran out while our service was down, and was extended by as long as it was.

    Where that was the end of negotiation, the ruling is due later by as much.
    """

    told: ClassVar[tuple[Who, ...]] = BOTH_SIDES

    what: str
    down_since: Instant
    down_until: Instant
    due: Instant

    def on(self, dispute: Dispute) -> Dispute:
        if self.what == "negotiation":
            longer = self.due - dispute.negotiation_ends
            dispute = replace(
                dispute,
                negotiation_ends=self.due,
                ruling_due=dispute.ruling_due + longer,
            )
        return replace(
            dispute,
            deadlines=tuple(
                d.moved_to(self.due) if d.what == self.what else d for d in dispute.deadlines
            ),
        )


def _with_status(
    offers: tuple[Offer, ...], offer_id: str, status: OfferStatus
) -> tuple[Offer, ...]:
    return tuple(replace(o, status=status) if o.id == offer_id else o for o in offers)
