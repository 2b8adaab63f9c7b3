from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from amends.dispute.escalation import escalated
from amends.dispute.events.negotiation import TurnExtended
from tests.dispute.cases import ANSWERED, D1, ESCALATED, OPENED, answered, mediated, of, opened
from tests.given import DAY, SECOND, after, terms


@pytest.mark.parametrize("left", [timedelta(0), SECOND])
def test_only_time_that_is_left_is_kept_for_a_silent_side(left: timedelta) -> None:
    due = ANSWERED + 5 * DAY
    moved = escalated(of(answered()), terms(), due - left, "answer_missing")
    expected = ("buyer", due) if left else (None, None)
    assert (moved.unheard, moved.unheard_until) == expected
    assert (moved.because, moved.by) == ("answer_missing", None)


def test_the_seller_who_never_answered_is_waited_for_while_there_is_time() -> None:
    moved = escalated(of(opened()), terms(), OPENED + DAY, "asked_for", by="buyer")
    assert (moved.unheard, moved.unheard_until) == ("seller", OPENED + 5 * DAY)


def test_reminders_that_have_passed_are_not_set() -> None:
    (clock,) = escalated(of(answered()), terms(), OPENED + 8 * DAY, "negotiation_over").deadlines
    assert clock.at == OPENED + 15 * DAY
    assert clock.reminders == (OPENED + 14 * DAY, clock.at - DAY / 12)


def test_a_case_back_from_a_return_gets_days_of_its_own() -> None:
    at = OPENED + 40 * DAY
    returning = replace(of(mediated()), phase="returning")
    moved = escalated(returning, terms(), at, "return_contested", by="buyer")
    (clock,) = moved.deadlines
    assert (clock.what, clock.turn, clock.since, clock.anchor) == (
        "ruling", "mediator", at, "return_contested",
    )  # fmt: skip
    assert (clock.at, moved.ruling_due) == (at + 5 * DAY, at + 5 * DAY)
    assert (moved.unheard, moved.unheard_until) == (None, None)


def test_an_outage_that_moved_the_end_of_negotiation_moves_the_ruling() -> None:
    later = OPENED + 13 * DAY
    extended = TurnExtended(
        at=OPENED + 10 * DAY, dispute=D1, what="negotiation", down_since=OPENED + 9 * DAY,
        down_until=OPENED + 12 * DAY, due=later,
    )  # fmt: skip
    dispute = of(after(answered(), extended))
    moved = escalated(dispute, terms(), ESCALATED, "asked_for", by="buyer")
    assert moved.deadlines[0].at == moved.ruling_due == OPENED + 18 * DAY
