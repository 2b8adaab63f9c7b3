from __future__ import annotations

from tests.judging.day import ILL, TIED, live


def test_a_day_with_one_ill_and_one_bound() -> None:
    day = live(cases=45, seed=3)
    assert day.big_to_tied == 0
    assert day.returned > 0
    assert day.decided[TIED] > 0
    # Whoever was away decided no more, and all that was theirs was decided by others.
    assert day.decided.get(ILL, 0) + day.returned == day.dealt[ILL]
    assert sum(day.decided.values()) + day.left == day.cases
    # Nothing hangs: what nobody ruled on ended by the pack's clocks.
    assert "None" not in day.ends
    assert day.late == day.left
    assert day.spread < 6
