"""The most somebody may award on their own, as it is typed: ``500.00 USD, 450 EUR``."""

from __future__ import annotations

import re
from decimal import Decimal

from amends.entrypoints.csv_feed import minor_units
from amends.kernel.decision import Refused
from amends.kernel.money import CURRENCIES, decimals

_ONE = re.compile(r"(?:(?P<number>[\d.]+)\s*(?P<after>[A-Za-z]{3})|"
                  r"(?P<before>[A-Za-z]{3})\s*(?P<then>[\d.]+))")  # fmt: skip


def read_limits(typed: str) -> dict[str, int] | Refused:
    """Minor units by currency; nothing typed: no limit. Each currency once."""
    limits: dict[str, int] = {}
    for part in re.split(r"[,;\n]", typed):
        if not part.strip():
            continue
        found = _ONE.fullmatch(part.strip())
        currency = ((found["after"] or found["before"]) if found else "").upper()
        if found is None or currency not in CURRENCIES or currency in limits:
            return _refused(part)
        try:
            limits[currency] = minor_units(found["number"] or found["then"], currency)
        except ValueError:
            return _refused(part)
    return limits


def written_limits(limits: dict[str, int]) -> str:
    """As ``read_limits`` takes it."""
    return ", ".join(
        f"{Decimal(amount).scaleb(-decimals(currency))} {currency}"
        for currency, amount in sorted(limits.items())
    )


def _refused(part: str) -> Refused:
    facts = {"typed": part.strip()}
    return Refused("limit_unreadable", facts, ("write_limit",), "invalid", "limits")
