"""Claims that mean the same are found in other words, and hardly any others."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from amends.entrypoints.similar.text import words_in
from amends.store import open_store
from tests.entrypoints.similar.same_meaning import KINDS, measure


@pytest.mark.parametrize("n", range(len(KINDS)))
def test_the_two_in_english_share_no_words(n: int) -> None:
    kind = KINDS[n]
    assert not set(words_in(kind["en"])) & set(words_in(kind["other"]))


def test_like_claims_are_found_by_what_they_say(
    vectors: None, empty_database: Path, tmp_path: Path
) -> None:
    path = tmp_path / "claims.db"
    shutil.copy(empty_database, path)
    with closing(open_store(path, synced=False)) as store:
        by_words, by_meaning = measure(store, tmp_path)
    assert by_words.recall < 0.1
    assert by_meaning.recall > 0.7
    assert by_meaning.precision > max(0.9, by_words.precision)
    assert by_meaning.any > 0.9
