from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from amends.entrypoints.words import formatting
from amends.entrypoints.words.languages import speaking
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
    assert formatting.dated_instant(AT) == "4 November 2026 14:02 UTC"
    assert formatting.weekday_instant(AT) == "Wed 4 Nov 14:02 UTC"


def test_spans_are_told_in_days_and_hours() -> None:
    assert formatting.days(1) == "1 day"
    assert formatting.days(5) == "5 days"
    assert formatting.span(timedelta(days=2, hours=6)) == "2 days 6 hours"
    assert formatting.span(timedelta(hours=1)) == "1 hour"
    assert formatting.span(timedelta()) == "0 days"


@pytest.mark.parametrize(
    ("language", "amount", "day", "length"),
    [
        ("es", "RUB 12.345,67", "mié, 4 nov 2026 14:02 UTC", "5 días 2 horas"),
        ("ru", "RUB 12\xa0345,67", "ср, 4 нояб. 2026\u202fг. 14:02 UTC", "5 дней 2 часа"),
        ("zh", "RUB 12,345.67", "2026年11月4日周三 14:02 UTC", "5天2小时"),
        ("ar", "RUB 12,345.67", "الأربعاء، 4 نوفمبر 2026 14:02 UTC\u200f", "5 أيام وساعتان"),
    ],
)
def test_other_languages_have_customs_of_their_own(
    language: str, amount: str, day: str, length: str
) -> None:
    with speaking(language):
        assert formatting.money(Money(1_234_567, "RUB")) == amount
        assert formatting.moment(AT) == day
        assert formatting.span(timedelta(days=5, hours=2)) == length
    assert formatting.days(5) == "5 days"


def test_one_of_several_is_told_as_such() -> None:
    assert formatting.either(("a",)) == "a"
    assert formatting.either(("a", "b")) == "a or b"
    assert formatting.either(("a", "b"), "ru") == "a или b"


def test_a_language_is_told_and_found_by_name() -> None:
    assert formatting.language("ru") == "Russian"
    assert formatting.language("zh-CN") == "Chinese (Simplified, China)"
    assert formatting.language("tlh") == "Klingon"
    assert formatting.language("no such") == "no such"
    assert formatting.language_code("RUSSIAN") == "ru"
    assert formatting.language_code("no such") == "no such"
    with speaking("es"):
        assert formatting.language("ru") == "ruso"
        assert formatting.language_code("ruso") == "ru"


def test_a_day_is_told_by_the_custom_of_the_language() -> None:
    on = date(2026, 3, 2)
    assert formatting.day(on) == "Mon 2 Mar 2026"
    assert formatting.day(on, "es") == "lun, 2 mar 2026"
    assert formatting.day(on, "zh") == "2026年3月2日周一"
