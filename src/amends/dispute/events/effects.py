"""What an agreement or a ruling brings about, to the end of the dispute."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from amends.dispute.events.base import DisputeEvent, TurnPassed
from amends.dispute.state import (
    Condition,
    Dispute,
    Effect,
    Outcome,
    Replacement,
    Return,
)
from amends.kernel.people import BOTH_SIDES, Who


class EffectStarted(TurnPassed, frozen=True, tag="effect_started"):
    """What was agreed or ruled is under way: a return, a replacement or a refund.

    ``withheld``: the refund waits until a bank has decided its chargeback. A return that has begun
    goes on from where it is; a replacement begins anew.
    """

    told: ClassVar[tuple[Who, ...]] = BOTH_SIDES

    effect: Effect
    withheld: bool = False

    def on(self, dispute: Dispute) -> Dispute:
        back = dispute.return_
        if self.phase == "returning":
            paid_by = self.effect.return_paid_by
            back = replace(back, paid_by=paid_by) if back else Return(paid_by=paid_by)
        return replace(
            super().on(dispute),
            effect=self.effect,
            withheld=self.withheld,
            return_=back,
            replacement=Replacement() if self.phase == "replacing" else dispute.replacement,
            unheard=None,
            unheard_until=None,
            information=None,
        )


class StepResumed(TurnPassed, frozen=True, tag="step_resumed"):
    """An appeal for something that had not come was turned down: the step goes on."""

    told: ClassVar[tuple[Who, ...]] = BOTH_SIDES


class ReturnEvent(TurnPassed, frozen=True, kw_only=True):
    """A step on the goods' way back."""

    def _way_back(self, dispute: Dispute) -> Return:
        if dispute.return_ is None:
            raise ValueError(f"{dispute.id} has no return under way")
        return dispute.return_


class ReturnAddressGiven(ReturnEvent, frozen=True, tag="return_address_given"):
    """The buyer knows where to send it."""

    told: ClassVar[tuple[Who, ...]] = ("buyer",)

    address_ref: str

    def on(self, dispute: Dispute) -> Dispute:
        back = replace(self._way_back(dispute), address_ref=self.address_ref)
        return replace(super().on(dispute), return_=back)


class ReturnShipped(ReturnEvent, frozen=True, tag="return_shipped"):
    """It is on its way; ``parcel`` names it among the order's parcels."""

    told: ClassVar[tuple[Who, ...]] = ("seller",)

    parcel: str

    def on(self, dispute: Dispute) -> Dispute:
        back = replace(self._way_back(dispute), parcel=self.parcel)
        return replace(super().on(dispute), return_=back)


class ReturnDelivered(ReturnEvent, frozen=True, tag="return_delivered"):
    """The carrier says it arrived: the seller's time to inspect runs."""

    told: ClassVar[tuple[Who, ...]] = BOTH_SIDES

    def on(self, dispute: Dispute) -> Dispute:
        back = replace(self._way_back(dispute), delivered_at=self.at)
        return replace(super().on(dispute), return_=back)


class ReturnInspected(ReturnEvent, frozen=True, tag="return_inspected"):
    """What the seller found, or (``taken_as_sent``) what silence counts as."""

    told: ClassVar[tuple[Who, ...]] = ("buyer",)

    condition: Condition
    note_ref: str = ""
    taken_as_sent: bool = False

    def on(self, dispute: Dispute) -> Dispute:
        back = self._way_back(dispute)
        back = replace(
            back,
            condition=self.condition,
            inspected_at=self.at,
            note_ref=self.note_ref,
            delivered_at=back.delivered_at or self.at,
        )
        return replace(super().on(dispute), return_=back)


class ReplacementShipped(TurnPassed, frozen=True, tag="replacement_shipped"):
    """It is on its way; ``parcel`` names it among the order's parcels."""

    told: ClassVar[tuple[Who, ...]] = ("buyer",)

    parcel: str

    def on(self, dispute: Dispute) -> Dispute:
        return replace(super().on(dispute), replacement=Replacement(parcel=self.parcel))


class ReplacementDelivered(DisputeEvent, frozen=True, tag="replacement_delivered"):
    """The carrier says it arrived; the buyer is asked to confirm."""

    told: ClassVar[tuple[Who, ...]] = ("buyer",)

    def on(self, dispute: Dispute) -> Dispute:
        sent = dispute.replacement or Replacement()
        return replace(dispute, replacement=replace(sent, delivered_at=self.at))


class DisputeClosed(DisputeEvent, frozen=True, tag="dispute_closed"):
    """The end; ``because`` names the rule or step that brought it."""

    told: ClassVar[tuple[Who, ...]] = BOTH_SIDES

    outcome: Outcome
    because: str

    def on(self, dispute: Dispute) -> Dispute:
        return replace(
            dispute,
            phase="closed",
            turn=None,
            outcome=self.outcome,
            deadlines=(),
            closed_at=self.at,
            unheard=None,
            unheard_until=None,
            information=None,
            withheld=False,
        )
