"""The part of the store's port by which rulings are found: by the words of their cases, and by what
their claims say in other words.

Words come as keyed digests: whole numbers of 48 bits, made outside with a key the store does not
know. What is kept is derived from sealed texts, and no part of the record.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from amends.engine.ruling_meanings import Meant, Near, Sentence
from amends.kernel.people import PersonId
from amends.kernel.record import Column


class Alike(Struct, frozen=True):
    """A ruling that shares words with what was asked for: its row in ``rulings``, the digests
    shared, and their weights' sum, to which a rare word adds more than a common one."""

    row: dict[str, Column]
    shared: tuple[int, ...]
    weight: int


class RulingWords(Protocol):
    """An index from digests to rulings, a writer's words told apart from those of others."""

    def put(
        self,
        order: str,
        dispute: str,
        texts: Mapping[str, Collection[int]],
        meant: Meant = Meant(),  # noqa: B008 - it cannot be changed
    ) -> None:
        """Index a ruling by the words of its texts, given by their references, and by what its
        claim says; and by nothing else.

        A text whose writer was erased is left out, also when that happens meanwhile.
        """

    def held(self, order: str, dispute: str) -> dict[PersonId, frozenset[int]]:
        """By whose words a ruling is found, and by which."""

    def alike(
        self, words: Collection[int], besides: tuple[str, str] | None = None, at_least: int = 1
    ) -> list[Alike]:
        """Rulings that share ``at_least`` so many of the words, most alike first, then newest;
        without that on ``besides``, an order and its dispute.

        It looks at the rarest of the words, and of a word that very many share at the rulings
        that were indexed last: what it costs does not grow with the number of rulings.
        """

    def meant(self, order: str, dispute: str) -> Meant:
        """By which sentences of its claim a ruling is found, in their order: of each its place and
        signature. Where none is, the model still says by what it was indexed last."""

    def near(
        self, sentences: Sequence[Sentence], besides: tuple[str, str] | None, at_least: int
    ) -> list[Near]:
        """Rulings on claims with a sentence of which ``at_least`` so many bits are equal to one of
        these, most first, then those indexed last; without that on ``besides``.

        It looks at no more than the nearest places hold, and at those indexed last.
        """

    def of_other_models(self, model: str) -> int:
        """How many rulings were indexed by another model than this."""
