"""A virtual clock that remembers nothing, for tests of what runs on a clock."""

from __future__ import annotations

from amends.adapters.clock import VirtualClock


def standing_clock() -> VirtualClock:
    return VirtualClock(lambda: None, lambda at: None)
