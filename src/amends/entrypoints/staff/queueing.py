"""What the queue asks of an account, as people write it: how much room, and away until when."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from amends.kernel.decision import Refused
from amends.kernel.instants import Instant

_MOST = 10_000


def read_capacity(text: str) -> int | Refused | None:
    """How many cases at once; None for any number, written as nothing."""
    text = text.strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and int(text) <= _MOST:
        return int(text)
    return Refused("capacity_unreadable", {"most": _MOST}, ("mend_field",), "invalid", "capacity")


def read_away_until(text: str) -> Instant | Refused | None:
    """The day somebody is back, from its beginning in UTC; None, written as nothing: they are
    here."""
    text = text.strip()
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time.min, UTC)
    except ValueError:
        return Refused("day_unreadable", {}, ("mend_field",), "invalid", "away_until")
