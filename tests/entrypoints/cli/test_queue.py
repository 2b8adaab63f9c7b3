"""The queue from the command line, and what accounts say of room and ties."""

from __future__ import annotations

from tests.entrypoints.cli.run import Terminal

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
