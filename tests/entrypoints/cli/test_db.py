"""Checking and rebuilding, on databases that were damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.entrypoints.cli.run import EXAMPLES, Terminal
from tests.entrypoints.sandbox import sandbox
from tests.entrypoints.similar.cases import rule, three_cases

FEED = str(EXAMPLES / "feed.ndjson")


def test_what_is_derived_is_checked_and_made_anew(terminal: Terminal) -> None:
    terminal.out("import", FEED)
    assert terminal.out("db", "check") == "Nothing differs from the record.\n"
    terminal.damage("UPDATE orders SET buyer = 'thief' WHERE order_id = 'A-1001'")
    terminal.damage("DELETE FROM postings WHERE order_id = 'A-1002'")
    terminal.damage("UPDATE states SET state = x'00' WHERE order_id = 'A-1003'")
    result = terminal.run("db", "check")
    assert result.exit_code == 1
    assert "A-1001: the row of orders: buyer is 'thief', not 'olga'" in result.stdout
    assert "A-1002: a row of postings" in result.stdout
    assert "A-1003: the state's bytes" in result.stdout
    assert "amends db rebuild" in result.stderr
    assert terminal.out("db", "rebuild") == "Made anew: 40 orders.\n"
    assert terminal.out("db", "check") == "Nothing differs from the record.\n"


def test_what_an_older_version_filed_otherwise_is_named_and_filed_anew(
    empty_database: Path, terminal: Terminal
) -> None:
    shutil.copy(empty_database, terminal.database)
    with sandbox(terminal.database) as shop:
        three_cases(shop)
        rule(shop, "A-2")
    terminal.damage("UPDATE disputes SET category = 'toys' WHERE order_id = 'A-2'")
    terminal.damage("UPDATE rulings SET category = 'toys' WHERE order_id = 'A-2'")
    assert terminal.run("db", "check").stdout.splitlines() == [
        "A-2: a row of disputes (dispute_id A-2-D1): category is 'toys', not 'clothing'",
        "A-2: a row of rulings (dispute_id A-2-D1): category is 'toys', not 'clothing'",
    ]
    terminal.out("db", "rebuild")
    assert terminal.out("db", "check") == "Nothing differs from the record.\n"


def test_a_changed_record_shows_and_cannot_be_rebuilt_away(terminal: Terminal) -> None:
    terminal.out("import", FEED)
    terminal.damage("UPDATE events SET at = at + 1 WHERE order_id = 'A-1001' AND number = 2")
    terminal.out("db", "rebuild")
    result = terminal.run("db", "check")
    assert result.exit_code == 1
    assert "A-1001" in result.stdout


def test_a_database_that_is_not_there_is_made_only_when_asked(terminal: Terminal) -> None:
    assert "amends db migrate" in terminal.refused("db", "check")
    assert not terminal.database.exists()
    terminal.out("db", "migrate")
    assert terminal.out("db", "check") == "Nothing differs from the record.\n"
    terminal.out("db", "migrate")


def test_a_database_of_another_schema_says_what_to_do(terminal: Terminal) -> None:
    terminal.out("db", "migrate")
    terminal.damage("UPDATE alembic_version SET version_num = '9999'")
    said = f"amends db migrate --database {terminal.database}\n"
    assert terminal.refused("orders", "list").endswith(said)
    assert terminal.refused("serve", "--port", "0").endswith(said)
    assert "newer version" in terminal.refused("db", "migrate")


def test_what_is_no_database(terminal: Terminal) -> None:
    terminal.file("amends.db", "Dear diary, " * 1000)
    assert "The database cannot be used" in terminal.refused("orders", "list")
    folder = terminal.folder / "folder"
    folder.mkdir()
    said = terminal.refused("db", "migrate", "--database", str(folder))
    assert said == f"{folder}: Is a directory.\n"
    said = terminal.refused("orders", "list", "--database", "mysql://localhost/x")
    assert said.startswith("mysql:// does not name a file")
    assert "sqlite:///var/amends.db" in said
    said = terminal.refused("db", "migrate", "--database", "postgresql://host/x?pool=no")
    assert said.startswith("pool=no: say a number")
