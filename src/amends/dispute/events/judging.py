"""Mediation, ruling and appeal."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from amends.dispute.events.base import DisputeEvent, TurnPassed, heard
from amends.dispute.state import (
    Appeal,
    Dispute,
    Effect,
    InformationRequest,
    ProposedRuling,
    Ruling,
)
from amends.kernel.people import BOTH_SIDES, PersonId, Side, Who


class MediatorAssigned(DisputeEvent, frozen=True, tag="mediator_assigned"):
    """An impartial person has the case."""

    told: ClassVar[tuple[Who, ...]] = ("buyer", "seller", "mediator")

    mediator: PersonId

    def on(self, dispute: Dispute) -> Dispute:
        return replace(dispute, mediator=self.mediator, unassigned=())


class AppealsOfficerAssigned(DisputeEvent, frozen=True, tag="appeals_officer_assigned"):
    """Somebody who did not rule hears the appeal."""

    told: ClassVar[tuple[Who, ...]] = ("officer",)

    officer: PersonId

    def on(self, dispute: Dispute) -> Dispute:
        return replace(dispute, officer=self.officer, unassigned=())


class Recused(DisputeEvent, frozen=True, tag="recused"):
    """A mediator or officer gave the case back and will not get it again."""

    told: ClassVar[tuple[Who, ...]] = ("supervisor",)

    person: PersonId
    reason_ref: str = ""

    def on(self, dispute: Dispute) -> Dispute:
        return replace(
            dispute,
            mediator=None if dispute.mediator == self.person else dispute.mediator,
            officer=None if dispute.officer == self.person else dispute.officer,
            recused=(*dispute.recused, self.person),
        )


class ReturnedToQueue(DisputeEvent, frozen=True, tag="returned_to_queue"):
    """Whoever had the case is not there: ``because`` says how. Somebody else takes it."""

    told: ClassVar[tuple[Who, ...]] = ("supervisor",)

    person: PersonId
    because: str

    def on(self, dispute: Dispute) -> Dispute:
        return replace(
            dispute,
            mediator=None if dispute.phase == "mediation" else dispute.mediator,
            officer=None if dispute.phase == "appeal" else dispute.officer,
        )


class NobodyFits(DisputeEvent, frozen=True, tag="nobody_fits"):
    """The queue found nobody who may have the case and has room for it."""

    told: ClassVar[tuple[Who, ...]] = ("supervisor",)

    because: tuple[str, ...]

    def on(self, dispute: Dispute) -> Dispute:
        return replace(dispute, unassigned=self.because)


class InformationRequested(TurnPassed, frozen=True, tag="information_requested"):
    """The case waits for one side's answer, on a clock of its own."""

    told: ClassVar[tuple[Who, ...]] = ("asked",)

    request: InformationRequest
    by: PersonId

    def on(self, dispute: Dispute) -> Dispute:
        return replace(super().on(dispute), information=self.request)


class InformationAnswered(TurnPassed, frozen=True, tag="information_answered"):
    """The side asked has answered."""

    told: ClassVar[tuple[Who, ...]] = ("mediator", "officer")

    by: Side
    answer_ref: str
    evidence: tuple[str, ...] = ()

    def on(self, dispute: Dispute) -> Dispute:
        return heard(replace(super().on(dispute), information=None), self.by)


class InformationMissed(TurnPassed, frozen=True, tag="information_missed"):
    """The side asked did not answer in time; whoever decides goes on with what there is."""

    told: ClassVar[tuple[Who, ...]] = ("buyer", "seller", "mediator", "officer")

    of: Side

    def on(self, dispute: Dispute) -> Dispute:
        return replace(super().on(dispute), information=None)


class RulingMissed(TurnPassed, frozen=True, tag="ruling_missed"):
    """No ruling in time: a supervisor is told and takes over."""

    told: ClassVar[tuple[Who, ...]] = ("buyer", "seller", "supervisor")

    def on(self, dispute: Dispute) -> Dispute:
        return replace(super().on(dispute), information=None)


class OperatorAlarmed(TurnPassed, frozen=True, tag="operator_alarmed"):
    """Operators are told that something needs a person: ``because`` names the rule."""

    told: ClassVar[tuple[Who, ...]] = ("admin", "finance")

    because: str


class RulingProposed(TurnPassed, frozen=True, tag="ruling_proposed"):
    """A ruling waits for a second person. It is work among staff, and binds nobody."""

    told: ClassVar[tuple[Who, ...]] = ("supervisor",)

    proposed: ProposedRuling

    def on(self, dispute: Dispute) -> Dispute:
        return replace(super().on(dispute), proposed=self.proposed)


class RulingSentBack(TurnPassed, frozen=True, tag="ruling_sent_back"):
    """A proposed ruling is its author's again."""

    told: ClassVar[tuple[Who, ...]] = ("mediator", "officer")

    person: PersonId
    note_ref: str

    def on(self, dispute: Dispute) -> Dispute:
        return replace(super().on(dispute), proposed=None)


class NoteWritten(DisputeEvent, frozen=True, tag="note_written"):
    """Somebody who judges wrote something down. The parties never see it."""

    person: PersonId
    text_ref: str


class RulingIssued(TurnPassed, frozen=True, tag="ruling_issued"):
    """The decision, with what it rests on. It binds once the time to appeal is over."""

    told: ClassVar[tuple[Who, ...]] = BOTH_SIDES

    ruling: Ruling
    effect: Effect

    def on(self, dispute: Dispute) -> Dispute:
        return replace(
            super().on(dispute),
            ruling=self.ruling,
            effect=self.effect,
            ruling_accepted_by=(),
            unheard=None,
            unheard_until=None,
            information=None,
        )


class RulingAccepted(TurnPassed, frozen=True, tag="ruling_accepted"):
    """One side will not appeal."""

    told: ClassVar[tuple[Who, ...]] = ("other",)

    by: Side

    def on(self, dispute: Dispute) -> Dispute:
        accepted = (*dispute.ruling_accepted_by, self.by)
        return replace(super().on(dispute), ruling_accepted_by=accepted)


def appeal_key(dispute: Dispute, side: Side, grounds: str) -> str:
    """Names an appeal at the step a dispute is at, which can be made once."""
    return f"{side}.{grounds}.{dispute.step}"


class AppealFiled(TurnPassed, frozen=True, tag="appeal_filed"):
    """A side asks for fresh eyes."""

    told: ClassVar[tuple[Who, ...]] = ("other", "appeals")

    appeal: Appeal

    def on(self, dispute: Dispute) -> Dispute:
        return replace(
            super().on(dispute),
            appeal=self.appeal,
            appealed=(*dispute.appealed, appeal_key(dispute, self.appeal.by, self.appeal.grounds)),
            officer=None,
            unassigned=(),
            outcome=None,
            closed_at=None,
            information=None,
        )


class AppealMissed(TurnPassed, frozen=True, tag="appeal_missed"):
    """No decision in time: a supervisor is told and takes over."""

    told: ClassVar[tuple[Who, ...]] = ("buyer", "seller", "supervisor")

    def on(self, dispute: Dispute) -> Dispute:
        appeal = dispute.appeal
        return replace(
            super().on(dispute),
            appeal=appeal and replace(appeal, overdue=True),
            information=None,
        )


class AppealDecided(DisputeEvent, frozen=True, tag="appeal_decided"):
    """The last word. What follows from it comes as an event of its own."""

    told: ClassVar[tuple[Who, ...]] = BOTH_SIDES

    appeal: Appeal
    ruling: Ruling | None = None  # the changed one
    effect: Effect | None = None

    def on(self, dispute: Dispute) -> Dispute:
        return replace(
            dispute,
            appeal=self.appeal,
            ruling=self.ruling or dispute.ruling,
            effect=self.effect or dispute.effect,
            information=None,
            proposed=None,
        )
