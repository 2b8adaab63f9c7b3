from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from amends.adapters.clock import SystemClock, VirtualClock
from amends.engine.outside import Clock, ClockWouldGoBack, MovableClock
from amends.kernel.instants import Instant

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_machines_clock_tells_utc() -> None:
    clock: Clock = SystemClock()
    now = clock.now()
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


class TestVirtualClock:
    def clock(self, saved: list[Instant]) -> MovableClock:
        return VirtualClock(lambda: saved[-1] if saved else None, saved.append)

    def test_starts_with_2026_and_stands_still(self) -> None:
        saved: list[Instant] = []
        clock = self.clock(saved)
        assert clock.now() == clock.now() == START
        assert saved == []

    def test_moves_forward_only(self) -> None:
        clock = self.clock([])
        later = START + timedelta(days=5, microseconds=1)
        clock.move_to(later)
        clock.move_to(later)
        with pytest.raises(ClockWouldGoBack, match=r"2026-01-06T00:00:00\.000001\+00:00"):
            clock.move_to(later - timedelta(microseconds=1))
        assert clock.now() == later

    def test_stands_where_it_stood_after_a_restart(self) -> None:
        saved: list[Instant] = []
        self.clock(saved).move_to(START + timedelta(days=1))
        assert self.clock(saved).now() == START + timedelta(days=1)

    def test_a_move_that_cannot_be_saved_is_none(self) -> None:
        def broken(at: Instant) -> None:
            raise OSError("disk full")

        clock = VirtualClock(lambda: None, broken)
        with pytest.raises(OSError, match="disk full"):
            clock.move_to(START + timedelta(days=1))
        assert clock.now() == START

    def test_takes_any_zone_and_tells_utc_but_needs_one(self) -> None:
        clock = self.clock([])
        clock.move_to(datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=3))))
        assert clock.now().isoformat() == "2026-01-02T00:00:00+00:00"
        with pytest.raises(ValueError, match="time zone"):
            clock.move_to(datetime(2026, 1, 3))  # noqa: DTZ001 - the mistake that is meant
