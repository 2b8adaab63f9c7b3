"""What became of rulings, from the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.entrypoints.cli.run import Terminal
from tests.entrypoints.many_rulings import load_sqlite
from tests.entrypoints.sandbox import sandbox
from tests.entrypoints.similar.cases import rule, three_cases


def test_rulings_are_counted_by_author(terminal: Terminal) -> None:
    terminal.out("db", "migrate")
    assert json.loads(terminal.out("rulings", "--json")) == []
    load_sqlite(terminal.database, 2_000)
    found = json.loads(terminal.out("rulings", "--json"))
    assert sum(one["issued"] for one in found) == 2_000
    assert all(one["changed"] <= one["appealed"] <= one["issued"] for one in found)
    head, *rows = terminal.out("rulings").splitlines()
    assert head.split() == ["author", "issued", "appealed", "changed", "changed_percent"]
    assert len(rows) == len(found)
    first = found[0]
    percent = str(first["changed"] * 100 // first["issued"])
    assert rows[0].split() == [
        first["author"], str(first["issued"]), str(first["appealed"]), str(first["changed"]),
        percent,
    ]  # fmt: skip


def test_like_cases_are_shown_and_found_again_after_a_restore(
    empty_database: Path, terminal: Terminal
) -> None:
    shutil.copy(empty_database, terminal.database)
    with sandbox(terminal.database) as shop:
        three_cases(shop)
        rule(shop, "A-3")
        rule(shop, "A-2")
    said = terminal.out("rulings", "--like", "A-1-D1")
    head, first, second, spread = said.splitlines()
    assert head.split() == ["dispute", "finding", "remedy", "percent", "what_is_alike"]
    assert first.split()[0] == "A-2-D1"
    assert "jacket" in first
    assert second.split() == ["A-3-D1", "for_buyer", "refund", "100"]
    assert spread.startswith("Of 2 rulings, 1 share words with it; they awarded 100 to 100")
    as_json = terminal.out("rulings", "--like", "A-1-D1", "--json")
    assert json.loads(as_json)["by_words"] == 1
    assert "no dispute A-9-D1" in terminal.refused("rulings", "--like", "A-9-D1")
    # The key stays with the installation, so that an archive's words are made anew.
    archive = str(terminal.folder / "backup.zip")
    terminal.out("db", "backup", archive, "--verify")
    new = Terminal(terminal.folder / "new")
    new.folder.mkdir()
    new.out("db", "restore", archive, "--database", str(new.database), "--verify")
    assert new.out("rulings", "--like", "A-1-D1") == said
    for path in (terminal.database, new.database):
        assert path.with_name("amends.db.words.key").read_bytes() not in Path(archive).read_bytes()
    terminal.damage("DELETE FROM ruling_words")
    assert "is not found by the words of its case" in terminal.run("db", "check").stdout
    terminal.out("db", "rebuild")
    assert terminal.out("rulings", "--like", "A-1-D1") == said
    assert "Nothing differs" in terminal.out("db", "check")
