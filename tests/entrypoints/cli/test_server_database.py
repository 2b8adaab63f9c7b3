"""The command line on a database that a server keeps."""

from __future__ import annotations

from pathlib import Path

from tests.entrypoints.cli.run import EXAMPLES, Terminal
from tests.postgres_server import Server

FEED = str(EXAMPLES / "feed.ndjson")


def test_a_feed_goes_to_a_server_and_nothing_differs(postgres: Server, tmp_path: Path) -> None:
    home = tmp_path / "home"
    terminal = Terminal(home, postgres.empty())
    assert "amends db migrate" in terminal.refused("db", "check")
    assert "has the schema" in terminal.out("db", "migrate")
    first = terminal.out("import", FEED)
    assert "40" in first
    terminal.out("import", FEED)
    assert terminal.out("db", "check") == "Nothing differs from the record.\n"
    assert terminal.out("db", "rebuild") == "Made anew: 40 orders.\n"
    assert terminal.out("db", "check") == "Nothing differs from the record.\n"
    # What belongs to the database besides its rows lies in the folder that was named.
    assert {path.name.rpartition(".")[2] for path in home.iterdir()} >= {"payments"}


def test_a_server_that_is_not_there_is_told_without_its_password(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "postgresql://ann:secret@127.0.0.1:1/amends")
    for command in (("db", "check"), ("db", "migrate"), ("import", FEED)):
        said = terminal.refused(*command)
        assert "cannot be reached" in said
        assert "secret" not in said
