"""Where a calendar month begins and ends, and what is left of its budget."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from amends.kernel.budgets import MonthlyBudget, month_ends, month_of


@pytest.mark.parametrize(
    ("year", "month", "next_year", "next_month"),
    [(2026, 1, 2026, 2), (2026, 2, 2026, 3), (2028, 2, 2028, 3), (2026, 12, 2027, 1)],
)
def test_a_month_lasts_until_the_first_of_the_next(
    year: int, month: int, next_year: int, next_month: int
) -> None:
    first, end = (
        datetime(year, month, 1, tzinfo=UTC),
        datetime(next_year, next_month, 1, tzinfo=UTC),
    )
    last = end - timedelta(microseconds=1)
    assert month_ends(first) == month_ends(last) == end
    assert month_of(first) == month_of(last) == f"{year}-{month:02}"
    assert month_of(end) == f"{next_year}-{next_month:02}"


def test_nothing_is_left_of_a_budget_that_was_passed() -> None:
    end = datetime(2026, 2, 1, tzinfo=UTC)
    assert MonthlyBudget(30, 100, end).left == 70
    assert MonthlyBudget(130, 100, end).left == 0
