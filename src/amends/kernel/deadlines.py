"""A clock that runs on a step: when it is due, whom it waits for, how it was reckoned."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from amends.kernel.instants import Instant

Turn = Literal["buyer", "seller", "mediator", "supervisor", "appeals", "platform"]


class Deadline(Struct, frozen=True, omit_defaults=True):
    """Recorded as it was computed, so that a later rule or calendar cannot move it.

    ``what`` names the step (``answer``, ``negotiation``, ``ruling``, ...), ``turn`` whom it waits
    for, ``at`` its instant, ``since`` the instant it was counted from and ``anchor`` what happened
    then, ``rule`` the pack's rule that gave the span. ``reminders`` are the instants, still to
    come, at which whoever must act is told again; nobody loses by silence without them.
    """

    what: str
    turn: Turn
    at: Instant
    since: Instant
    anchor: str
    rule: str
    reminders: tuple[Instant, ...] = ()
    subject: str = ""  # which refund or parcel it is about, where a step can run twice at once

    @property
    def next_due(self) -> Instant:
        """When the clock next has something to do here: a reminder, or the end."""
        return self.reminders[0] if self.reminders else self.at

    def moved_to(self, at: Instant) -> Deadline:
        """The same step, due later, with its reminders shifted by as much."""
        by = at - self.at
        return replace(self, at=at, reminders=tuple(r + by for r in self.reminders))

    def reminded(self) -> Deadline:
        """The same step with its next reminder given."""
        return replace(self, reminders=self.reminders[1:])


DAY = timedelta(days=1)
_LAST_CALL = timedelta(hours=2)


def reminders_between(since: Instant, at: Instant) -> tuple[Instant, ...]:
    """At half time, a day and two hours before the end, where each lies between ``since`` and
    ``at``.

    The notice at the start is the event that started the clock.
    """
    points = {since + (at - since) / 2, at - DAY, at - _LAST_CALL}
    return tuple(sorted(p for p in points if since < p < at))
