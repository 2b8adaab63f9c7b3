"""Amounts as people type them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.entrypoints.web.forms.amounts import NoAmount, read_amount
from amends.kernel.money import MOST, Money, decimals


@pytest.mark.parametrize(
    ("typed", "currency", "amount"),
    [
        ("720", "RUB", 72000),
        ("720.5", "RUB", 72050),
        ("720,50", "RUB", 72050),
        (" 1 720.50 ", "RUB", 172050),
        ("1\u00a0720,50", "RUB", 172050),
        ("1'720.50", "CHF", 172050),
        (".5", "USD", 50),
        ("0", "USD", 0),
        ("720", "JPY", 720),
        ("1.234", "KWD", 1234),
        ("1,234", "KWD", 1234),
        ("٧٢٠٫٥", "AED", 72050),
        ("７２０", "JPY", 720),
    ],
)
def test_read(typed: str, currency: str, amount: int) -> None:
    assert read_amount(typed, currency) == Money(amount, currency)


@pytest.mark.parametrize(
    ("typed", "currency", "teaches"),
    [
        ("7.205", "USD", "at most 2 digits"),
        ("1,000", "USD", "nothing between thousands"),
        ("720.5", "JPY", "no smaller unit"),
        ("720.", "JPY", "no smaller unit"),
        ("1.2345", "KWD", "at most 3 digits"),
        ("-5", "USD", "negative"),
        ("1.000,50", "EUR", "digits only"),
        ("USD 5", "USD", "without the currency"),
        ("five", "USD", "digits only"),
        ("1e5", "USD", "digits only"),
        ("²", "USD", "digits only"),
        (".", "USD", "digits only"),
        ("9" * 30, "USD", "too large"),
        (str(MOST), "USD", "too large"),
    ],
)
def test_refused(typed: str, currency: str, teaches: str) -> None:
    with pytest.raises(NoAmount, match=teaches):
        read_amount(typed, currency)


@given(st.integers(0, MOST), st.sampled_from(["USD", "JPY", "KWD", "CLF"]))
def test_what_is_written_is_read_again(amount: int, currency: str) -> None:
    money = Money(amount, currency)
    assert read_amount(_written(money), currency) == money


def _written(money: Money) -> str:
    places = decimals(money.currency)
    return f"{Decimal(money.amount).scaleb(-places):.{places}f}"
