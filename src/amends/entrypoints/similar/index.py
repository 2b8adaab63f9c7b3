"""Finding rulings by the words of their cases, and by what their claims say: which texts these are
in, and indexing them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from amends.dispute.state import Case, Dispute
from amends.engine.jobs import Done
from amends.engine.requests import View
from amends.engine.ruling_meanings import Meanings, Meant, Sentence
from amends.engine.store import JobToRun, Store
from amends.entrypoints.similar.text import words_in
from amends.entrypoints.views.texts import Texts
from amends.policy.terms import Terms
from amends.projections.rulings import INDEX_RULING

Digest = Callable[[str], int]
CaseView = View[Case, Terms]

_AT_ONCE = 100
# Another machine's arithmetic may differ in the last bits of a number, and with it bits of a
# signature that lie on the edge.
_EDGE = 32
_BY_ORDER = ("order_id",)


class RulingIndex:
    """Puts the words of ruled cases where rulings are looked for, as digests; what claims say too,
    where there are ``meanings``."""

    def __init__(self, store: Store, digest: Digest, meanings: Meanings | None = None) -> None:
        self._store = store
        self.digest = digest
        self._meanings = meanings

    def put(self, case: Case, dispute: Dispute) -> None:
        """Index a ruling by the texts there are now. Without a ruling nothing is indexed."""
        if dispute.ruling is not None:
            texts = self._texts(case, dispute)
            order, meant = case.order.id, self._meant(dispute, texts)
            self._store.ruling_words.put(order, dispute.id, self._digests(texts), meant)

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

    def asked(self, case: Case, dispute: Dispute) -> tuple[dict[int, str], tuple[Sentence, ...]]:
        """The words of a case by their digests, each as it stands in the case, and what its claim
        says; of that nothing where nothing can tell. Where something can, only the words of what
        tells count of the claim: who asks for their money back shares these with everybody."""
        texts = self._texts(case, dispute)
        sentences = self._meant(dispute, texts).sentences
        if sentences:
            texts[dispute.claim.description_ref] = "\n".join(one.said for one in sentences)
        return self.words_of("\n\n".join(texts.values())), sentences

    def words_of(self, text: str) -> dict[int, str]:
        """The words of a text, likewise."""
        return {self.digest(word): shown for word, shown in words_in(text).items()}

    @property
    def model(self) -> str:
        """By what rulings are indexed beside their words; "" is nothing."""
        return self._meanings.model if self._meanings else ""

    def differences(self, case: Case) -> Iterator[str]:
        """The rulings that are not found by the words of their texts, or by what their claims say,
        in words; those that are about to be indexed are left out."""
        order = case.order.id
        for dispute in case.disputes.values():
            if dispute.ruling is None or self._store.jobs.waits(order, INDEX_RULING):
                continue
            held = self._store.ruling_words.held(order, dispute.id)
            texts = self._texts(case, dispute)
            right = self._digests(texts).values()
            if frozenset().union(*held.values()) != frozenset().union(*right):
                yield f"the ruling on {dispute.id} is not found by the words of its case"
            meant = self._store.ruling_words.meant(order, dispute.id)
            if not _same(meant, self._meant(dispute, texts)):
                yield f"the ruling on {dispute.id} is not found by what its claim says"

    def _meant(self, dispute: Dispute, texts: Mapping[str, str]) -> Meant:
        if self._meanings is None:
            return Meant()
        ref = dispute.claim.description_ref
        return Meant(self.model, ref, self._meanings.sentences(texts[ref]))

    def _digests(self, texts: Mapping[str, str]) -> dict[str, frozenset[int]]:
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


def _same(held: Meant, right: Meant) -> bool:
    """Whether what is held is found where it should be."""
    if held.model != right.model or len(held.sentences) != len(right.sentences):
        return False
    return all(any(_found(one, by) for one in held.sentences) for by in right.sentences)


def _found(one: Sentence, by: Sentence) -> bool:
    off = int.from_bytes(one.signature) ^ int.from_bytes(by.signature)
    return one.places[0] in by.places and off.bit_count() <= _EDGE


def _bought(listed: Mapping[str, object], line: str) -> str:
    """Title and text of a line's listing, which was taken as the shop gave it."""
    known = listed.get(line)
    if not isinstance(known, dict):
        return ""
    listing = known.get("listing")
    text = listing.get("text") if isinstance(listing, dict) else None
    return "\n".join(part for part in (known.get("title"), text) if isinstance(part, str))
