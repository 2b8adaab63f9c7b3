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
    counts = "0 lost reports taken, 0 differences gone."
    assert said.startswith(f"Compared: 40 orders, 0 refunds; {counts}\n")
    assert json.loads(shop.out("money", "reconcile", "--json"))["differences"] == []


def test_a_difference_is_told_and_ends_with_1(shop: Terminal) -> None:
    by_hand(shop)
    result = shop.run("money", "reconcile")
    assert result.exit_code == 1
    heading, row = result.stdout.splitlines()[-2:]
    assert heading.split() == ["id", "difference", "order", "about", "ours", "theirs"]
    assert row.split()[1] == "not_recorded"
    assert row.split()[3:5] == ["re_1", "-"]
    assert "1 differ" in result.stderr
    assert "explained|count_as_refund|send_again" in "".join(result.stderr.split())
    told = json.loads(shop.run("money", "reconcile", "--json").stdout)
    assert told["differences"][0]["theirs"]["amount"] == 1


def test_a_difference_is_listed_as_a_task_decided_and_then_gone(shop: Terminal) -> None:
    by_hand(shop)
    told = json.loads(shop.run("money", "reconcile", "--json").stdout)
    (found,) = told["differences"]
    assert found["id"] == f"{found['order']}-X1"
    (task,) = json.loads(shop.out("money", "tasks", "--json"))["items"]
    assert (task["kind"], task["subject"]) == ("difference", found["id"])
    assert shop.out("money", "tasks", "--kind", "refund_failed").splitlines()[1:] == []
    listed = shop.out("money", "differences").splitlines()
    assert listed[1].split()[:2] == [found["id"], "not_recorded"]
    by = ("--as", "finance:f1", "--reason", "Seen at the provider.")
    said = shop.out("money", "resolve", found["id"], "count_as_refund", *by)
    assert "refund_counted, difference_resolved" in said
    assert shop.out("money", "tasks").splitlines()[1:] == []
    assert "resolved" in shop.out("money", "differences", "--state", "resolved", "--json")
    assert shop.out("money", "reconcile").startswith("Compared: 40 orders, 1 refunds")


def test_what_cannot_be_decided_is_refused_in_words(shop: Terminal) -> None:
    by_hand(shop)
    shop.run("money", "reconcile")
    (found,) = json.loads(shop.out("money", "differences", "--json"))["items"]
    by = ("--as", "finance:f1", "--reason", "x")
    again = shop.refused("money", "resolve", found["id"], "send_again", *by)
    assert "Refused by cannot_be_sent_again" in again
    assert "Next: Record it as explained" in again
    other = shop.refused("money", "resolve", "A-1001", "explained", *by)
    assert "A-1001 is no difference's id" in other
    buyer = ("--as", "buyer:b1", "--reason", "x")
    assert "No such order" not in shop.refused("money", "resolve", found["id"], "explained", *by,
                                               "--paid-by", "nobody")  # fmt: skip
    assert "unknown_order" in shop.refused("money", "resolve", found["id"], "explained", *buyer)


def test_refunds_are_counted_by_state_and_listed_by_age(shop: Terminal) -> None:
    by_hand(shop)
    shop.run("money", "reconcile")
    (found,) = json.loads(shop.out("money", "differences", "--json"))["items"]
    by = ("--as", "finance:f1", "--reason", "x")
    shop.out("money", "resolve", found["id"], "count_as_refund", *by)
    counts = dict(row.split() for row in shop.out("money", "refunds").splitlines()[1:])
    assert (counts["settled"], counts["unknown"]) == ("1", "0")
    assert json.loads(shop.out("money", "refunds", "--json"))["refunds"][4]["count"] == 1
    row = shop.out("money", "refunds", "--state", "settled").splitlines()[1]
    assert row.split()[:2] == [f"{found['order']}-R1", "settled"]
