"""The queue from the command line, and what accounts say of room and ties."""

from __future__ import annotations

import json
from pathlib import Path

from tests.entrypoints.cli.run import Terminal
from tests.entrypoints.judging.test_dealing import in_mediation
from tests.entrypoints.sandbox import Shop

MIA = ("mia", "--name", "Mia Olsen", "--email", "mia@amends.example")


def test_room_absence_and_ties_are_kept_and_taken_back(terminal: Terminal) -> None:
    made = terminal.run("staff", "add", *MIA, "--capacity", "12", "--away-until", "2999-01-31",
                        "--interest", "s7", "--interest", "b1")  # fmt: skip
    assert made.exit_code == 0, made.output
    (_, row) = terminal.out("staff", "list").splitlines()
    assert "12" in row
    assert "2999-01-31" in row
    for wrong, said in (
        (("--capacity", "many"), "whole number"), (("--away-until", "soon"), "Write a day like"),
    ):  # fmt: skip
        refused = terminal.run("staff", "change", "mia", *wrong)
        assert refused.exit_code != 0
        assert said in refused.output
    terminal.out("staff", "change", "mia", "--capacity", "", "--away-until", "", "--interest", "")
    (_, row) = terminal.out("staff", "list").splitlines()
    assert "2999" not in row


def test_the_queue_is_listed_counted_and_dealt_out(terminal: Terminal) -> None:
    terminal.out("staff", "add", *MIA)
    assert "due_at" in terminal.out("queue", "list", "--who", "nobody")
    assert '"items": []' in terminal.out("queue", "list", "--json").replace(
        '"items":[]', '"items": []'
    )
    (_, row) = terminal.out("queue", "load").splitlines()
    assert row.split() == ["mia", "mediator", "0"]
    assert "0 cases changed hands" in terminal.out("queue", "deal")


def test_own_words_and_reminders_are_kept(shop: Shop, terminal: Terminal, tmp_path: Path) -> None:
    dispute = in_mediation(shop, description="The coat is torn.")
    terminal.database = tmp_path / "sandbox.db"
    mine = ("--as", "supervisor:vera")
    said = terminal.out("queue", "words", "Coat", "serial number", *mine)
    assert said.splitlines()[-1] == (
        "Watch words: coat, serial number (looked for in 0 open cases so far)"
    )
    assert dispute not in terminal.out("queue", "list", "--words", *mine)
    for asked in (["list"], ["own"], ["words", "coat"], ["remind", dispute]):
        refused = terminal.refused("queue", *asked, "--as", "buyer:b1")
        assert "This is not for the buyer." in refused
        assert dispute not in refused
    assert terminal.out("queue", "watch").strip() == "Looked for in 1 open case."
    assert dispute in terminal.out("queue", "list", "--words", *mine)
    terminal.out("queue", "remind", dispute, "2026-12-31", "--note", "Call them", *mine)
    (_, row, words) = terminal.out("queue", "own", *mine).splitlines()
    assert row.split() == ["2026-12-31", dispute, "Call", "them"]
    assert words == "Watch words: coat, serial number"
    assert json.loads(terminal.out("queue", "own", "--json", *mine)) == {
        "words": ["coat", "serial number"], "looked": 1, "whole": True,
        "reminders": [{"dispute": dispute, "day": "2026-12-31", "note": "Call them"}],
    }  # fmt: skip
    assert "Write a day like" in terminal.refused("queue", "remind", dispute, "soon", *mine)
    assert "has passed" in terminal.refused("queue", "remind", dispute, "2025-12-31", *mine)
    assert "There is no dispute" in terminal.refused("queue", "remind", "X-1-D1", *mine)
    assert "Up to 50 words" in terminal.refused("queue", "words", "x" * 61, *mine)
    assert dispute not in terminal.out("queue", "remind", dispute, *mine)
    assert terminal.out("queue", "words", *mine).splitlines()[-1].startswith("Watch words: none")
