from __future__ import annotations

import re
import time

import msgspec

from amends.adapters.ids import new_id, new_token
from amends.engine.outside import Ids
from amends.kernel.texts import Id


def test_an_id_is_one_everywhere_and_like_no_other() -> None:
    ids: Ids = new_id
    made = [ids() for _ in range(20_000)]
    assert len(set(made)) == len(made)
    for one in made[:50]:
        assert re.fullmatch("[0-9a-hjkmnp-tv-z]{26}", one)
        assert msgspec.convert(one, Id) == one


def test_ids_sort_by_the_microsecond_they_were_made_in() -> None:
    made = []
    for _ in range(200):
        made.append(new_id())
        began = time.time_ns() // 1000
        while time.time_ns() // 1000 == began:
            pass
    assert made == sorted(made)


def test_a_token_is_long_and_fresh() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)
