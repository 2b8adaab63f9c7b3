"""Which words tell of a scam, a file for each language, and the detector made of them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from amends.guidance.scams import Detector, Patterns


@cache
def detector() -> Detector:
    """The detector for all languages there are."""
    return Detector(_read(file.read_text("utf-8")) for file in sorted(_tables(), key=str))


def _tables() -> list[Traversable]:
    return [file for file in files(__package__).iterdir() if file.name.endswith(".toml")]


def _read(text: str) -> Patterns:
    return msgspec.convert(tomllib.loads(text), Patterns)
