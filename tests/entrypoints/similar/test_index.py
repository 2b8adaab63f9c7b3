"""Rulings are found by the words of their cases, as long as those who wrote these are there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from amends.adapters.word_key import kept_key, word_digests
from amends.dispute.state import Case
from amends.engine.store import Write
from amends.entrypoints.checking import differences
from amends.entrypoints.precedents import Sought, by_words, sought_by
from amends.entrypoints.service import Service
from amends.entrypoints.similar.index import RulingIndex
from amends.kernel.record import Job
from amends.projections.rulings import INDEX_RULING
from tests.entrypoints.sandbox import Shop, sandbox
from tests.entrypoints.similar.cases import change_on_appeal, rule, three_cases
from tests.postgres_server import Server

BOUGHT = ("Rain", "jacket", "Waterproof")


@pytest.fixture(params=["sqlite", "postgresql"])
def ruled(request: pytest.FixtureRequest, empty_database: Path, tmp_path: Path) -> Iterator[Shop]:
    """Rulings on A-3 and A-2; A-1 is to be decided."""
    with ExitStack() as stack:
        database: Path | str = tmp_path / "sandbox.db"
        if request.param == "postgresql":
            postgres: Server = request.getfixturevalue("postgres")
            database = stack.enter_context(postgres.database())
        else:
            shutil.copy(empty_database, database)
        shop = stack.enter_context(sandbox(database, tmp_path))
        three_cases(shop)
        rule(shop, "A-3")
        rule(shop, "A-2", "The teeth of the zip are bent.")
        yield shop


def sought(service: Service, name: str = "A-1") -> Sought:
    view = service.engine.view(name)
    assert view is not None
    return sought_by(service.rulings, view.state, view.state.disputes[f"{name}-D1"])


def like(shop: Shop, name: str = "A-1", at_least: int = 2) -> dict[str, set[str]]:
    """The rulings alike, with the words shared."""
    found = by_words(shop.service.store, sought(shop.service, name), at_least)
    return {one.dispute: set(one.same_words) for one in found}


def test_a_ruling_is_found_by_words_of_its_claim_its_goods_and_its_prose(ruled: Shop) -> None:
    # Of the prose, "photo" and "shows" are in the other ruling's case only.
    assert like(ruled) == {"A-2-D1": {*BOUGHT, "zip", "came", "apart"}}
    assert like(ruled, "A-3") == {}
    assert "teeth" not in {word for words in like(ruled).values() for word in words}
    rule(ruled, "A-1", "The teeth were bent by wear.")
    assert {"teeth", "bent"} <= like(ruled, "A-2")["A-1-D1"]
    assert list(differences(ruled.service)) == []


def test_a_ruling_changed_by_an_appeal_is_found_by_the_new_words(ruled: Shop) -> None:
    change_on_appeal(ruled)
    assert like(ruled) == {"A-2-D1": {*BOUGHT, "zip", "came", "apart", "first", "day"}}
    assert list(differences(ruled.service)) == []


def test_the_words_of_who_was_erased_find_nothing(ruled: Shop) -> None:
    ruled.service.store.records.erase("b2")
    assert like(ruled) == {"A-2-D1": {*BOUGHT, "zip"}}  # the seller's and the mediator's
    ruled.service.store.records.erase("s1")
    assert like(ruled, at_least=1) == {"A-2-D1": {"zip"}}
    ruled.service.store.records.erase("m1")
    assert like(ruled, at_least=1) == {}
    assert list(differences(ruled.service)) == []
    ruled.service.rulings.put_all(ruled.service.engine.views)
    assert like(ruled, at_least=1) == {}


def test_what_is_not_indexed_shows_and_is_made_anew(ruled: Shop) -> None:
    service = ruled.service
    service.store.ruling_words.put("A-2", "A-2-D1", {})
    told = "A-2: the ruling on A-2-D1 is not found by the words of its case"
    assert list(differences(service)) == [told]
    assert service.rulings.put_all(service.engine.views) == 2
    assert list(differences(service)) == []
    # One that is about to be indexed is not missing.
    service.store.ruling_words.put("A-2", "A-2-D1", {})
    view = service.engine.view("A-2")
    assert view is not None
    job = Job("j", INDEX_RULING, service.clock.now(), {"dispute": "A-2-D1"})
    service.store.records.write([Write("A-2", view.version, jobs=(job,))])
    assert list(differences(service)) == []
    ruled.advance("PT1S")
    assert not service.store.jobs.waits("A-2", INDEX_RULING)
    assert "A-2-D1" in like(ruled)


class Late(RulingIndex):
    """Has not indexed a ruling when it is first asked, and has when it is asked again."""

    late = True

    def differences(self, case: Case) -> Iterator[str]:
        """As they are, but for the first time."""
        if self.late:
            self.late = False
            yield "the ruling was not found"
        else:
            yield from super().differences(case)


def test_what_is_ruled_while_it_is_checked_is_no_difference(ruled: Shop) -> None:
    index = Late(ruled.service.store, ruled.service.rulings.digest)
    assert list(differences(replace(ruled.service, rulings=index))) == []
    assert not index.late


def test_under_another_key_nothing_is_found_until_all_is_indexed_again(
    ruled: Shop, tmp_path: Path
) -> None:
    other = RulingIndex(ruled.service.store, word_digests(kept_key(tmp_path / "other.key")))
    service = replace(ruled.service, rulings=other)
    found = by_words(service.store, sought(service), at_least=1)
    assert found == ()
    assert len(list(differences(service))) == 2
    other.put_all(service.engine.views)
    assert list(differences(service)) == []
    assert [one.dispute for one in by_words(service.store, sought(service))] == ["A-2-D1"]
