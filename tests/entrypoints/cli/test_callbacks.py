"""What providers reported, from a terminal."""

from __future__ import annotations

import json

import pytest

from amends.engine.callbacks import Heard
from amends.kernel.instants import from_micros
from amends.store import open_store
from tests.entrypoints.cli.run import Terminal

PAYOUT = '{"id": "po_1:paid", "type": "payout.paid"}'


@pytest.fixture
def shop(terminal: Terminal) -> Terminal:
    """A database to which something was reported that nobody knows what to make of."""
    terminal.out("db", "migrate")
    store = open_store(terminal.database)
    store.callbacks.keep("simulator", Heard("po_1:paid", "payout.paid", PAYOUT), from_micros(0))
    store.close()
    return terminal


def test_a_report_is_listed_shown_and_replayed(shop: Terminal) -> None:
    listed = shop.out("money", "callbacks", "list").splitlines()
    assert listed[0].split("  ")[0] == "received (UTC)"
    assert listed[1].split() == [
        "1970-01-01", "00:00", "simulator", "po_1:paid", "payout.paid", "waiting",
    ]  # fmt: skip
    assert shop.out("money", "callbacks", "replay", "simulator", "po_1:paid") == (
        "unknown payout.paid\n"
    )
    assert len(shop.out("money", "callbacks", "list", "--state", "unknown").splitlines()) == 2
    assert len(shop.out("money", "callbacks", "list", "--state", "waiting").splitlines()) == 1
    (only,) = json.loads(shop.out("money", "callbacks", "list", "--json"))
    assert (only["id"], only["state"]) == ("po_1:paid", "unknown")
    shown = json.loads(shop.out("money", "callbacks", "show", "simulator", "po_1:paid"))
    assert shown["body"] == json.loads(PAYOUT)


def test_what_was_not_reported_is_said_in_words(shop: Terminal) -> None:
    for command in ("show", "replay"):
        said = shop.refused("money", "callbacks", command, "stripe", "evt_1")
        assert said == (
            "stripe has reported no evt_1. Those there are: amends money callbacks list\n"
        )
        assert "Missing argument 'ID'" in shop.refused(
            "money", "callbacks", command, "stripe", code=2
        )
