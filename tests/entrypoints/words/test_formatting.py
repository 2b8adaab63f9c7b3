from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from amends.entrypoints.words import formatting
from amends.kernel.money import Money

AT = datetime(2026, 11, 4, 14, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (80_000, "RUB", "RUB 800.00"),
        (5, "USD", "USD 0.05"),
        (1_234_567, "JPY", "JPY 1,234,567"),
        (1_500, "KWD", "KWD 1.500"),
        (0, "EUR", "EUR 0.00"),
        (9_007_199_254_740_991, "USD", "USD 90,071,992,547,409.91"),
    ],
)
def test_money_is_told_in_the_currencys_own_minor_unit(
    amount: int, currency: str, said: str
) -> None:
    assert formatting.money(Money(amount, currency)) == said


def test_instants_are_told_in_utc() -> None:
    assert formatting.instant(AT) == "4 November 14:02 UTC"
    assert formatting.instant(AT + timedelta(seconds=7)) == "4 November 14:02:07 UTC"
    assert formatting.weekday_instant(AT) == "Wed 4 Nov 14:02 UTC"


def test_spans_are_told_in_days_and_hours() -> None:
    assert formatting.days(1) == "1 day"
    assert formatting.days(5) == "5 days"
    assert formatting.span(timedelta(days=2, hours=6)) == "2 days 6 hours"
    assert formatting.span(timedelta(hours=1)) == "1 hour"
    assert formatting.span(timedelta()) == "0 days"


def test_facts_are_told_by_their_kind() -> None:
    assert formatting.fact(None) == "not known yet"
    assert formatting.fact(True) == "yes"
    assert formatting.fact(()) == "none"
    assert formatting.fact(("a", "b")) == "a, b"
    assert formatting.fact(7) == "7"
