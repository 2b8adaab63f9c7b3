"""Money, instants and spans of time as people read them: in the language asked for, or else the one
that is spoken now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent

from amends.entrypoints.words.languages import direction, spoken
from amends.kernel.instants import Instant
from amends.kernel.money import Money, decimals

_DAY = timedelta(days=1)
_ONE_UNIT = 1e9  # never put into a larger one
# Lists show the same amounts and instants again and again; putting them into words was a quarter of
# the time a long one takes.
_REMEMBERED = 4096
# How a day is written: in English by our own pattern, elsewhere by the custom of the language.
_MONTH, _YEAR, _WEEKDAY, _WHOLE = "d MMMM", "d MMMM y", "EEE d MMM", "EEE d MMM y"
_CUSTOMS = {_MONTH: "MMMMd", _YEAR: "yMMMMd", _WEEKDAY: "MMMEd", _WHOLE: "yMMMEd"}
# Where it is no blank; Babel's own lists of units come out wrong in several languages.
_BETWEEN_UNITS = {"ar": " و", "zh": ""}


def money(value: Money, locale: str = "") -> str:
    """``Money(80000, "RUB")`` is ``RUB 800.00`` in English."""
    return _money(value, locale or _now())


@lru_cache(_REMEMBERED)
def _money(value: Money, locale: str) -> str:
    places = decimals(value.currency)
    whole, rest = divmod(value.amount, 10**places)
    exact = f"{whole}.{rest:0{places}d}" if places else str(whole)
    pattern = _pattern(places)
    return format_currency(exact, value.currency, pattern, locale=locale, currency_digits=False)


@lru_cache
def _pattern(places: int) -> str:
    return "¤¤ #,##0" + ("." + "0" * places if places else "")


def instant(at: Instant, locale: str = "") -> str:
    """``2 March 12:00 UTC``; seconds are said where there are any."""
    return _in_words(at.astimezone(UTC).replace(microsecond=0), _MONTH, " ", locale or _now())


def dated_instant(at: Instant, locale: str = "") -> str:
    """``2 March 2026 12:00 UTC``, for what is read where no year goes without saying."""
    return _in_words(at.astimezone(UTC).replace(microsecond=0), _YEAR, " ", locale or _now())


def weekday_instant(at: Instant, locale: str = "") -> str:
    """``Tue 4 Nov 14:02 UTC``."""
    at = at.astimezone(UTC).replace(second=0, microsecond=0)
    return _in_words(at, _WEEKDAY, " ", locale or _now())


def moment(at: Instant, locale: str = "") -> str:
    """``Tue 4 Nov 2026, 14:02 UTC``; seconds are said where there are any."""
    return _in_words(at.astimezone(UTC).replace(microsecond=0), _WHOLE, ", ", locale or _now())


def day(on: date, locale: str = "") -> str:
    """``Tue 4 Nov 2026``."""
    locale = locale or _now()
    if locale == "en":
        return format_date(on, _WHOLE, locale=locale)
    return format_skeleton(_CUSTOMS[_WHOLE], datetime.combine(on, time.min), locale=locale)


# Without what is not said of them, many instants are alike.
@lru_cache(_REMEMBERED)
def _in_words(at: Instant, day: str, between: str, locale: str) -> str:
    if locale == "en":
        date = format_datetime(at, day, tzinfo=UTC, locale=locale)
    else:
        date = format_skeleton(_CUSTOMS[day], at, tzinfo=UTC, locale=locale)
        between = " "
    clock = format_datetime(at, "HH:mm:ss" if at.second else "HH:mm", tzinfo=UTC, locale=locale)
    # Among words from right to left, the digits after it would be drawn to "UTC".
    mark = "\u200f" if direction(locale.replace("_", "-")) == "rtl" else ""
    return f"{date}{between}{clock} UTC{mark}"


def days(count: int, locale: str = "") -> str:
    """``1 day``, ``5 days``."""
    return _unit(timedelta(days=count), "day", locale or _now())


def hours(count: int, locale: str = "") -> str:
    """``1 hour``, ``5 hours``."""
    return _unit(timedelta(hours=count), "hour", locale or _now())


def minutes(count: int, locale: str = "") -> str:
    """``1 minute``, ``5 minutes``."""
    return _unit(timedelta(minutes=count), "minute", locale or _now())


@lru_cache(_REMEMBERED)
def _unit(length: timedelta, unit: Literal["day", "hour", "minute"], locale: str) -> str:
    return format_timedelta(
        length, granularity=unit, threshold=_ONE_UNIT, format="long", locale=locale
    )


def span(length: timedelta, locale: str = "") -> str:
    """Whole days where it is that, else days and hours: ``2 days 6 hours``."""
    whole, rest = divmod(length, _DAY)
    left = int(rest.total_seconds() // 3600)
    parts = [days(whole, locale)] if whole or not left else []
    if left:
        parts.append(hours(left, locale))
    return together(parts, locale)


def together(units: Sequence[str], locale: str = "") -> str:
    """The units of one length: ``2 days 6 hours``."""
    return _BETWEEN_UNITS.get(locale or _now(), " ").join(units)


def either(parts: tuple[str, ...], locale: str = "") -> str:
    """``a``, ``a or b``, ``a, b, or c``."""
    return _either(parts, locale or _now())


@lru_cache(_REMEMBERED)
def _either(parts: tuple[str, ...], locale: str) -> str:
    return format_list(parts, style="or", locale=locale)


@lru_cache(_REMEMBERED)
def _language(code: str, locale: str) -> str:
    names = Locale.parse(locale).languages
    try:
        return Locale.parse(code, sep="-").get_display_name(locale) or code
    except (ValueError, UnknownLocaleError):
        return str(names.get(code.replace("-", "_"), code))


def language(code: str, locale: str = "") -> str:
    """A language by its code, which stands for itself where it has no name."""
    return _language(code, locale or _now())


def language_code(name: str, locale: str = "") -> str:
    """The code of the language with that name, or the name where there is none."""
    return _languages(locale or _now()).get(name.casefold(), name)


@lru_cache
def _languages(locale: str) -> dict[str, str]:
    names = Locale.parse(locale).languages
    return {str(name).casefold(): str(code).replace("_", "-") for code, name in names.items()}


def country(code: str, locale: str = "") -> str:
    """A country by its code, which stands for itself where it has no name."""
    return str(Locale.parse(locale or _now()).territories.get(code, code))


def percent(per_thousand: int, locale: str = "") -> str:
    """``4.2%`` of 42 in a thousand."""
    return format_percent(Decimal(per_thousand).scaleb(-3), "#,##0.0%", locale=locale or _now())


def tenths(count: int, locale: str = "") -> str:
    """``4.3`` of 43 tenths."""
    return format_decimal(Decimal(count).scaleb(-1), "0.0", locale=locale or _now())


def _now() -> str:
    return spoken().replace("-", "_")
