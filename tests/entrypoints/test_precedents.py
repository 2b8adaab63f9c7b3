"""Like cases and their spread; whose rulings were changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from amends.entrypoints.precedents import Precedents, overturned, precedents, quartiles
from tests.entrypoints.many_rulings import CATEGORIES, looks, sentences, sought, stores, words
from tests.postgres_server import NoServer


def test_like_cases_share_words_or_reason_and_category_alike_on_both_databases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        with stores(tmp_path, 3_000) as found:
            answers: list[tuple[Precedents, ...]] = []
            for store in found.values():
                same = precedents(store, sought(6))
                newest = same.found[0]
                without = precedents(store, replace(sought(6), dispute=newest.dispute))
                other = precedents(store, replace(sought(6), category="nothing like it"))
                none = precedents(store, replace(sought(6), reason="no such reason"))
                assert (same.same_category, same.by_words) == (True, 0)
                assert {one.category for one in same.found} == {CATEGORIES[6]}
                assert list(same.found) == sorted(same.found, key=lambda o: o.at, reverse=True)
                assert newest not in without.found
                assert not other.same_category
                assert len(other.found) == 200
                assert (none.found, none.quartiles) == ((), None)
                assert len(looks(store)) == 100
                case = next(words(1, seed=3))
                worded = precedents(store, sought(6, case))
                assert worded.by_words == len(worded.found) >= 8
                assert all(len(set(one.same_words) & {*map(str, case)}) > 1 for one in worded.found)
                few = precedents(store, sought(6, [*sorted(case)[:2], 1]))
                assert few.found[few.by_words :] == same.found[: 200 - few.by_words]
                said = precedents(store, sought(6, case, sentences(3)))
                assert said.by_meaning >= 8
                assert all(one.same_sentence == "Sentence 3." for one in said.found)
                with monkeypatch.context() as patched:
                    patched.setattr("amends.entrypoints.precedents._ENOUGH", 1_000)
                    patched.setattr("amends.entrypoints.precedents.COMPARED", 20)
                    mixed = precedents(store, sought(6, case, sentences(3)))
                    assert mixed.found[: len(said.found)] == said.found
                    assert mixed.by_words + mixed.by_meaning == 20
                answers.append((same, without, other, worded, few, said, mixed))
            assert answers[0] == answers[1]
            counted = [overturned(store.views) for store in found.values()]
            assert counted[0] == counted[1]
            assert sum(one.issued for one in counted[0]) == 3_000
            assert all(0 < one.changed_percent < 100 for one in counted[0] if one.changed)
    except NoServer as error:
        pytest.skip(str(error))


@given(st.lists(st.integers(0, 300), min_size=1))
def test_quartiles_are_values_with_as_many_below_and_above(values: list[int]) -> None:
    found = quartiles(values)
    assert found is not None
    for part, value in zip((1, 2, 3), found, strict=True):
        assert value in values
        assert 4 * sum(v <= value for v in values) >= part * len(values)
        assert 4 * sum(v < value for v in values) < part * len(values)


def test_there_are_no_quartiles_of_nothing() -> None:
    assert quartiles([]) is None
