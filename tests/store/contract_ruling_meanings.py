"""What every store must do with what claims say, by which rulings are found."""

from __future__ import annotations

import threading

import pytest

from amends.engine.ruling_meanings import Meant, Sentence
from amends.engine.store import Store
from amends.kernel.decision import Content
from tests.store.contract_ruling_words import rule
from tests.store.given import Reopen

BROKEN, LATE, FAR = 2**48 - 1, 2, 3
BITS = 64


def sentence(*places: int, off: int = 0) -> Sentence:
    """One whose signature differs in so many bits from one with none."""
    return Sentence("It broke.", places, ((1 << off) - 1).to_bytes(BITS // 8))


def put(store: Store, order: str, *sentences: Sentence, model: str = "m", by: str = "ann") -> str:
    """A ruling on a claim that says so, in words that are no word's digest."""
    dispute = rule(store, order, len(store.upkeep.orders()), Content("r", by, "claim"))
    store.ruling_words.put(order, dispute, {"r": set()}, Meant(model, "r", sentences))
    return dispute


def near(store: Store, *asked: Sentence, besides: str = "", at_least: int = 40) -> list[str]:
    own = (besides, f"{besides}-D1") if besides else None
    found = store.ruling_words.near(asked, own, at_least)
    return [f"{one.row['dispute_id']} {one.sentence} {one.equal}" for one in found]


class RulingMeaningsContract:
    def test_rulings_are_found_where_sentences_lie_the_most_alike_first(
        self, store: Store, reopen: Reopen
    ) -> None:
        put(store, "A", sentence(BROKEN, LATE, off=9))
        put(store, "B", sentence(LATE, off=3), sentence(BROKEN, off=4))
        put(store, "C", sentence(FAR))
        put(store, "D", sentence(BROKEN, off=30))
        assert near(reopen(), sentence(BROKEN)) == ["B-D1 0 60", "A-D1 0 55"]
        assert near(store, sentence(BROKEN), at_least=30) == ["B-D1 0 60", "A-D1 0 55", "D-D1 0 34"]
        # Of two sentences that find a ruling the more alike one counts.
        assert near(store, sentence(LATE), sentence(BROKEN, LATE, off=4)) == [
            "B-D1 1 64", "A-D1 1 59",
        ]  # fmt: skip
        assert near(store, sentence(BROKEN), besides="B") == ["A-D1 0 55"]
        assert (near(store, sentence(99)), near(store)) == ([], [])
        (one, _) = store.ruling_words.near([sentence(BROKEN)], None, 40)
        assert one.row["reason"] == "late"

    def test_of_each_place_the_last_are_looked_at(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for n in range(4):
            put(store, f"O{n}", sentence(BROKEN), sentence(LATE))
        monkeypatch.setattr("amends.store.ruling_meanings._OF_ALL", 4)
        assert near(store, sentence(BROKEN, LATE)) == ["O3-D1 0 64", "O2-D1 0 64"]
        monkeypatch.setattr("amends.store.ruling_meanings._MOST_FOUND", 1)
        assert near(store, sentence(BROKEN, LATE)) == ["O3-D1 0 64"]

    def test_what_is_put_again_takes_the_place_of_what_was(self, store: Store) -> None:
        words = store.ruling_words
        dispute = put(store, "A", sentence(BROKEN, FAR, off=1), sentence(LATE))
        assert words.meant("A", dispute) == Meant(
            "m", "", tuple(Sentence("", (one.places[0],), one.signature) for one in (
                sentence(BROKEN, off=1), sentence(LATE),
            )),
        )  # fmt: skip
        assert words.of_other_models("m") == 0
        words.put("A", dispute, {}, Meant("n", "r", (sentence(FAR),)))
        assert (near(store, sentence(BROKEN, LATE)), near(store, sentence(FAR))) == (
            [], ["A-D1 0 64"],
        )  # fmt: skip
        assert (words.of_other_models("m"), words.of_other_models("n")) == (1, 0)
        words.put("A", dispute, {"r": {1}})
        assert words.meant("A", dispute) == Meant()
        assert (near(store, sentence(FAR)), words.of_other_models("")) == ([], 0)
        assert words.meant("B", "B-D1") == Meant()

    def test_what_somebody_claimed_goes_with_them(self, store: Store) -> None:
        put(store, "A", sentence(BROKEN), by="ann")
        put(store, "B", sentence(BROKEN), by="bob")
        assert store.records.erase("ann")
        assert near(store, sentence(BROKEN)) == ["B-D1 0 64"]
        # Nor does indexing the same text again bring it back; the model is noted all the same.
        store.ruling_words.put("A", "A-D1", {}, Meant("n", "r", (sentence(BROKEN),)))
        assert near(store, sentence(BROKEN)) == ["B-D1 0 64"]
        assert store.ruling_words.meant("A", "A-D1") == Meant("n")

    def test_a_claim_erased_while_it_is_indexed_is_not_found(self, store: Store) -> None:
        for n in range(10):
            dispute = rule(store, f"O{n}", 1, Content("r", f"ann-{n}", "claim"))

            def index(n: int = n, dispute: str = dispute) -> None:
                meant = Meant("m", "r", (sentence(BROKEN),))
                store.ruling_words.put(f"O{n}", dispute, {}, meant)

            indexing = threading.Thread(target=index)
            indexing.start()
            assert store.records.erase(f"ann-{n}")
            indexing.join()
        assert near(store, sentence(BROKEN)) == []
