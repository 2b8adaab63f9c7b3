"""The key of words: made once, kept from others, and without it nothing is the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from amends.adapters.word_key import kept_key, word_digests


def test_the_key_is_made_once_and_kept(tmp_path: Path) -> None:
    digest = word_digests(kept_key(tmp_path / "words.key"))
    assert digest("blouse") == word_digests(kept_key(tmp_path / "words.key"))("blouse")
    assert digest("blouse") != digest("blouses")
    assert 0 <= digest("blouse") < 2**48
    assert digest("blouse") != word_digests(kept_key(tmp_path / "other.key"))("blouse")
    assert (tmp_path / "words.key").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.key", "words.key"]


def test_who_starts_second_takes_the_first_one_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = word_digests(kept_key(tmp_path / "words.key"))
    # As it is for one who looked before the other had made it.
    with monkeypatch.context() as patched:
        patched.setattr(Path, "exists", lambda _: False)
        assert word_digests(kept_key(tmp_path / "words.key"))("blouse") == first("blouse")


def test_a_file_that_holds_no_key_is_not_taken_for_one(tmp_path: Path) -> None:
    (tmp_path / "words.key").write_bytes(b"short")
    with pytest.raises(ValueError, match="amends db rebuild"):
        word_digests(kept_key(tmp_path / "words.key"))
