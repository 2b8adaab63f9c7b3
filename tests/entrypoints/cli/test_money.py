"""Holding our books against the provider's from a terminal."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from amends.adapters.clock import SystemClock
from amends.adapters.payments.simulator import PaymentSimulator
from amends.kernel.money import Money
from tests.entrypoints.cli.run import EXAMPLES, Terminal


@pytest.fixture
def shop(terminal: Terminal) -> Terminal:
    """The example's forty orders, their captures booked."""
    terminal.out("import", str(EXAMPLES / "feed.ndjson"))
    terminal.out("clock", "run-once")
    return terminal


def by_hand(shop: Terminal) -> None:
    """Somebody refunds at the provider, past us."""
    books = Path(f"{shop.database}.payments")
    with closing(PaymentSimulator(books, SystemClock())) as provider:
        capture = provider.captures()[0]
        one = Money(1, capture.amount.currency)
        assert provider.refund("", capture.reference, one, "by hand").state == "succeeded"


def test_books_that_agree(shop: Terminal) -> None:
    said = shop.out("money", "reconcile")
    assert said.startswith("Compared: 40 orders, 0 refunds; 0 lost reports taken.\n")
    assert json.loads(shop.out("money", "reconcile", "--json"))["differences"] == []


def test_a_difference_is_told_and_ends_with_1(shop: Terminal) -> None:
    by_hand(shop)
    result = shop.run("money", "reconcile")
    assert result.exit_code == 1
    heading, row = result.stdout.splitlines()[-2:]
    assert heading.split() == ["difference", "order", "about", "ours", "theirs"]
    assert row.split()[0] == "not_recorded"
    assert row.split()[2:4] == ["re_1", "-"]
    assert "1 differ" in result.stderr
    told = json.loads(shop.run("money", "reconcile", "--json").stdout)
    assert told["differences"][0]["theirs"]["amount"] == 1
