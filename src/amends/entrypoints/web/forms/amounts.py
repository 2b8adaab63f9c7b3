"""Amounts as people type them, to and from whole minor units, without rounding or guessing.

Points and commas are taken as the page's language has them, and as other languages have them where
only one reading is left. A text that is taken in two languages is the same amount in both: what
could be two amounts is refused, so that nobody asks for a thousandth of their money.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from babel.numbers import format_decimal, get_currency_symbol, get_decimal_symbol, get_group_symbol

from amends.entrypoints.web.language import translate as _
from amends.entrypoints.words import formatting
from amends.entrypoints.words.languages import spoken
from amends.kernel.money import MOST, Money, decimals

_ALIKE = {"٬": "'", "’": "'", "،": ",", "，": ",", "．": ".", "。": ".", "−": "-"}
# The Arabic decimal mark is nothing else anywhere; a point or a comma may be either.
_PLAIN = re.compile(r"(?P<whole>\d*)(?:[.,٫](?P<fraction>\d*))?")
_GROUPED = re.compile(
    r"(?P<whole>[1-9]\d{0,2}(?P<mark>[.,' ])\d{3}(?:(?P=mark)\d{3})*)"
    r"(?:(?!(?P=mark))[.,٫](?P<fraction>\d*))?"
)
_OF_A_GROUP = 3
_LONGEST = 17


class NoAmount(ValueError):
    """What was typed is no amount; the message says how to write it."""


def read_amount(typed: str, currency: str) -> Money:
    """``typed`` in ``currency``: ``1.000,50``, ``1,000.50``, ``1 000,50`` or ``1'000.50``, digits
    of any script, and with the currency's code or sign or without.

    Raises NoAmount for anything else, for more decimals than the currency has, and for what could
    be two amounts, as ``1,000`` where a comma stands before decimals.
    """
    text = _plain(typed)
    bare = _without_currency(text, currency)
    if "-" in (text[:1], bare[:1]):
        raise NoAmount(
            _("The amount cannot be negative. Write it like this: {example}").format(
                example=_example(currency)
            )
        )
    whole, fraction = _parts(bare, currency)
    places = decimals(currency)
    if len(whole) > _LONGEST:
        raise NoAmount(_("This amount is too large to be real. Check the digits."))
    amount = int(whole or "0") * 10**places + int(fraction.ljust(places, "0") or "0")
    if amount > MOST:
        raise NoAmount(_("This amount is too large to be real. Check the digits."))
    return Money(amount, currency)


def write_amount(money: Money) -> str:
    """An amount as ``read_amount`` reads it in the language spoken now, with all its decimals."""
    places = decimals(money.currency)
    pattern = f"0.{'0' * places}" if places else "0"
    return format_decimal(Decimal(money.amount).scaleb(-places), pattern, locale=_locale())


def _plain(typed: str) -> str:
    """In ASCII as far as it goes, with single blanks and without marks of direction."""
    text = "".join(_digit(c) for c in typed if unicodedata.category(c) != "Cf")
    return " ".join(text.split())


def _digit(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    return str(digit) if digit is not None else _ALIKE.get(character, character)


def _without_currency(text: str, currency: str) -> str:
    for name in (currency, _plain(get_currency_symbol(currency, _locale()))):
        if text.upper().startswith(name.upper()):
            return text[len(name) :].strip()
        if text.upper().endswith(name.upper()):
            return text[: -len(name)].strip()
    return text


def _parts(text: str, currency: str) -> tuple[str, str]:
    """The digits before and after the decimal mark, at most as many as the currency has. Raises
    NoAmount."""
    found = _GROUPED.fullmatch(text)
    if found is not None and found["fraction"] is None and _is_decimal(found, currency):
        whole, _mark, fraction = text.partition(found["mark"])
        return whole, fraction
    found = found or _PLAIN.fullmatch(text)
    if found is None or not re.search(r"\d", text):
        raise NoAmount(
            _("Write the amount in {currency}, in digits, like this: {example}").format(
                currency=currency, example=_example(currency)
            )
        )
    fraction = found["fraction"]
    places = decimals(currency)
    if fraction is not None and (not places or len(fraction) > places):
        raise NoAmount(_too_fine(currency))
    return re.sub(r"\D", "", found["whole"]), fraction or ""


def _is_decimal(found: re.Match[str], currency: str) -> bool:
    """Whether the only mark there is, with three digits after it, stands before decimals and not
    between thousands. Raises NoAmount where it could be either."""
    mark, places = found["mark"], decimals(currency)
    before, _mark, after = found["whole"].partition(mark)
    if mark not in ".," or mark in after or not places:
        return False
    if mark == get_decimal_symbol(_locale()) and places >= _OF_A_GROUP:
        return True
    if mark == get_group_symbol(_locale()) and places < _OF_A_GROUP:
        return False
    if len(after.rstrip("0")) > places:
        raise NoAmount(_too_fine(currency))
    small = Money(int(Decimal(f"{before}.{after}").scaleb(places)), currency)
    large = Money(int(before + after) * 10**places, currency)
    raise NoAmount(
        _("This could be {small} or {large}. Write {written_small} or {written_large}.").format(
            small=formatting.money(small),
            large=formatting.money(large),
            written_small=write_amount(small),
            written_large=write_amount(large),
        )
    )


def _too_fine(currency: str) -> str:
    places, example = decimals(currency), _example(currency)
    if not places:
        return _(
            "{currency} has no smaller unit, so write whole amounts only, like this: {example}"
        ).format(currency=currency, example=example)
    return _(
        "{currency} has {places} decimals, so write at most {places} digits after the decimal mark,"
        " like this: {example}"
    ).format(currency=currency, places=places, example=example)


def _example(currency: str) -> str:
    return write_amount(Money(int(Decimal("1720.5").scaleb(decimals(currency))), currency))


def _locale() -> str:
    return spoken().replace("-", "_")
