"""What a claim is filed under."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from amends.dispute.claims import category_of
from amends.order.state import Line
from tests.given import order

CASE, CABLES, LAMP = (
    Line("1", 1, 2_000, 2_000, category="bags"),
    Line("2", 3, 1_000, 3_000, category="cables"),
    Line("3", 1, 2_000, 2_000, category="lamps"),
)


@pytest.mark.parametrize(
    ("lines", "category"),
    [
        ({"1": 1, "2": 3, "3": 1}, "cables"),
        ({"1": 1, "2": 1}, "bags"),  # of the cables only what is claimed counts
        ({"2": 2, "3": 1}, "cables"),  # as much for either
        ({"3": 1, "1": 1}, "bags"),  # whatever the claim named first
        ({"3": 1}, "lamps"),
    ],
)
def test_it_is_the_category_on_which_most_is_claimed(
    lines: Mapping[str, int], category: str
) -> None:
    assert category_of(order(lines=(CASE, CABLES, LAMP)), lines) == category


def test_a_dearest_line_without_a_category_lends_none_from_a_cheaper_one() -> None:
    unnamed = Line("4", 1, 9_000, 9_000)
    assert category_of(order(lines=(CASE, unnamed)), {"1": 1, "4": 1}) == ""


def test_lines_that_were_split_off_since_have_none() -> None:
    assert category_of(order(lines=(CASE,)), {"2": 1}) == ""
