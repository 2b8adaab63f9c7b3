"""What is taking so long: what a dispute waits for, and what was late so far, from its record.

Everything said is on record: whose turn it is, since and until when, what did not come in time, and
what was extended because our service was down. Nothing is estimated.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.case import CaseEvent, evolve
from amends.dispute.events.base import DisputeEvent
from amends.dispute.events.negotiation import TurnExtended
from amends.dispute.expire import expire
from amends.dispute.state import Case, Dispute, Outcome, Phase
from amends.kernel.deadlines import Deadline, Turn
from amends.kernel.decision import Stamp
from amends.kernel.instants import Instant
from amends.kernel.people import Side
from amends.policy.terms import Terms

# A right that was not used is nothing that was late, and an alarm only says that something is.
_NO_DUTY = ("appeal", "operator_alarm")
# What is waited for however late it is, whoever then has to bring it.
_DECISIONS = {
    "ruling": "ruling", "supervisor_ruling": "ruling",
    "appeal_decision": "appeal_decision", "supervisor_appeal_decision": "appeal_decision",
    "refund": "refund",
}  # fmt: skip


class Late(Struct, frozen=True):
    """A step that did not come by ``due``. ``by``: how much later it came; None: it never did, and
    the case ``went_on`` without it, or it is still to come."""

    what: str
    due: Instant
    by: timedelta | None = None
    went_on: bool = False

    def so_far(self, now: Instant) -> timedelta:
        """By how much it is late: for good when it came, else as of ``now``."""
        return now - self.due if self.by is None else self.by


class Extended(Struct, frozen=True):
    """A step that ended ``due`` instead, as our service was down from ``since`` to ``until``."""

    what: str
    due: Instant
    since: Instant
    until: Instant


class Waiting(Struct, frozen=True):
    """What a dispute waits for at an instant. ``turn`` None: it is over, since ``since``.

    ``clock``: the one that runs on whoever has the turn, None where no date is set. ``unheard``:
    the side a ruling waits for, until ``unheard_until`` at most.
    """

    phase: Phase
    turn: Turn | None
    since: Instant
    clock: Deadline | None
    outcome: Outcome | None
    late: tuple[Late, ...]
    extended: tuple[Extended, ...]
    unheard: Side | None
    unheard_until: Instant | None


def waiting(record: Iterable[CaseEvent], dispute_id: str, terms: Terms, stamp: Stamp) -> Waiting:
    """What the dispute waits for at ``stamp.at``: from its order's ``record``, and from what has
    fallen due since without being recorded yet.

    Raises KeyError when the record holds no such dispute.
    """
    told = _Told(dispute_id)
    for event in record:
        told.hear(event)
    while told.case is not None and (due := expire(told.case, terms, stamp)):
        for event in due:
            told.hear(event)
    return told.account()


class _Told:
    """The record as far as it was read."""

    def __init__(self, dispute_id: str) -> None:
        self.case: Case | None = None
        self._id = dispute_id
        self._since: Instant | None = None
        self._late: list[Late] = []
        self._extended: list[Extended] = []

    def hear(self, event: CaseEvent) -> None:
        before = self._dispute()
        self.case = evolve(self.case, event)
        after = self._dispute()
        if after is None or not isinstance(event, DisputeEvent) or event.dispute != self._id:
            return
        if before is None or (before.turn, before.phase) != (after.turn, after.phase):
            self._since = event.at
        if isinstance(event, TurnExtended):
            self._extended.append(
                Extended(event.what, event.due, event.down_since, event.down_until)
            )
        elif before is not None:
            self._look_at_ends(before, after, event.at)

    def account(self) -> Waiting:
        dispute = self._dispute()
        if dispute is None or self._since is None:
            raise KeyError(self._id)
        mine = [clock for clock in dispute.deadlines if clock.turn == dispute.turn]
        return Waiting(
            phase=dispute.phase,
            turn=dispute.turn,
            since=self._since,
            clock=min(mine, key=lambda clock: clock.at, default=None),
            outcome=dispute.outcome if dispute.turn is None else None,
            late=tuple(self._late),
            extended=tuple(self._extended),
            unheard=dispute.unheard,
            unheard_until=dispute.unheard_until,
        )

    def _dispute(self) -> Dispute | None:
        return self.case.disputes.get(self._id) if self.case else None

    def _look_at_ends(self, before: Dispute, after: Dispute, at: Instant) -> None:
        """Note the clocks that ran out with this event, and what came after all."""
        for clock in before.deadlines:
            if clock in after.deadlines or at < clock.at or clock.what in _NO_DUTY:
                continue
            self._note(Late(clock.what, clock.at, went_on=clock.what not in _DECISIONS))
        waited_for = {_DECISIONS.get(clock.what) for clock in after.deadlines}
        self._late = [
            late
            if late.went_on or late.by is not None or _DECISIONS[late.what] in waited_for
            else replace(late, by=at - late.due)
            for late in self._late
        ]

    def _note(self, late: Late) -> None:
        """A step whose clock begins anew, as an alarm's, is late since it first was."""
        open_ones = (n.what for n in self._late if not n.went_on and n.by is None)
        if late.what not in open_ones:
            self._late.append(late)
