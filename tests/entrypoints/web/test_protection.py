"""Protection and time left, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from amends.entrypoints.views.structs import LineProtectionView, WhyView
from amends.entrypoints.web.protection import protected
from amends.entrypoints.web.templating import left
from amends.entrypoints.words.formatting import moment

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def line(opens: datetime | None, closes: datetime | None, *, is_open: bool) -> LineProtectionView:
    return LineProtectionView(
        line="1", quantity=2, open=is_open, opens_at=opens, closes_at=closes, reasons=(),
        remedies=(), remedies_by_reason={},
        why=(WhyView(rule="r", text="6 days after shipment", source="004"),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "state", "chip", "sentence"),
    [
        (line(NOW - DAY, NOW + 2 * DAY, is_open=True), "good", "Protected, 2 days left",
         "until Thu 12 Mar 2026, 12:00 UTC"),
        (line(NOW - DAY, None, is_open=True), "good", "Protected", "no end yet"),
        (line(NOW - 9 * DAY, NOW, is_open=False), "over", "Protection is over",
         "ended on Tue 10 Mar 2026, 12:00 UTC"),
        (line(NOW + DAY, None, is_open=False), "wait", "Protected",
         "from Wed 11 Mar 2026, 12:00 UTC"),
        (line(None, None, is_open=False), "wait", "Protected", "once it is sent"),
    ],
)  # fmt: skip
def test_protection(entry: LineProtectionView, state: str, chip: str, sentence: str) -> None:
    told = protected(entry, NOW)
    assert (told.state, told.chip) == (state, chip)
    assert sentence in told.sentence
    assert told.why == ("6 days after shipment",)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(days=5), "5 days left"),
        (timedelta(days=1, hours=3), "1 day 3 hours left"),
        (timedelta(hours=23, minutes=59, seconds=59), "23 hours 59 minutes left"),
        (timedelta(hours=1, minutes=1), "1 hour 1 minute left"),
        (timedelta(seconds=59), "0 minutes left"),
        (timedelta(0), "time is up"),
        (timedelta(seconds=-1), "time is up"),
    ],
)
def test_left(span: timedelta, words: str) -> None:
    assert left(NOW + span, NOW) == words


def test_seconds_are_said_where_there_are_any() -> None:
    assert moment(NOW) == "Tue 10 Mar 2026, 12:00 UTC"
    assert moment(NOW + timedelta(seconds=5)) == "Tue 10 Mar 2026, 12:00:05 UTC"
