"""Starting a clock under a pack's term."""

from __future__ import annotations

from amends.kernel.deadlines import Deadline, Turn, reminders_between
from amends.kernel.instants import Instant
from amends.policy.terms import Days


def start_clock(
    term: Days,
    what: str,
    turn: Turn,
    since: Instant,
    anchor: str,
    *,
    not_after: Instant | None = None,
    now: Instant | None = None,
    subject: str = "",
) -> Deadline:
    """A deadline ``term`` after ``since``, when ``anchor`` happened, but never past ``not_after``.

    Reminders are set at half time, a day and two hours before the end, where there is room for
    them. When the clock is set at ``now``, later than ``since``, only those still to come.
    """
    at = since + term.span
    if not_after is not None and at > not_after:
        at = not_after
    return Deadline(
        what=what,
        turn=turn,
        at=at,
        since=since,
        anchor=anchor,
        rule=term.rule,
        reminders=tuple(r for r in reminders_between(since, at) if now is None or r > now),
        subject=subject,
    )
