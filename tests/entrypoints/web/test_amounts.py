"""Amounts as people type them, in each language of the pages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from amends.entrypoints.web.forms.amounts import NoAmount, read_amount, write_amount
from amends.entrypoints.words import formatting
from amends.entrypoints.words.languages import languages, speaking
from amends.kernel.money import MOST, Money, decimals

LANGUAGES = languages()
currencies = st.sampled_from(["USD", "EUR", "RUB", "JPY", "KWD", "CLF"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("typed", "currency", "amount"),
    [
        ("720", "RUB", 72000),
        ("720.5", "RUB", 72050),
        ("720,50", "RUB", 72050),
        ("1.000,50", "EUR", 100050),
        ("1,000.50", "EUR", 100050),
        ("1'000.50", "CHF", 100050),
        ("1’000,50", "CHF", 100050),
        (" 1 720.50 ", "RUB", 172050),
        ("1\u00a0720,50", "RUB", 172050),
        ("1\u202f720,50", "EUR", 172050),
        ("1 000", "USD", 100000),
        ("1,000,000", "USD", 100000000),
        ("1.000.000", "USD", 100000000),
        ("1234,567", "KWD", 1234567),
        ("1.234,567", "KWD", 1234567),
        ("0,500", "KWD", 500),
        (".5", "USD", 50),
        ("5.", "USD", 500),
        ("0", "USD", 0),
        ("720", "JPY", 720),
        ("1,000", "JPY", 1000),
        ("1.000", "JPY", 1000),
        ("٧٢٠٫٥", "AED", 72050),
        ("١٬٠٠٠٫٥٠", "AED", 100050),
        ("١٫٢٣٤", "KWD", 1234),
        ("\u200f١٬٠٠٠", "AED", 100000),
        ("７２０", "JPY", 720),
        ("１，０００．５０", "CNY", 100050),
        ("USD 5", "USD", 500),
        ("5.50 usd", "USD", 550),
        ("5 €", "EUR", 500),
    ],
)
def test_read_alike_everywhere(language: str, typed: str, currency: str, amount: int) -> None:
    with speaking(language):
        assert read_amount(typed, currency) == Money(amount, currency)


@pytest.mark.parametrize(
    ("language", "typed", "currency", "amount"),
    [
        ("en", "1,000", "USD", 100000),
        ("zh", "1,000", "USD", 100000),
        ("ar", "1,000", "USD", 100000),
        ("es", "1.000", "USD", 100000),
        ("en", "1.234", "KWD", 1234),
        ("es", "1,234", "KWD", 1234),
        ("ru", "1,234", "KWD", 1234),
    ],
)
def test_a_lone_mark_is_read_as_the_language_has_it(
    language: str, typed: str, currency: str, amount: int
) -> None:
    with speaking(language):
        assert read_amount(typed, currency) == Money(amount, currency)


@pytest.mark.parametrize(
    ("language", "typed", "currency", "small", "large"),
    [
        ("en", "1.000", "USD", "1.00", "1000.00"),
        ("en", "1,234", "KWD", "1.234", "1234.000"),
        ("es", "1,000", "EUR", "1,00", "1000,00"),
        ("es", "1.234", "KWD", "1,234", "1234,000"),
        ("ru", "1,500", "RUB", "1,50", "1500,00"),
        ("ru", "1.000", "RUB", "1,00", "1000,00"),
        ("ar", "1.000", "AED", "1.00", "1000.00"),
    ],
)
def test_what_could_be_two_amounts_is_refused_with_both(
    language: str, typed: str, currency: str, small: str, large: str
) -> None:
    with speaking(language):
        with pytest.raises(NoAmount) as refused:
            read_amount(typed, currency)
        for one in (small, large):
            assert one in str(refused.value)
            assert formatting.money(read_amount(one, currency)) in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "currency", "teaches"),
    [
        ("7.205", "USD", "at most 2 digits"),
        ("0,500", "USD", "at most 2 digits"),
        ("720.5", "JPY", "no smaller unit"),
        ("720.", "JPY", "no smaller unit"),
        ("1.2345", "KWD", "at most 3 digits"),
        ("-5", "USD", "negative"),
        ("−5", "USD", "negative"),
        ("USD -5", "USD", "negative"),
        ("EUR 5", "USD", "in USD, in digits, like this: 1720.50"),
        ("5-10", "USD", "in digits"),
        ("12 50", "USD", "in digits"),
        ("1,00,0", "USD", "in digits"),
        ("1.000.50", "USD", "in digits"),
        ("1,000 000", "USD", "in digits"),
        ("1 000,000", "JPY", "no smaller unit"),
        ("five", "USD", "in digits"),
        ("1e5", "USD", "in digits"),
        ("²", "USD", "in digits"),
        (".", "USD", "in digits"),
        ("USD", "USD", "in digits"),
        ("9" * 30, "USD", "too large"),
        (str(MOST), "USD", "too large"),
    ],
)
def test_refused(typed: str, currency: str, teaches: str) -> None:
    with pytest.raises(NoAmount, match=teaches):
        read_amount(typed, currency)


@given(st.sampled_from(LANGUAGES), st.integers(0, MOST), currencies)
def test_what_a_page_shows_is_read_again(language: str, amount: int, currency: str) -> None:
    money = Money(amount, currency)
    with speaking(language):
        assert read_amount(formatting.money(money), currency) == money
        assert read_amount(write_amount(money), currency) == money


@given(
    st.sampled_from(LANGUAGES), st.integers(0, 10**12), currencies,
    st.sampled_from(["latn", "default"]),
)  # fmt: skip
def test_what_others_write_in_a_language_is_read_in_it(
    language: str, amount: int, currency: str, numbering: str
) -> None:
    places = decimals(currency)
    value = Decimal(amount).scaleb(-places)
    pattern = f"#,##0.{'0' * places}" if places else "#,##0"
    number = format_decimal(value, pattern, locale=language, numbering_system=numbering)
    whole = format_currency(
        value, currency, locale=language, numbering_system=numbering, currency_digits=True
    )
    with speaking(language):
        assert read_amount(number, currency) == Money(amount, currency)
        assert read_amount(whole, currency) == Money(amount, currency)


@given(st.text("0123456789.,' ٫٬١", max_size=12), currencies)
def test_no_text_is_one_amount_here_and_another_there(typed: str, currency: str) -> None:
    assert len(set(filter(None, (_read(typed, currency, each) for each in LANGUAGES)))) <= 1


def _read(typed: str, currency: str, language: str) -> Money | None:
    with speaking(language):
        try:
            return read_amount(typed, currency)
        except NoAmount:
            return None
