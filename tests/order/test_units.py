"""Units of lines as commands name them."""

from __future__ import annotations

import pytest

from amends.kernel.decision import Refused
from amends.order.state import Line
from amends.order.units import LineQuantity, resolve_lines
from tests.given import order

LINES = (Line("1", 2, 100, 200), Line("2", 3, 100, 300))


def test_all_units_are_meant_when_none_are_named() -> None:
    assert resolve_lines(order(lines=LINES), ()) == {"1": 2, "2": 3}


def test_named_units_are_taken() -> None:
    assert resolve_lines(order(lines=LINES), (LineQuantity("2", 3),)) == {"2": 3}


@pytest.mark.parametrize(
    ("named", "rule"),
    [
        ((LineQuantity("3", 1),), "unknown_line"),
        ((LineQuantity("1", 1), LineQuantity("1", 1)), "line_named_twice"),
        ((LineQuantity("2", 4),), "more_than_bought"),
    ],
)
def test_units_have_to_have_been_bought(named: tuple[LineQuantity, ...], rule: str) -> None:
    outcome = resolve_lines(order(lines=LINES), named)
    assert isinstance(outcome, Refused)
    assert (outcome.rule, outcome.kind, outcome.field) == (rule, "invalid", "lines")
