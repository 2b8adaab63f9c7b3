"""Two clocks: the machine's, and one that stands still until it is moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from amends.engine.outside import ClockWouldGoBack
from amends.kernel.instants import Instant

VIRTUAL_START = datetime(2026, 1, 1, tzinfo=UTC)


class SystemClock:
    """The machine's clock, in UTC, to the microsecond."""

    def now(self) -> Instant:
        """The present instant."""
        return datetime.now(UTC)


class VirtualClock:
    """Starts at 2026-01-01T00:00:00Z and only moves when told.

    ``load`` answers where the clock stood (None: never moved) and ``save`` keeps it, so that a
    restart neither loses time nor goes back. The saved instant is read once.
    """

    def __init__(self, load: Callable[[], Instant | None], save: Callable[[Instant], None]) -> None:
        self._save = save
        self._now = load() or VIRTUAL_START

    def now(self) -> Instant:
        """Where the clock stands."""
        return self._now

    def move_to(self, at: Instant) -> None:
        """Move forward to ``at``, saved before it shows; to where it stands is no move.

        Raises ClockWouldGoBack when ``at`` has passed, ValueError when it has no time zone.
        """
        if at.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        at = at.astimezone(UTC)
        if at < self._now:
            raise ClockWouldGoBack(
                f"the clock stands at {self._now.isoformat()} and only moves forward"
            )
        self._save(at)
        self._now = at
