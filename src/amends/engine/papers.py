"""The part of the store's port that keeps what a seller has at hand for every order."""

from __future__ import annotations

from typing import Literal, Protocol

from msgspec import Struct

from amends.kernel.instants import Instant
from amends.kernel.people import PersonId

PaperKind = Literal["return_address", "reply", "return_policy"]


class Paper(Struct, frozen=True):
    """One of them. ``number`` counts up within its kind; ``text`` is JSON of whoever keeps it."""

    number: int
    at: Instant
    text: str


class Papers(Protocol):
    """Return addresses, replies that are written often, and each version of a return policy; sealed
    with the seller's key, and no part of the record: an order holds what it was placed with.
    """

    def of(self, person: PersonId, kind: PaperKind) -> list[Paper]:
        """The latest 200 of a kind, the oldest first; none when the person was erased."""

    def add(self, person: PersonId, kind: PaperKind, at: Instant, text: str) -> int:
        """One more, under the next number."""

    def drop(self, person: PersonId, kind: PaperKind, number: int) -> None:
        """Forget one; nothing happens when it is not there."""
