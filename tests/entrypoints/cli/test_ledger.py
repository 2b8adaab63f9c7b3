"""The ledger from a terminal: balance, statements, export."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.entrypoints.cli.run import EXAMPLES, Terminal


@pytest.fixture
def shop(terminal: Terminal) -> Terminal:
    """The example's forty orders."""
    terminal.out("import", str(EXAMPLES / "feed.ndjson"))
    return terminal


def exported(shop: Terminal) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(shop.out("ledger", "export", "--format", "csv"))))


def test_the_balance_is_what_the_export_comes_to(shop: Terminal) -> None:
    balance = json.loads(shop.out("ledger", "balance", "--json"))
    rows = exported(shop)
    assert len({row["order"] for row in rows}) == 40
    for of in balance["currencies"]:
        assert of["balanced"]
        captured = sum(
            int(row["amount"].replace(".", ""))
            for row in rows
            if row["account"] == "clearing" and row["currency"] == of["currency"]
        )
        assert of["debit"]["amount"] == captured
    printed = shop.out("ledger", "balance").splitlines()
    assert printed[0].split() == ["currency", "account", "debit", "credit"]
    assert [row.split()[1] for row in printed[1:5]] == ["clearing", "escrow", "seller", "sum"]


def test_as_lines_of_json_amounts_are_in_minor_units(shop: Terminal) -> None:
    lines = [json.loads(x) for x in shop.out("ledger", "export", "--format", "ndjson").splitlines()]
    assert [(x["order"], x["account"]) for x in lines] == [
        (row["order"], row["account"]) for row in exported(shop)
    ]
    assert sum(x["amount"] for x in lines) == 0


def test_statements_of_an_order_and_of_a_seller(shop: Terminal) -> None:
    first = exported(shop)[0]
    of_order = shop.out("ledger", "statement", "--order", first["order"]).splitlines()
    assert of_order[0].split()[-2:] == [first["amount"], first["currency"]]
    assert "" in of_order[2:]
    view = json.loads(shop.out("orders", "show", first["order"], "--json"))
    of_seller = shop.out("ledger", "statement", "--seller", view["seller"]["id"])
    assert "\n".join(of_order[:2]) in of_seller
    assert first["kind"] in of_order[0]
    paid = f"{view['payment']['provider']}/{view['payment']['reference']}"
    of_payment = shop.out("ledger", "statement", "--payment", paid)
    assert "\n".join(of_order[:2]) in of_payment


def test_what_there_is_no_statement_of(shop: Terminal) -> None:
    assert "Nothing is posted for order X" in shop.refused("ledger", "statement", "--order", "X")
    assert "for seller X" in shop.refused("ledger", "statement", "--seller", "X")
    assert "for payment X/1" in shop.refused("ledger", "statement", "--payment", "X/1")
    assert "Name one of --order" in shop.refused("ledger", "statement", code=2)
    both = ("ledger", "statement", "--order", "X", "--seller", "X")
    assert "Name one of --order" in shop.refused(*both, code=2)


def test_postings_that_do_not_sum_to_zero_show(shop: Terminal) -> None:
    one = "order_id = 'A-1001' AND n = 1 AND i = 0"
    shop.damage(f"UPDATE postings SET amount = amount + 5 WHERE {one}")  # noqa: S608
    assert "Debits and credits differ" in shop.refused("ledger", "balance")
    result = shop.run("db", "check")
    assert result.exit_code == 1
    assert "ledger: postings sum to 0.05 RUB" in result.stdout
    shop.out("db", "rebuild")
    shop.out("ledger", "balance")
    assert shop.out("db", "check") == "Nothing differs from the record.\n"
