"""What the platform lets its people give away in a calendar month."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from amends.kernel.instants import Instant

_PAST_ANY_MONTH = timedelta(days=31)


class MonthlyBudget(Struct, frozen=True):
    """A month's money in one currency, in minor units: ``granted`` since it began, by whomever, of
    ``budget``. ``ends`` is the first instant of the next month."""

    granted: int
    budget: int
    ends: Instant

    @property
    def left(self) -> int:
        """What can still be given; 0 once it was used up or passed."""
        return max(0, self.budget - self.granted)


def month_of(at: Instant) -> str:
    """The calendar month in UTC, as ``2026-03``."""
    return f"{at:%Y-%m}"


def month_ends(at: Instant) -> Instant:
    """The first instant (UTC) that is no longer in the same month."""
    first = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + _PAST_ANY_MONTH).replace(day=1)
