"""A clock that several processes read and one moves: its instant lies in a file that all map."""

from __future__ import annotations

import mmap
from pathlib import Path

from amends.engine.outside import ClockWouldGoBack
from amends.kernel.instants import Instant, from_micros, to_micros

_SIZE = 8


class SharedClock:
    """The clock in ``path``, which has to be there; ``made`` makes it."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._at = mmap.mmap(file.fileno(), _SIZE)

    @classmethod
    def made(cls, path: Path, at: Instant) -> SharedClock:
        """A new one that stands at ``at``."""
        path.write_bytes(to_micros(at).to_bytes(_SIZE, "little"))
        return cls(path)

    def now(self) -> Instant:
        """Where it stands."""
        # Eight bytes in one slice are copied at once: nobody reads half of a move.
        return from_micros(int.from_bytes(self._at[:], "little"))

    def move_to(self, at: Instant) -> None:
        """Move forward, for everybody at once. Raises ClockWouldGoBack."""
        if at < self.now():
            raise ClockWouldGoBack(f"the clock stands at {self.now().isoformat()}")
        self._at[:] = to_micros(at).to_bytes(_SIZE, "little")
