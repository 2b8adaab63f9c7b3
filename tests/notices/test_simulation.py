"""Hundreds of lives of disputes in which everybody is told what they must know, and no more;
``python -m tests.notices.simulation`` lives ten thousand."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from amends.kernel import deadlines
from tests.notices.simulation import Wrong, run

_AT_ONCE = 50


@pytest.mark.parametrize("first", range(1, 301, _AT_ONCE))
def test_nobody_is_told_after_the_end_and_everybody_before_a_deadline(first: int) -> None:
    counted = run(first, _AT_ONCE)
    # A simulation in which nothing happens shows nothing.
    assert counted.disputes == counted.closed == _AT_ONCE
    assert counted.expiries > _AT_ONCE
    assert counted.reminders > _AT_ONCE
    assert counted.withheld
    assert counted.together > _AT_ONCE


def _without_the_last(since: Any, at: Any) -> Any:
    return deadlines.reminders_between(since, at)[:-1]


@pytest.mark.parametrize(
    ("place", "fault", "found"),
    [
        ("amends.policy.clocks:reminders_between", _without_the_last, "was reminded of at"),
        ("tests.notices.simulation:outdated", lambda *_: False, "after the end"),
        ("tests.notices.simulation:outdated", lambda *_: True, "nothing had happened"),
        ("tests.notices.simulation:leading_first", lambda _, told: list(told), "is led by"),
        ("amends.projections.notices:_whose_turn", lambda *_: [("buyer", "b1")], "was told to"),
    ],
    ids=[
        "no last reminder",
        "what is settled is asked for",
        "nothing is sent",
        "as it comes",
        "all reminded",
    ],
)
def test_a_planted_fault_is_found(
    monkeypatch: pytest.MonkeyPatch, place: str, fault: Callable[..., Any], found: str
) -> None:
    module, name = place.split(":")
    monkeypatch.setattr(sys.modules[module], name, fault)
    with pytest.raises(Wrong, match=found):
        run(1, _AT_ONCE)
