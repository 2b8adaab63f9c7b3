from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.kernel.instants import Calendar, Window, from_micros, to_micros

FRIDAY = datetime(2026, 3, 6, 18, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_working_days_pass_over_weekends_and_holidays() -> None:
    plain = Calendar()
    assert plain.add_working_days(FRIDAY, 0) == FRIDAY
    assert plain.add_working_days(FRIDAY, 1) == datetime(2026, 3, 9, 18, 30, tzinfo=UTC)
    assert plain.add_working_days(FRIDAY, 5) == datetime(2026, 3, 13, 18, 30, tzinfo=UTC)
    free_monday = Calendar(holidays=frozenset({date(2026, 3, 9)}))
    assert free_monday.add_working_days(FRIDAY, 1) == datetime(2026, 3, 10, 18, 30, tzinfo=UTC)


def test_a_weekend_may_lie_on_other_days() -> None:
    friday_and_saturday = Calendar(weekend=frozenset({4, 5}))
    sunday = datetime(2026, 3, 8, 18, 30, tzinfo=UTC)
    assert friday_and_saturday.add_working_days(FRIDAY, 1) == sunday


def test_a_calendar_without_working_days_is_found_out() -> None:
    with pytest.raises(ValueError, match="hardly any working day"):
        Calendar(weekend=frozenset(range(7))).add_working_days(FRIDAY, 1)


def test_a_window_holds_from_its_first_instant_up_to_its_last() -> None:
    window = Window(FRIDAY, FRIDAY + timedelta(days=5))
    assert not window.holds(FRIDAY - SECOND)
    assert window.holds(FRIDAY)
    assert window.holds(FRIDAY + timedelta(days=5) - SECOND)
    assert not window.holds(FRIDAY + timedelta(days=5))


def test_a_window_without_a_beginning_is_shut_and_one_without_an_end_stays_open() -> None:
    assert not Window(None, FRIDAY).holds(FRIDAY - SECOND)
    assert Window(FRIDAY, None).holds(FRIDAY + timedelta(days=3650))


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_survives_the_table(at: datetime) -> None:
    assert from_micros(to_micros(at)) == at
