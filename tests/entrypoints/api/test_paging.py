"""Which index a list is read from when there is none for all of its filters."""

from __future__ import annotations

import pytest

from amends.entrypoints.api.paging import best_listing
from tests.entrypoints.sandbox import Shop


@pytest.fixture
def kind() -> str:
    """No database is asked."""
    return "sqlite"


@pytest.mark.parametrize(
    ("table", "by", "filters", "found_by"),
    [
        ("orders", "placed_at", ("status", "purchase"), {"purchase"}),
        ("orders", "placed_at", ("status", "buyer"), {"buyer"}),
        ("orders", "placed_at", ("status", "seller", "purchase"), {"seller", "status"}),
        ("disputes", "opened_at", ("phase", "buyer"), {"buyer"}),
        ("disputes", "opened_at", ("phase", "mediator"), {"mediator"}),
        ("disputes", "opened_at", ("phase", "officer"), {"officer"}),
        ("disputes", "opened_at", ("turn", "phase"), {"phase"}),
        ("disputes", "opened_at", ("turn",), set()),
    ],
)
def test_a_person_s_few_rows_are_read_rather_than_a_state_s_many(
    shop: Shop, table: str, by: str, filters: tuple[str, ...], found_by: set[str]
) -> None:
    asked = dict.fromkeys(filters, "x")
    segment = best_listing(shop.service.listings(table, by), asked, f"-{by}")
    assert set(segment.where) == found_by
    assert set(segment.also) == set(filters) - found_by


def test_what_is_nobody_s_is_found_by_its_state(shop: Shop) -> None:
    asked = {"officer": None, "phase": "appeal"}
    segment = best_listing(shop.service.listings("disputes", "opened_at"), asked, "-opened_at")
    assert (segment.where, segment.also) == ({"phase": "appeal"}, {"officer": None})
