"""A text's words, as they are compared: whatever case, accents and order they were written in."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import groupby, pairwise

MOST_WORDS = 200
"""Of one text so many different words count, the first ones."""

_SHORTEST = 3
_LONGEST = 40
_TATWEEL = "\u0640"  # draws an Arabic word out


def words_in(text: str) -> dict[str, str]:
    """The words by which a text is compared, each with how it first stands in the text.

    Words are letters and digits in a row; case and accents do not count. Chinese, which writes
    without blanks, is taken in pairs of characters. Left out are words of fewer than three letters,
    those that are only digits, as numbers of orders and telephones are, and those very common in
    any of our languages. Words are not reduced to stems: a text does not say what language it is
    in, and the wrong language's rules make unlike words alike.
    """
    found: dict[str, str] = {}
    for word, shown in _pieces(text):
        if word not in found and word not in _common() and not word.isdecimal():
            found[word] = shown
            if len(found) == MOST_WORDS:
                break
    return found


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Each as it is compared, and as it stands in the text."""
    composed = unicodedata.normalize("NFKC", text).replace(_TATWEEL, "")
    for kind, run in groupby(composed, _kind):
        piece = "".join(run)
        if kind == "han":
            yield from ((pair, pair) for pair in map("".join, pairwise(piece)))
        elif kind == "word" and _SHORTEST <= len(word := _folded(piece)) <= _LONGEST:
            yield word, piece


def _kind(character: str) -> str:
    if "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf":
        return "han"
    if character.isalnum() or unicodedata.category(character).startswith("M"):
        return "word"
    return ""


def _folded(word: str) -> str:
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in parts if not unicodedata.category(c).startswith("M"))


@cache
def _common() -> frozenset[str]:
    """Those of all languages, folded."""
    kept = files(__package__).joinpath("common_words.toml").read_text("utf-8")
    return frozenset(_folded(word) for of in tomllib.loads(kept).values() for word in of.split())
