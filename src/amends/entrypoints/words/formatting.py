"""Money, instants and spans of time as people read them."""

from __future__ import annotations

from datetime import UTC, timedelta
from functools import lru_cache

from babel.dates import format_datetime
from babel.numbers import format_currency

from amends.kernel.decision import Fact
from amends.kernel.instants import Instant
from amends.kernel.money import Money, decimals

_DAY = timedelta(days=1)
# Lists show the same amounts and instants again and again; putting them into words was a quarter of
# the time a long one takes.
REMEMBERED = 4096


@lru_cache(REMEMBERED)
def money(value: Money, locale: str = "en") -> str:
    """``Money(80000, "RUB")`` is ``RUB 800.00`` in English."""
    places = decimals(value.currency)
    whole, rest = divmod(value.amount, 10**places)
    exact = f"{whole}.{rest:0{places}d}" if places else str(whole)
    pattern = _pattern(places)
    return format_currency(exact, value.currency, pattern, locale=locale, currency_digits=False)


@lru_cache
def _pattern(places: int) -> str:
    return "¤¤ #,##0" + ("." + "0" * places if places else "")


def instant(at: Instant, locale: str = "en") -> str:
    """``2 March 12:00 UTC``; seconds are said where there are any."""
    at = at.astimezone(UTC)
    clock = "HH:mm:ss" if at.second else "HH:mm"
    return _in_words(at.replace(microsecond=0), f"d MMMM {clock}", locale)


def weekday_instant(at: Instant, locale: str = "en") -> str:
    """``Tue 4 Nov 14:02 UTC``."""
    return _in_words(at.replace(second=0, microsecond=0), "EEE d MMM HH:mm", locale)


# Without what is not said of them, many instants are alike.
@lru_cache(REMEMBERED)
def _in_words(at: Instant, pattern: str, locale: str) -> str:
    return f"{format_datetime(at, pattern, tzinfo=UTC, locale=locale)} UTC"


def days(count: int) -> str:
    """``1 day``, ``5 days``."""
    return "1 day" if count == 1 else f"{count} days"


def span(length: timedelta) -> str:
    """Whole days where it is that, else days and hours: ``2 days 6 hours``."""
    whole, rest = divmod(length, _DAY)
    hours = int(rest.total_seconds() // 3600)
    parts = [days(whole)] if whole or not hours else []
    if hours:
        parts.append("1 hour" if hours == 1 else f"{hours} hours")
    return " ".join(parts)


def fact(value: Fact, locale: str = "en") -> str:
    """A fact of a decision within a sentence."""
    match value:
        case None:
            return "not known yet"
        case bool():
            return "yes" if value else "no"
        case Money():
            return money(value, locale)
        case Instant():
            return instant(value, locale)
        case tuple():
            return ", ".join(value) or "none"
        case _:
            return str(value)
