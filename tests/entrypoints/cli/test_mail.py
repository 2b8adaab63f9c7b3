"""Replies from a mail server's pipe."""

from __future__ import annotations

import pytest

from tests.entrypoints.cli.run import Terminal

MESSAGE = "From: shop@example.com\nTo: reply+k@market.example\n\nIt is an S.\n"


def test_what_comes_of_a_message_is_said(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.out("db", "migrate")
    assert terminal.out("mail", "receive", stdin=MESSAGE) == "ignored: not_connected\n"
    monkeypatch.setenv("AMENDS_REPLY_TO", "reply@market.example")
    assert terminal.out("mail", "receive", stdin=MESSAGE) == "ignored: no_address_of_ours\n"


def test_what_cannot_be_taken_now_is_asked_for_again(terminal: Terminal) -> None:
    assert terminal.run("mail", "receive", stdin=MESSAGE).exit_code == 75, "there is no database"


def test_a_message_that_is_too_large_is_not_taken(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.out("db", "migrate")
    monkeypatch.setattr("amends.entrypoints.mail_in.reading.LARGEST", 10)
    result = terminal.run("mail", "receive", stdin=MESSAGE)
    assert result.exit_code == 1
    assert "larger than" in result.output


def test_a_key_too_short_and_an_address_with_a_plus_are_refused(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.out("db", "migrate")
    for name, value in (("AMENDS_REPLY_TO", "a+b@c.example"), ("AMENDS_MAIL_IN_KEY", "short")):
        with monkeypatch.context() as with_it:
            with_it.setenv(name, value)
            assert terminal.run("db", "check").exit_code == 1
