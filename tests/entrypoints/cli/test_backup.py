"""Back-ups from the command line, with the files of evidence, on both kinds of database."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.entrypoints.api.test_evidence import D1, photo, upload
from tests.entrypoints.cli.run import EXAMPLES, Terminal
from tests.entrypoints.sandbox import BUYER, sandbox
from tests.postgres_server import Server

FEED = str(EXAMPLES / "feed.ndjson")


@pytest.fixture
def lived(empty_database: Path, terminal: Terminal) -> Terminal:
    """A dispute with a photo in it."""
    shutil.copy(empty_database, terminal.database)
    with sandbox(terminal.database) as shop:
        shop.disputed()
        upload(shop, photo(), dispute=D1)
    return terminal


def kept(database: Path) -> list[Path]:
    """The files of evidence beside a database."""
    folder = database.with_name(f"{database.name}.files")
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_back_up_is_verified_and_restored_with_its_files(lived: Terminal) -> None:
    archive = str(lived.folder / "backup.zip")
    said = lived.out("db", "backup", archive, "--verify")
    assert "1 orders with" in said
    assert "1 files" in said
    assert "Not in it: settings and secrets" in said
    assert "nothing differs" in said
    assert not list(lived.folder.glob(".verify-*"))
    new = lived.folder / "new" / "restored.db"
    said = lived.out("db", "restore", archive, "--database", str(new), "--verify")
    assert "erased again" in said
    (was,), (is_,) = kept(lived.database), kept(new)
    assert was.read_bytes() == is_.read_bytes()
    assert was.name == is_.name
    with sandbox(new) as shop:
        assert shop.call("GET", "/orders/A-1001/evidence/E1", BUYER).content == was.read_bytes()


def test_a_file_of_evidence_that_is_gone_or_another_shows(lived: Terminal) -> None:
    assert lived.out("db", "check") == "Nothing differs from the record.\n"
    (file,) = kept(lived.database)
    file.write_bytes(b"another")
    assert "E1 is not the one" in lived.run("db", "check").stdout
    file.unlink()
    assert "A-1001: the file of evidence E1 is missing" in lived.run("db", "check").stdout
    result = lived.run("db", "backup", str(lived.folder / "backup.zip"), "--verify")
    assert result.exit_code == 1
    assert "E1 is missing" in result.stdout


def test_nothing_is_written_over(lived: Terminal) -> None:
    archive = str(lived.folder / "backup.zip")
    lived.out("db", "backup", archive)
    assert "something already" in lived.refused("db", "backup", archive)
    into = ("db", "restore", archive, "--database")
    other = lived.file("other.db", "anything")
    assert "name a file that does not exist" in lived.refused(*into, other)
    assert not Path(f"{other}.files").exists()
    # Files of another database are no place for this one's.
    lived.database.unlink()
    assert "belong to another database" in lived.refused(*into, str(lived.database))
    assert len(kept(lived.database)) == 1
    assert not lived.database.exists()


def test_a_file_is_called_what_it_was_called(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(terminal.folder)
    terminal.out("db", "migrate")
    terminal.file("there", "")
    assert terminal.refused("db", "backup", "there") == "there: There is something already.\n"
    said = terminal.refused("db", "restore", "nowhere", "--database", "new.db")
    assert said == "nowhere: No such file or directory.\n"
    restored = terminal.refused("db", "restore", "sub/nowhere.zip", "--database", "new.db")
    assert restored == "sub/nowhere.zip: No such file or directory.\n"


def test_what_is_no_archive_is_told(terminal: Terminal) -> None:
    foreign = terminal.file("photo.zip", "not a ZIP")
    new = str(terminal.folder / "new.db")
    assert "no ZIP file" in terminal.refused("db", "restore", foreign, "--database", new)
    nowhere = str(terminal.folder / "nowhere.zip")
    assert "No such file" in terminal.refused("db", "restore", nowhere, "--database", new)
    assert "There is no database" in terminal.refused("db", "backup", nowhere)
    assert list(terminal.folder.iterdir()) == [Path(foreign)]


def test_a_server_s_database_becomes_a_file_s_and_a_server_s_again(
    postgres: Server, terminal: Terminal, tmp_path: Path
) -> None:
    server = Terminal(tmp_path / "home", postgres.empty())
    server.out("import", FEED)
    first, second = str(tmp_path / "first.zip"), str(tmp_path / "second.zip")
    assert "nothing differs" in server.out("db", "backup", first, "--verify")
    terminal.out("db", "restore", first, "--database", str(terminal.database), "--verify")
    assert terminal.out("orders", "list") == server.out("orders", "list")
    terminal.out("db", "backup", second)
    again = postgres.empty()
    server.out("db", "restore", second, "--database", again, "--verify")
    assert Terminal(tmp_path, again).out("orders", "list") == terminal.out("orders", "list")
    said = server.refused("db", "restore", second, "--database", again)
    assert "make a new database" in said
