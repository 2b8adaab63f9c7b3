"""On which days somebody may be reminded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from amends.entrypoints.judging.own import own_of, remind
from tests.entrypoints.sandbox import Shop

NOON = datetime(2026, 3, 10, 11, 59, tzinfo=UTC)


@pytest.fixture
def kind() -> str:
    """A day is judged before it is kept, so one kind of database is enough."""
    return "sqlite"


@pytest.mark.parametrize(
    ("day", "taken"), [("2026-03-08", False), ("2026-03-09", True), ("2026-03-10", True)]
)
def test_a_day_has_passed_when_it_has_everywhere(shop: Shop, day: str, taken: bool) -> None:
    drafts = shop.service.store.drafts
    refused = remind(drafts, "vera", "A-1-D1", day, "", NOON)
    assert (refused is None) is taken
    assert [r.day.isoformat() for r in own_of(drafts, "vera").reminders] == [day] * taken


def test_a_day_that_was_kept_stays_good_for_another_note(shop: Shop) -> None:
    drafts = shop.service.store.drafts
    assert remind(drafts, "vera", "A-1-D1", "2026-03-10", "Call", NOON) is None
    later = NOON + timedelta(days=5)
    assert remind(drafts, "vera", "A-1-D1", "2026-03-10", "Write", later) is None
    (kept,) = own_of(drafts, "vera").reminders
    assert (kept.day, kept.note) == (date(2026, 3, 10), "Write")
    refused = remind(drafts, "vera", "A-1-D1", "2026-03-11", "Write", later)
    assert refused is not None
    assert refused.rule == "day_has_passed"
