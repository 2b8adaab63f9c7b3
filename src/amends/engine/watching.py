"""The part of the store's port that keeps in which open cases somebody's watch words are found."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from amends.kernel.instants import Instant
from amends.kernel.people import PersonId
from amends.kernel.record import Column

if TYPE_CHECKING:
    from amends.engine.store import Page

Match = tuple[PersonId, str, str]  # who watches, order, dispute


class Search(Struct, frozen=True):
    """How far somebody's list was looked for: since when it is, in how many cases, and whether in
    all that were open then."""

    since: Instant
    looked: int
    whole: bool


class Watching(Protocol):
    """That a watch word is in a case's claim, and no more: neither which, nor the claim.

    It may say so of a case longer than it is true; whoever shows it looks at the claim again. It is
    no part of the record: it is made anew from lists and claims.
    """

    def begin(self, people: Collection[PersonId], since: Instant) -> None:
        """Forget what was found for them: from now on other lists are looked for."""

    def add(self, found: Sequence[Match]) -> None:
        """Found in these."""

    def looked(
        self, people: Collection[PersonId], since: Instant, cases: int, *, whole: bool
    ) -> None:
        """The lists begun at ``since`` were looked for in so many cases; of people who have begun
        anew meanwhile nothing is noted."""

    def search(self, person: PersonId) -> Search | None:
        """Theirs; None when none was ever begun."""

    def drop(self, order: str, dispute: str) -> None:
        """It is no open case any more."""

    def page(
        self,
        person: PersonId,
        where: Mapping[str, Column],
        *,
        order_by: str,
        also: Mapping[str, Column],
        after: str | None = None,
        limit: int = 50,
    ) -> Page:
        """As ``Views.page`` of ``disputes``, only those in which something was found for them.
        Raises UnknownListing or BadCursor."""
