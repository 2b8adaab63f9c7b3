from __future__ import annotations

from datetime import UTC, date, datetime

import holidays
import pytest

from amends.adapters.calendars import calendar_for
from amends.kernel.instants import Calendar

AROUND = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "day", "worked"),
    [
        ("RU", date(2026, 1, 7), False),  # Christmas in Russia
        ("RU", date(2025, 5, 9), False),  # the year before
        ("RU", date(2027, 6, 12), False),  # the year after
        ("RU", date(2026, 6, 10), True),
        ("CN", date(2026, 10, 1), False),
        ("US", date(2026, 7, 3), False),  # the fourth is a Saturday
        ("GB", date(2026, 12, 28), False),  # Boxing Day is a Saturday
        ("SA", date(2026, 6, 5), False),  # a Friday
        ("SA", date(2026, 6, 7), True),  # a Sunday
        ("DE", date(2026, 6, 7), False),
        ("JP", date(2026, 12, 31), False),  # only banks are closed
        (None, date(2026, 12, 25), True),
        (None, date(2026, 12, 26), False),
    ],
)
def test_knows_what_is_not_worked(country: str | None, day: date, worked: bool) -> None:
    assert calendar_for(country, AROUND).is_working(day) is worked


@pytest.mark.parametrize("country", [None, "", "XX", "ZZ", "ru"])
def test_without_a_known_country_monday_to_friday(country: str | None) -> None:
    assert calendar_for(country, AROUND) == Calendar()


def test_is_reckoned_once_a_year_and_country() -> None:
    assert calendar_for("RU", AROUND) is calendar_for("RU", AROUND.replace(month=12))
    assert calendar_for("RU", AROUND) != calendar_for("RU", AROUND.replace(year=2027))


def test_every_country_leaves_days_to_work_on() -> None:
    for country in holidays.list_supported_countries(include_aliases=False):
        calendar = calendar_for(country, AROUND)
        assert calendar.add_working_days(AROUND, 20) < datetime(2026, 7, 20, tzinfo=UTC), country
