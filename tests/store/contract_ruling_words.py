"""What every store must do with the words by which rulings are found."""

from __future__ import annotations

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.engine.store import Store, Write
from amends.kernel.decision import Content
from tests.store.contract_rulings import ruling_row
from tests.store.given import Reopen, event, state

MOST = 2**48 - 1
CRACK, SCREEN, PHONE, HAT, FAKE = MOST, 2, 3, 4, 5
PEOPLE = ("ann", "bob", "carl")
DIGESTS = st.sets(st.integers(0, 9), max_size=5)


def rule(store: Store, order: str, at: int, *contents: Content) -> str:
    """A ruling, and the texts of its case; their references lead to what ``put`` is given."""
    dispute = f"{order}-D1"
    rows = (ruling_row(dispute, at),)
    store.records.write([Write(order, 0, (event(1, *contents),), state(1), rows)])
    return dispute


def found(store: Store, *words: int, at_least: int = 1) -> list[str]:
    alike = store.ruling_words.alike(words, at_least=at_least)
    return [str(one.row["dispute_id"]) for one in alike]


class RulingWordsContract:
    def test_rulings_are_found_by_words_rare_ones_first(self, store: Store, reopen: Reopen) -> None:
        words = store.ruling_words
        given = {"A": {CRACK, SCREEN, PHONE}, "B": {PHONE, SCREEN}, "C": {PHONE, FAKE}, "D": {HAT}}
        for at, (order, digests) in enumerate(given.items()):
            rule(store, order, at, Content("r", "ann", "claim"))
            words.put(order, f"{order}-D1", {"r": digests})
        assert found(reopen(), PHONE, FAKE, SCREEN) == ["C-D1", "B-D1", "A-D1"]
        assert found(store, PHONE, FAKE, SCREEN, at_least=2) == ["C-D1", "B-D1", "A-D1"]
        assert found(store, PHONE, HAT, at_least=2) == []
        assert found(store, PHONE) == ["C-D1", "B-D1", "A-D1"]
        assert (found(store, 99), found(store)) == ([], [])
        best, *rest = words.alike([PHONE, CRACK, SCREEN], ("B", "B-D1"))
        assert (best.row["dispute_id"], set(best.shared)) == ("A-D1", {CRACK, SCREEN, PHONE})
        assert best.row["reason"] == "late"
        assert [(one.row["dispute_id"], one.shared) for one in rest] == [("C-D1", (PHONE,))]
        assert best.weight > rest[0].weight

    def test_of_a_common_word_only_the_last_are_looked_at(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("amends.store.ruling_words._OF_A_WORD", 2)
        monkeypatch.setattr("amends.store.ruling_words._OF_ALL", 3)
        for n in range(4):
            rule(store, f"O{n}", n, Content("r", "ann", "claim"))
            store.ruling_words.put(f"O{n}", f"O{n}-D1", {"r": {PHONE, SCREEN, n + 10}})
        assert found(store, PHONE) == ["O3-D1", "O2-D1"]
        # There is room for one of the two common words beside the rare one.
        assert found(store, PHONE, SCREEN, 10) == ["O0-D1", "O3-D1", "O2-D1"]
        assert found(store, PHONE, SCREEN, 10, at_least=2) == []

    def test_what_is_put_again_takes_the_place_of_what_was(self, store: Store) -> None:
        texts = (Content("r", "ann", "claim"), Content("t", "bob", "title"))
        dispute = rule(store, "A", 1, *texts)
        words = store.ruling_words
        assert words.held("A", dispute) == {}
        words.put("A", dispute, {"r": {CRACK, PHONE}, "t": {PHONE}})
        assert words.held("A", dispute) == {"ann": {CRACK, PHONE}, "bob": {PHONE}}
        words.put("A", dispute, {"r": {SCREEN}, "t": set(), "unknown": {HAT}})
        assert words.held("A", dispute) == {"ann": {SCREEN}}
        assert (found(store, CRACK, PHONE, HAT), found(store, SCREEN)) == ([], [dispute])
        words.put("A", dispute, {})
        assert (words.held("A", dispute), found(store, SCREEN)) == ({}, [])

    def test_who_is_erased_while_they_are_indexed_is_not_found(self, store: Store) -> None:
        for n in range(20):
            dispute = rule(store, f"O{n}", 1, Content("r", f"ann-{n}", "claim"))

            def index(n: int = n, dispute: str = dispute) -> None:
                store.ruling_words.put(f"O{n}", dispute, {"r": {CRACK, SCREEN, PHONE}})

            indexing = threading.Thread(target=index)
            indexing.start()
            assert store.records.erase(f"ann-{n}")
            indexing.join()
            assert store.ruling_words.held(f"O{n}", dispute) == {}
        assert found(store, CRACK, SCREEN, PHONE) == []

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture, HealthCheck.differing_executors,
        ],
    )  # fmt: skip
    @given(st.lists(st.tuples(*[DIGESTS] * 3), min_size=1, max_size=4), st.sampled_from(PEOPLE))
    def test_the_words_of_who_was_erased_find_nothing(
        self, store: Store, rulings: list[tuple[set[int], ...]], erased: str
    ) -> None:
        orders = []
        for digests in rulings:
            orders.append(order := f"O{len(store.upkeep.orders())}")
            texts = (Content(f"r-{p}", f"{p}-{orders[0]}", "text") for p in PEOPLE)
            rule(store, order, 1, *texts)
            refs = {f"r-{p}": of for p, of in zip(PEOPLE, digests, strict=True)}
            store.ruling_words.put(order, f"{order}-D1", refs)
        assert store.records.erase(f"{erased}-{orders[0]}")
        stays = {
            f"{order}-D1": set[int]().union(
                *(of for p, of in zip(PEOPLE, digests, strict=True) if p != erased)
            )
            for order, digests in zip(orders, rulings, strict=True)
        }
        for digest in range(10):
            mine = [dispute for dispute in found(store, digest) if dispute in stays]
            assert sorted(mine) == sorted(d for d, of in stays.items() if digest in of)
        # Nor does indexing the same texts again bring them back.
        for order, digests in zip(orders, rulings, strict=True):
            refs = {f"r-{p}": of for p, of in zip(PEOPLE, digests, strict=True)}
            store.ruling_words.put(order, f"{order}-D1", refs)
            held = store.ruling_words.held(order, f"{order}-D1")
            assert f"{erased}-{orders[0]}" not in held
            assert set().union(*held.values()) == stays[f"{order}-D1"]
