"""Amounts as people type them, to and from whole minor units, without rounding anything."""

from __future__ import annotations

import unicodedata

from amends.entrypoints.web.language import translate as _
from amends.kernel.money import MOST, Money, decimals

_POINTS = {",": ".", "٫": ".", "。": "."}
_BLANKS = "'’_"


class NoAmount(ValueError):
    """What was typed is no amount; the message says how to write it."""


def read_amount(typed: str, currency: str) -> Money:
    """``typed`` in ``currency``: digits of any script, one decimal point or comma, blanks ignored.

    Raises NoAmount for anything else, and for more decimals than the currency has: the amount a
    person meant is never guessed.
    """
    text = "".join(_plain(c) for c in typed.strip() if not c.isspace() and c not in _BLANKS)
    places = decimals(currency)
    example = _example(places)
    if text.startswith("-"):
        raise NoAmount(_("The amount cannot be negative. Write it like this: {example}").format(
            example=example
        ))  # fmt: skip
    whole, point, fraction = text.partition(".")
    if not (whole + fraction).isdigit() or not (whole + fraction).isascii():
        raise NoAmount(
            _("Write the amount in digits only, without the currency, like this: {example}").format(
                example=example
            )
        )
    if len(fraction) > places or (point and not places):
        raise NoAmount(_too_fine(currency, places, example))
    if len(whole) > 17:
        raise NoAmount(_("This amount is too large to be real. Check the digits."))
    amount = int(whole or "0") * 10**places + int((fraction + "0" * places)[:places] or "0")
    if amount > MOST:
        raise NoAmount(_("This amount is too large to be real. Check the digits."))
    return Money(amount, currency)


def _plain(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    return str(digit) if digit is not None else _POINTS.get(character, character)


def _example(places: int) -> str:
    return f"720.{'50'.ljust(places, '0')[:places]}" if places else "720"


def _too_fine(currency: str, places: int, example: str) -> str:
    if not places:
        return _(
            "{currency} has no smaller unit, so write the amount without a point or comma,"
            " like this: {example}"
        ).format(currency=currency, example=example)
    return _(
        "{currency} has {places} decimals, so write at most {places} digits after the point,"
        " and nothing between thousands, like this: {example}"
    ).format(currency=currency, places=places, example=example)


def write_amount(money: Money) -> str:
    """An amount as ``read_amount`` reads it, with all its decimals."""
    places = decimals(money.currency)
    whole, fraction = divmod(money.amount, 10**places)
    return f"{whole}.{fraction:0{places}d}" if places else str(whole)
