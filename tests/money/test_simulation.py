"""A thousand lives of an order with faults everywhere; ``python -m tests.money.simulation`` lives
more."""

from __future__ import annotations

import pytest

from tests.money.simulation import run

_AT_ONCE = 25


@pytest.mark.parametrize("first", range(1, 1001, _AT_ONCE))
def test_whatever_fails_the_money_moves_once(first: int) -> None:
    lives, wrong = run(first, _AT_ONCE)
    for _, error in wrong:
        raise error
    assert len(lives) == _AT_ONCE
    # A simulation in which nothing happens shows nothing.
    assert sum(life.refunds for life in lives) > _AT_ONCE
    assert sum(sum(life.faults.values()) for life in lives) > _AT_ONCE
