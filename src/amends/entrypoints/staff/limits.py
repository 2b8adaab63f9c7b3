"""The most somebody may award on their own, as it is typed: ``500.00 USD, 450 EUR``."""

from __future__ import annotations

import re

from amends.entrypoints.web.forms.amounts import NoAmount, read_amount, write_amount
from amends.kernel.decision import Refused
from amends.kernel.money import CURRENCIES, Money

# A comma within an amount stands between digits, one between two limits does not.
_BETWEEN = re.compile(r"[;\n،]|,(?!\d)|(?<!\d),")
_CURRENCY = re.compile(r"^[A-Za-z]{3}\b|\b[A-Za-z]{3}$")


def read_limits(typed: str) -> dict[str, int] | Refused:
    """Minor units by currency, each once, with the amounts as the language spoken now has them;
    nothing typed: no limit."""
    limits: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in _BETWEEN.split(typed))):
        found = _CURRENCY.search(part)
        currency = found[0].upper() if found else ""
        if currency not in CURRENCIES or currency in limits:
            return _refused(part)
        try:
            limits[currency] = read_amount(part, currency).amount
        except NoAmount:
            return _refused(part)
    return limits


def written_limits(limits: dict[str, int]) -> str:
    """As ``read_limits`` takes it."""
    return ", ".join(
        f"{write_amount(Money(amount, currency))} {currency}"
        for currency, amount in sorted(limits.items())
    )


def _refused(part: str) -> Refused:
    return Refused("limit_unreadable", {"typed": part}, ("write_limit",), "invalid", "limits")
