"""Instants in UTC, windows of time, and working days counted on a calendar given as plain data."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

Instant = datetime  # always aware, always UTC

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(instant: Instant) -> int:
    """Microseconds since 1970 in UTC: how instants stand in tables.

    Whole numbers compare, index and sort the same in every database, and nothing is rounded.
    """
    return (instant - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> Instant:
    """The instant that ``to_micros`` turned into ``micros``."""
    return EPOCH + timedelta(microseconds=micros)


class Calendar(Struct, frozen=True):
    """Which days are not worked: weekdays by number (Monday 0) and single holidays."""

    weekend: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether ``day`` is worked on."""
        return day.weekday() not in self.weekend and day not in self.holidays

    def add_working_days(self, start: Instant, days: int) -> Instant:
        """The instant ``days`` working days after ``start``, at the same time of day (UTC).

        The starting day does not count. Raises ValueError when the calendar has no working day
        within ten years, which a mistaken calendar would otherwise turn into an endless loop.
        """
        at, counted = start, 0
        for _ in range(3653):
            if counted == days:
                return at
            at += timedelta(days=1)
            counted += self.is_working(at.date())
        raise ValueError("the calendar has hardly any working day")


class Window(Struct, frozen=True):
    """A right that lasts from its first instant up to, not including, its last.

    ``since`` None: it has not begun and no date is known. ``until`` None: it has no end yet.
    """

    since: Instant | None
    until: Instant | None

    def holds(self, now: Instant) -> bool:
        """Whether ``now`` lies in ``[since, until)``."""
        return (
            self.since is not None
            and self.since <= now
            and (self.until is None or now < self.until)
        )


class Outage(Struct, frozen=True):
    """A span in which the service was not up, so that nobody could act in time."""

    since: Instant
    until: Instant
