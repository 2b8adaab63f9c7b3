"""Which days are not worked, per country, as known today."""

from __future__ import annotations

from functools import lru_cache

from amends.kernel.instants import Calendar, Instant


def calendar_for(country: str | None, around: Instant) -> Calendar:
    """The country's weekend and bank holidays from the year before ``around`` to the year after.

    ``country`` is an ISO 3166-1 alpha-2 code. Without one, or for one whose holidays are not
    known: Monday to Friday without holidays. Single days worked at a weekend in exchange for a
    holiday count as not worked, so a date shown is rather too late than too early.
    """
    return _calendar(country, around.year) if country else Calendar()


@lru_cache(maxsize=512)
def _calendar(country: str, year: int) -> Calendar:
    # Imported late: reading holidays for the first time costs a start-up that most commands of
    # the command line never need.
    import holidays  # noqa: PLC0415

    try:
        known = holidays.country_holidays(country)
    except NotImplementedError:
        return Calendar()
    days = holidays.country_holidays(
        country,
        years=range(year - 1, year + 2),
        categories=tuple({"public", "bank"} & set(known.supported_categories)),
    )
    weekend = frozenset(days.weekend)
    return Calendar(weekend, frozenset(day for day in days if day.weekday() not in weekend))
