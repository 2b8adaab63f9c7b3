from __future__ import annotations

import pytest

from tests.durability.databases import in_memory
from tests.durability.power_cuts import Lost, PowerCuts


@pytest.mark.parametrize("seed", [1, 2])
def test_no_power_cut_loses_what_was_acknowledged(seed: int) -> None:
    with in_memory() as folder:
        cuts = PowerCuts(folder, seed)
        assert list(cuts.cut(200))[-1] == 200
    assert cuts.counts["acknowledged before a cut"] > 200
    assert cuts.counts["sessions in which the log was copied"]


def test_a_log_that_is_not_synced_loses_it() -> None:
    lost = r"was acknowledged and is not there|the answer under k\d+ is not there"
    with in_memory() as folder, pytest.raises(Lost, match=lost):
        list(PowerCuts(folder, 1, synchronous="NORMAL").cut(200))
