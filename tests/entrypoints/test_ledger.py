"""Amounts as accountants read them."""

from __future__ import annotations

import pytest

from amends.entrypoints.ledger import in_units


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (0, "USD", "0.00"), (5, "USD", "0.05"), (-5, "USD", "-0.05"), (-80_050, "RUB", "-800.50"),
        (0, "JPY", "0"), (-700, "JPY", "-700"), (1, "KWD", "0.001"), (-1_234, "KWD", "-1.234"),
        (10_000, "CLF", "1.0000"),
    ],
)  # fmt: skip
def test_amounts_are_exact_in_each_currencys_decimals(
    amount: int, currency: str, text: str
) -> None:
    assert in_units(amount, currency) == text
