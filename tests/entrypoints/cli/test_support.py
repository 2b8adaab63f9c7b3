"""Support's desk from the command line."""

from __future__ import annotations

from tests.entrypoints.cli.run import Terminal
from tests.entrypoints.sandbox import sandbox


def test_who_waits_is_listed_and_what_is_not_there_is_said(terminal: Terminal) -> None:
    terminal.out("db", "migrate")
    assert "due_at" in terminal.out("support", "list", "--kind", "message")
    missing = terminal.run("support", "waiting", "A-1-D1")
    assert missing.exit_code == 1
    assert "There is no dispute A-1-D1." in missing.output


def test_a_delay_is_read_out(terminal: Terminal) -> None:
    with sandbox(terminal.database) as shop:
        dispute = str(shop.disputed()["id"])
    said = terminal.out("support", "waiting", dispute).splitlines()
    assert said[0] == "Since 9 March 12:00 UTC it has been the turn of the seller."
    assert said[-1] == "Nothing has been late so far."
    refused = terminal.refused("support", "list", "--as", "seller:s1")
    assert "This is not for the seller." in refused
    assert '"so_far"' in terminal.out("support", "waiting", dispute, "--json")
