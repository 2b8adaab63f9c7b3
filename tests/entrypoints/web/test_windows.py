"""The bar of a protection window: where it begins, where today is, where it ends, and in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from amends.entrypoints.views.structs import LineProtectionView, WhyView
from amends.entrypoints.web.windows import window_of
from amends.policy.wording import Wording

SOURCES = Wording(sources={"004": "the guide", "ours": "our own rule"})
PLACED = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ENTRY = LineProtectionView(
    line="1", quantity=1, open=True, opens_at=PLACED + 7 * DAY, closes_at=PLACED + 24 * DAY,
    reasons=(), remedies=(), remedies_by_reason={},
    why=(WhyView(rule="r", text="6 days after shipment", source="base 1: 004, ours, x"),),
)  # fmt: skip


def test_the_bar_is_in_proportion_and_leaves_room_behind_its_end() -> None:
    bar = window_of(ENTRY, PLACED, PLACED + 12 * DAY, own=True, sources=None)
    assert bar.opens < bar.today < bar.closes < 100
    assert bar.today == pytest.approx(bar.closes / 2, abs=0.1)
    assert bar.words == (
        "You can open a dispute from 8 March 00:00 UTC to 25 March 00:00 UTC,"
        " because: 6 days after shipment."
    )


@pytest.mark.parametrize(
    ("opens", "closes", "words"),
    [
        (7, 9, "You could open a dispute from 8 March"),
        (7, None, "You can open a dispute from 8 March 00:00 UTC, because: 6 days"),
        (None, 24, "You can open a dispute until 25 March"),
        (None, None, "is known once the order is sent"),
    ],
)
def test_what_is_not_known_yet_is_not_said(
    opens: int | None, closes: int | None, words: str
) -> None:
    entry = replace(
        ENTRY,
        opens_at=PLACED + opens * DAY if opens else None,
        closes_at=PLACED + closes * DAY if closes else None,
    )
    bar = window_of(entry, PLACED, PLACED + 12 * DAY, own=True, sources=None)
    assert words in bar.words
    assert 0 <= bar.today <= 100
    if opens is None:
        assert bar.opens == 100
    if closes is None:
        assert bar.closes == 100


def test_others_read_about_the_buyer_and_staff_where_it_stands() -> None:
    bar = window_of(ENTRY, PLACED, PLACED, own=False, sources=SOURCES)
    assert bar.words.startswith("The buyer can open a dispute")
    assert bar.words.endswith("because: 6 days after shipment (the guide; our own rule).")
