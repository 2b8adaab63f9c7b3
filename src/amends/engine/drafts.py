"""The part of the store's port that keeps what people have begun to fill in."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from amends.kernel.instants import Instant
from amends.kernel.people import PersonId


class Draft(Struct, frozen=True):
    """A form as far as it was filled in, and when it was last saved."""

    at: Instant
    text: str


class Drafts(Protocol):
    """Forms begun and not yet sent, one for each order and person, sealed with the person's key.

    They are no part of the record: nothing is decided by them, and no order changes by one.
    """

    def keep(self, order: str, person: PersonId, draft: Draft) -> None:
        """Keep it instead of the one before."""

    def find(self, order: str, person: PersonId) -> Draft | None:
        """What was kept last; None when there is nothing, or the person was erased."""

    def of_order(self, order: str) -> dict[PersonId, Draft]:
        """Everybody's on one order, by the person; those of the erased are not in the answer."""

    def drop(self, order: str, person: PersonId) -> None:
        """Forget it; nothing happens when there is none."""
