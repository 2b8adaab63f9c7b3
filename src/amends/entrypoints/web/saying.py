"""Refusals as the pages say them."""

from __future__ import annotations

from amends.entrypoints.words.catalogue import Words
from amends.kernel.decision import Refused

_ENDS = ".?!。？！؟"  # in all languages


def refused_in_words(refused: Refused, words: Words) -> str:
    """Why not, and what would help, as one text."""
    sentences = (words.detail(refused.rule, refused.facts), *words.steps_to_take(refused.next))
    return " ".join(_sentence(text) for text in sentences if text)


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith(tuple(_ENDS)) else f"{text}."
