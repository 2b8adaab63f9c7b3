"""Finding rulings by the words of their cases: which texts these are in, and indexing them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from amends.dispute.state import Case, Dispute
from amends.engine.jobs import Done
from amends.engine.requests import View
from amends.engine.store import JobToRun, Store
from amends.entrypoints.similar.text import words_in
from amends.entrypoints.views.texts import Texts
from amends.policy.terms import Terms
from amends.projections.rulings import INDEX_RULING

Digest = Callable[[str], int]
CaseView = View[Case, Terms]

_AT_ONCE = 100
_BY_ORDER = ("order_id",)


class RulingIndex:
    """Puts the words of ruled cases where rulings are looked for, as digests."""

    def __init__(self, store: Store, digest: Digest) -> None:
        self._store = store
        self.digest = digest

    def put(self, case: Case, dispute: Dispute) -> None:
        """Index a ruling by the words there are now. Without a ruling nothing is indexed."""
        if dispute.ruling is not None:
            order = case.order.id
            self._store.ruling_words.put(order, dispute.id, self._digests(case, dispute))

    def put_all(self, views: Callable[[Collection[str]], Mapping[str, CaseView]]) -> int:
        """Index every ruling there is; how many. ``views`` gives orders as they stand."""
        ruled = [str(order) for (order,) in self._store.views.totals("rulings", None, _BY_ORDER)]
        count = 0
        for start in range(0, len(ruled), _AT_ONCE):
            for view in views(ruled[start : start + _AT_ONCE]).values():
                decided = [d for d in view.state.disputes.values() if d.ruling is not None]
                for dispute in decided:
                    self.put(view.state, dispute)
                count += len(decided)
        return count

    def words(self, case: Case, dispute: Dispute) -> dict[int, str]:
        """The words of a case by their digests, each as it stands in the case."""
        return self.words_of("\n\n".join(self._texts(case, dispute).values()))

    def words_of(self, text: str) -> dict[int, str]:
        """Those of a text, likewise."""
        return {self.digest(word): shown for word, shown in words_in(text).items()}

    def differences(self, case: Case) -> Iterator[str]:
        """The rulings that are not found by the words of their texts, in words; those that are
        about to be indexed are left out."""
        order = case.order.id
        for dispute in case.disputes.values():
            if dispute.ruling is None or self._store.jobs.waits(order, INDEX_RULING):
                continue
            held = self._store.ruling_words.held(order, dispute.id)
            right = self._digests(case, dispute).values()
            if frozenset().union(*held.values()) != frozenset().union(*right):
                yield f"the ruling on {dispute.id} is not found by the words of its case"

    def _digests(self, case: Case, dispute: Dispute) -> dict[str, frozenset[int]]:
        texts = self._texts(case, dispute)
        return {ref: frozenset(map(self.digest, words_in(text))) for ref, text in texts.items()}

    def _texts(self, case: Case, dispute: Dispute) -> dict[str, str]:
        """What was bought, claimed and ruled, by reference."""
        order, claim, ruling = case.order, dispute.claim, dispute.ruling
        refs = [claim.description_ref, order.listing_ref]
        if ruling is not None:
            refs += [ruling.text_ref, *(part.text_ref for part in ruling.lines)]
        found = self._store.records.texts({(order.id, ref) for ref in refs if ref})
        texts = Texts({ref: text for (_, ref), text in found.items()})
        listed = texts.json(order.listing_ref)
        bought = (_bought(listed, line) for line in claim.lines) if listed else ()
        said = {ref: texts.get(ref) or "" for ref in refs}
        return {**said, order.listing_ref: "\n".join(bought)}


class IndexRulingJob:
    """Indexes a ruling once it is on record, and again when an appeal has changed it."""

    def __init__(self, view: Callable[[str], CaseView | None], index: RulingIndex) -> None:
        self._view = view
        self._index = index

    def __call__(self, job: JobToRun) -> Done:
        """As the case stands now, so that doing it twice does no harm."""
        view = self._view(job.order)
        if view is not None:
            dispute = view.state.disputes[str(job.payload["dispute"])]
            self._index.put(view.state, dispute)
        return Done()


def _bought(listed: Mapping[str, object], line: str) -> str:
    """Title and text of a line's listing, which was taken as the shop gave it."""
    known = listed.get(line)
    if not isinstance(known, dict):
        return ""
    listing = known.get("listing")
    text = listing.get("text") if isinstance(listing, dict) else None
    return "\n".join(part for part in (known.get("title"), text) if isinstance(part, str))
