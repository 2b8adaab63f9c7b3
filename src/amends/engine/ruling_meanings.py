"""What sentences of a claim say, so that a ruling is found by a case told in other words.

Who installs the extra ``vectors`` has it; without it rulings are found by words alone.
"""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from amends.kernel.record import Column


class Sentence(Struct, frozen=True):
    """A sentence of a claim, as it stands there. ``places``: those its meaning is nearest to, the
    nearest first, as digests of 48 bits; ``signature``: the more alike two sentences are, the more
    bits of theirs are equal, half of them where they have nothing to do with each other.

    Both are made with the installation's key, and no less personal than the sentence.
    """

    said: str
    places: tuple[int, ...]
    signature: bytes


class Meant(Struct, frozen=True):
    """The telling sentences of a claim, with the reference of its text, by whose writer they go.

    ``model``: what made places and signatures of them, by none other comparable; "" is nothing.
    """

    model: str = ""
    ref: str = ""
    sentences: tuple[Sentence, ...] = ()


class Near(Struct, frozen=True):
    """A ruling on a claim that says much the same: its row in ``rulings``, which of the sentences
    asked for it says, by its place among them, and how many bits are equal."""

    row: dict[str, Column]
    sentence: int
    equal: int


class Meanings(Protocol):
    """Makes them; the first text may take seconds."""

    @property
    def model(self) -> str:
        """Changes with anything that makes places or signatures differ."""

    def sentences(self, text: str) -> tuple[Sentence, ...]:
        """The telling ones of a text, in any of our languages, the most telling first."""
