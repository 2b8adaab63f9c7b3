"""A text's words, in whatever language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.entrypoints.similar.text import MOST_WORDS, words_in


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The screen of my phone was cracked.", ["screen", "phone", "cracked"]),
        ("La pantalla llegó rota: está RAYADA", ["pantalla", "llego", "rota", "rayada"]),
        ("Экран разбит, а чехол - ещё нет", ["экран", "разбит", "чехол"]),
        ("屏幕碎了", ["屏幕", "幕碎", "碎了"]),
        ("الشاشة مكسورة جدًا", ["الشاشة", "مكسورة"]),
        ("I've order 4501234567 of model A54, it is 12 cm", ["model", "a54"]),
        ("ﬁligree FILIGREE filigrée", ["filigree"]),
        ("", []),
    ],
)
def test_words_are_compared_without_case_and_accents(text: str, words: list[str]) -> None:
    assert list(words_in(text)) == words


def test_a_word_is_shown_as_it_first_stands_in_the_text() -> None:
    assert words_in("Écran brisé, ECRAN") == {"ecran": "Écran", "brise": "brisé"}


def test_of_a_long_text_the_first_words_count() -> None:
    text = " ".join(f"word{n}" for n in range(MOST_WORDS + 1))
    assert len(words_in(text)) == MOST_WORDS


@given(st.text())
def test_a_word_is_a_word_again_and_stands_in_the_text(text: str) -> None:
    for word, shown in words_in(text).items():
        assert words_in(shown).keys() <= {word}
        assert len(word) >= 2
