"""The packs a server works with: which is in force when, and which one an order is under."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from amends.kernel.instants import Instant
from amends.policy.terms import PackRef, Terms
from amends.policy.wording import Wording


class PinnedPackError(LookupError):
    """An order is under a pack that is not here, or whose values are no longer the same."""


class Library:
    """Packs by id and version, with their words. Never changes once it is made."""

    def __init__(
        self,
        packs: Iterable[Terms],
        wordings: Mapping[tuple[str, str], Mapping[str, Wording]],
    ) -> None:
        """``wordings`` holds, by a pack's id and version, its words by locale."""
        ordered = sorted(packs, key=lambda terms: (terms.id, terms.in_force_from, terms.version))
        self._packs = {(terms.id, terms.version): terms for terms in ordered}
        self._wordings = wordings

    def all(self) -> tuple[Terms, ...]:
        """Every version of every pack, by id and then from the oldest to the newest."""
        return tuple(self._packs.values())

    def get(self, pack_id: str, version: str) -> Terms | None:
        """That version of that pack, or None."""
        return self._packs.get((pack_id, version))

    def in_force(self, pack_id: str, at: Instant) -> Terms | None:
        """The newest version that is in force at ``at``, or None when there is none yet."""
        found = [t for t in self.all() if t.id == pack_id and t.in_force_from <= at]
        return found[-1] if found else None

    def pinned(self, ref: PackRef) -> Terms:
        """The very terms an order was placed under.

        Raises PinnedPackError when that version is not here or its values have been changed.
        """
        found = self.get(ref.id, ref.version)
        if found is None:
            there = ", ".join(f"{t.id} {t.version}" for t in self.all()) or "none"
            raise PinnedPackError(
                f"orders are under policy pack {ref.id} {ref.version}, which is not here"
                f" (here: {there}); put its folder back among the packs"
            )
        if found.digest != ref.digest:
            raise PinnedPackError(
                f"the values of policy pack {ref.id} {ref.version} were changed after orders were"
                f" placed under it: their digest was {ref.digest} and is {found.digest};"
                " put the released values back, and give the new ones a version of their own"
            )
        return found

    def wording(self, pack_id: str, version: str, locale: str = "en") -> Wording:
        """The pack's words in the language nearest to ``locale``, English beneath them.

        An unknown pack, language or code is no error: what has no words stands for itself.
        """
        words = self._wordings.get((pack_id, version), {})
        tag = locale.replace("_", "-").casefold()
        found = words.get("en", Wording())
        for name in (tag.split("-", 1)[0], tag):
            if name in words and name != "en":
                found = words[name].over(found)
        return found
