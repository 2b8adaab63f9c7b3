from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.kernel.money import (
    CURRENCIES,
    CurrencyMismatch,
    Money,
    allocate,
    decimals,
    percent_of,
)


def test_money_of_one_currency_adds_up() -> None:
    assert Money(80_000, "RUB") + Money(1, "RUB") == Money(80_001, "RUB")
    assert Money(80_000, "RUB") - Money(1, "RUB") == Money(79_999, "RUB")


def test_money_of_two_currencies_does_not() -> None:
    with pytest.raises(CurrencyMismatch, match="USD met RUB"):
        Money(1, "RUB") + Money(1, "USD")
    with pytest.raises(CurrencyMismatch, match="USD met RUB"):
        Money(1, "RUB") - Money(1, "USD")


@pytest.mark.parametrize(
    "body",
    [
        b'{"amount": -1, "currency": "RUB"}',
        b'{"amount": 1.5, "currency": "RUB"}',
        b'{"amount": 1.0, "currency": "RUB"}',
        b'{"amount": "1", "currency": "RUB"}',
        b'{"amount": 9007199254740992, "currency": "RUB"}',
        b'{"amount": 1, "currency": "rub"}',
        b'{"amount": 1, "currency": "RUB\\n"}',
        b'{"amount": 1}',
    ],
)
def test_only_whole_amounts_of_a_currency_are_read(body: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=Money)


def test_decimals_are_those_of_iso_4217() -> None:
    assert [decimals(code) for code in ("JPY", "USD", "KWD", "CLF")] == [0, 2, 3, 4]
    assert {"RUB", "USD", "EUR", "CNY", "JPY", "KWD"} <= CURRENCIES


def test_what_is_left_over_goes_to_the_largest_remainders() -> None:
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert allocate(5, [3, 2, 2]) == [2, 2, 1]
    assert allocate(2, [0, 0]) == [1, 1]
    assert allocate(0, [5, 7]) == [0, 0]


@pytest.mark.parametrize(("total", "weights"), [(1, []), (-1, [1]), (1, [1, -1])])
def test_what_cannot_be_split_is_refused(total: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="allocate needs"):
        allocate(total, weights)


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_nothing_is_lost_or_made_in_a_split(total: int, weights: list[int]) -> None:
    parts = allocate(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        if whole:
            assert total * weight // whole <= part <= total * weight // whole + 1


def test_a_percentage_is_rounded_down() -> None:
    assert percent_of(80_000, 90) == 72_000
    assert percent_of(99, 1) == 0
