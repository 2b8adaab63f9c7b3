"""How far something is, as lines on stderr that can also be read in a log."""

from __future__ import annotations

import sys
import time
from types import TracebackType

_EVERY_SECONDS = 10.0


class Progress:
    """Says what begins, every ten seconds how far it is, and how long it took."""

    def __init__(self, what: str, total: int) -> None:
        self._what, self._total = what, total
        self._done = 0
        self._begun = self._said = time.monotonic()

    def __enter__(self) -> Progress:
        say(f"{self._what} ...")
        return self

    def advance(self, step: int) -> None:
        """So much more is done."""
        self._done += step
        now = time.monotonic()
        if self._done and now - self._said >= _EVERY_SECONDS:
            left = (now - self._begun) * (self._total - self._done) / self._done
            say(f"{self._what}: {100 * self._done // self._total} %, {left:.0f} s left")
            self._said = now

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            say(f"{self._what}: {time.monotonic() - self._begun:.1f} s")


def say(text: str) -> None:
    """A line for whoever waits."""
    print(text, file=sys.stderr, flush=True)
