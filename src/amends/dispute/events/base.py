"""What every event of a dispute carries."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.state import (
    Dispute,
    Phase,
)
from amends.kernel.deadlines import Deadline, Turn
from amends.kernel.instants import Instant
from amends.kernel.people import Who


class DisputeEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every event of a dispute carries: when, and which dispute."""

    # Who gets a notice of it, besides seeing it on the page.
    told: ClassVar[tuple[Who, ...]] = ()

    at: Instant
    dispute: str

    def on(self, dispute: Dispute) -> Dispute:
        """The dispute after this event."""
        return dispute


class TurnPassed(DisputeEvent, frozen=True, kw_only=True):
    """An event after which somebody else may have to act: the turn, and all clocks from now on."""

    phase: Phase
    turn: Turn
    deadlines: tuple[Deadline, ...]

    def on(self, dispute: Dispute) -> Dispute:
        return replace(
            dispute,
            phase=self.phase,
            turn=self.turn,
            deadlines=self.deadlines,
            # What was proposed in one phase says nothing in the next.
            proposed=dispute.proposed if self.phase == dispute.phase else None,
        )


def heard(dispute: Dispute, side: str) -> Dispute:
    """The dispute with ``side`` no longer waited for, now that it has spoken."""
    if dispute.unheard != side:
        return dispute
    return replace(dispute, unheard=None, unheard_until=None)
