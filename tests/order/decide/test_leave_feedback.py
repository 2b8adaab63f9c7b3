"""Feedback: after the end, once, amendable for thirty days."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import pytest

from amends.kernel.decision import Refused
from amends.order.decide.leave_feedback import LeaveFeedback
from amends.order.events.life import FeedbackLeft
from tests.given import BUYER, DAY, SECOND, T0, order
from tests.order.asking import NOW, as_json, ask, claim, contents, only, refused, then


def test_stars_are_on_record_and_the_text_apart() -> None:
    outcome = ask(order(received_at=T0), BUYER, LeaveFeedback(4, "Late, but kind."))
    left = only(outcome, FeedbackLeft)
    (text,) = contents(outcome)
    assert (left.stars, left.by, left.ref) == (4, "b1", text.ref)
    assert then(order(), left).feedback_at == NOW


def test_stars_need_no_words() -> None:
    outcome = ask(order(received_at=T0), BUYER, LeaveFeedback(5, " "))
    assert only(outcome, FeedbackLeft).ref == ""
    assert contents(outcome) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"received_at": T0},
        {"protection_ended_at": T0},
        {"cancelled_at": T0},
        {"claims": claim(open=False, outcome="refunded")},
    ],
)
def test_an_order_or_its_dispute_has_ended(changes: dict[str, Any]) -> None:
    assert only(ask(order(**changes), BUYER, LeaveFeedback(1)), FeedbackLeft).stars == 1


@pytest.mark.parametrize(
    ("changes", "rule"),
    [({}, "order_not_ended"), ({"received_at": T0, "claims": claim()}, "dispute_open")],
)
def test_before_the_end_it_would_be_pressure(changes: dict[str, Any], rule: str) -> None:
    assert refused(ask(order(**changes), BUYER, LeaveFeedback(1))) == (rule, "conflict", None)


@pytest.mark.parametrize(
    ("at", "fine"),
    [
        (NOW + 30 * DAY - SECOND, True),
        (NOW + 30 * DAY, False),
        (NOW + 30 * DAY + SECOND, False),
    ],
)
def test_it_can_be_amended_for_thirty_days_after_the_first(at: datetime, *, fine: bool) -> None:
    first = only(ask(order(received_at=T0), BUYER, LeaveFeedback(2)), FeedbackLeft)
    after = then(order(received_at=T0), first)
    outcome = ask(after, BUYER, LeaveFeedback(5), at)
    if fine:
        amended = then(after, only(outcome, FeedbackLeft))
        assert amended.feedback_at == NOW
    else:
        assert isinstance(outcome, Refused)
        assert outcome.rule == "feedback_amendable_for"
        assert outcome.facts["days"] == 30


@pytest.mark.parametrize("stars", [0, 6, 2.5])
def test_there_are_one_to_five_stars(stars: float) -> None:
    with pytest.raises(msgspec.ValidationError):
        as_json(LeaveFeedback, stars=stars)
