"""Every step of a dispute given from a terminal, and what is said when one is refused."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from tests.entrypoints.cli.run import Terminal

SHOP, BUYER, SELLER = "marketplace:shop", "buyer:b1", "seller:s1"
NOW = datetime.now(UTC)


def ago(days: int) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def order_json() -> str:
    money = {"amount": 80_000, "currency": "RUB"}
    order = {
        "placed_at": ago(20), "currency": "RUB",
        "buyer": {"id": "b1", "name": "Olga", "email": "olga@example.com"}, "seller": {"id": "s1"},
        "lines": [{"id": "1", "title": "Blouse", "quantity": 2, "unit_price": money}],
        "payment": {
            "provider": "simulator", "reference": "pay_1", "method": "card",
            "captured": {"amount": 160_000, "currency": "RUB"},
        },
    }  # fmt: skip
    return json.dumps(order)


@pytest.fixture
def shop(terminal: Terminal) -> Terminal:
    """An order of two blouses, delivered three days ago."""
    terminal.out("db", "migrate")
    terminal.out("do", "order", "A-1", "place_order", "--as", SHOP, "--json", order_json())
    sent = ("carrier=DHL", "tracking_number=1234567890", f"at={ago(15)}")
    terminal.out("do", "order", "A-1", "ship_order", "--as", SHOP, *sent)
    came = ("tracking_number=1234567890", "status=delivered", f"at={ago(3)}")
    terminal.out("do", "order", "A-1", "record_tracking", "--as", SHOP, *came)
    return terminal


def test_a_refused_instant_is_told_with_its_year(shop: Terminal) -> None:
    late = ("tracking_number=1234567890", "status=delivered", "at=2099-12-31T00:00:00Z")
    said = shop.refused("do", "order", "A-1", "record_tracking", "--as", SHOP, *late)
    assert re.search(r"31 December 2099 00:00 UTC has not come yet: it is \d+ \w+ 20\d\d ", said)


def open_dispute(shop: Terminal, *more: str) -> str:
    return shop.out(
        "do", "order", "A-1", "open_dispute", "--as", BUYER, "received=yes",
        "reason=not_as_described", "remedy=refund", "amount=720.00 RUB",
        'lines=[{"line": "1", "quantity": 1}]', "description=The blouse marked M is an S.", *more,
    )  # fmt: skip


def dispute(shop: Terminal, *arguments: str) -> str:
    type_, by, *fields = arguments
    return shop.out("do", "dispute", "A-1-D1", type_, "--as", by, *fields)


def shown(shop: Terminal) -> dict[str, object]:
    view: dict[str, object] = json.loads(shop.out("disputes", "show", "A-1-D1", "--json"))
    return view


def test_a_dispute_from_claim_to_refund(shop: Terminal) -> None:
    assert "A-1-D1: awaiting_seller, seller's turn until" in open_dispute(shop)
    offered = dispute(shop, "make_offer", SELLER, "remedy=refund", "amount=300 RUB", "note=Sorry.")
    assert "awaiting_buyer" in offered
    assert "settling" in dispute(shop, "accept_offer", BUYER, "offer=O2", "amount=300.00 RUB")
    assert "recorded" in shop.out("refunds", "list")
    assert re.search(
        r"next deadline: \d{4}-\d\d-\d\d \d\d:\d\d UTC\.", shop.out("clock", "run-once")
    )
    view = shown(shop)
    assert (view["phase"], view["outcome"]) == ("closed", "refunded")
    (heading, refund) = shop.out("refunds", "list", "--order", "A-1").splitlines()
    assert heading.split() == ["id", "state", "amount", "reference", "recorded_at", "settled_at"]
    assert refund.split()[:4] == ["A-1-R1", "settled", "RUB", "300.00"]
    assert "Nothing differs" in shop.out("db", "check")


def test_a_dispute_that_is_mediated_with_evidence(shop: Terminal) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(picture, "JPEG")
    path = shop.folder / "chest.jpg"
    path.write_bytes(picture.getvalue())
    upload = ("do", "order", "A-1", "upload_evidence", "--as", BUYER, "--file", str(path))
    assert json.loads(shop.out(*upload))["id"] == "E1"
    open_dispute(shop, "evidence=E1")
    dispute(shop, "decline_offer", SELLER, "offer=O1", "note=It is an M.")
    dispute(shop, "escalate", BUYER)
    dispute(shop, "assign_mediator", "supervisor:v1", "mediator=m1")
    ruled = dispute(
        shop, "issue_ruling", "mediator:m1", "remedy=refund", "amount=500 RUB",
        "finding=for_buyer", "reasons=item_differs_from_listing", "clauses=not_as_described",
        "evidence=E1", "text=The picture shows it.",
    )  # fmt: skip
    assert "A-1-D1: ruled" in ruled
    dispute(shop, "accept_ruling", BUYER)
    dispute(shop, "accept_ruling", SELLER)
    shop.out("clock", "run-once")
    text = shop.out("disputes", "show", "A-1-D1")
    assert "closed, refunded" in text
    assert "evidence E1 of the buyer: photo chest.jpg" in text
    assert "ruling: for_buyer, refund RUB 500.00" in text


def test_what_a_dispute_shows_as_possible_is_taken_there(shop: Terminal) -> None:
    path = shop.file("label.txt", "An S.")
    shop.out("do", "order", "A-1", "upload_evidence", "--as", BUYER, "--file", path)
    open_dispute(shop)
    options = shop.out("disputes", "show", "A-1-D1", "--as", BUYER).splitlines()[-1]
    assert "withdraw_evidence" in options
    withdraw = ("withdraw_evidence", "--as", BUYER, "evidence=E1")
    assert "no dispute A-1-D9" in shop.refused("do", "dispute", "A-1-D9", *withdraw)
    assert "evidence_withdrawn" in shop.out("do", "dispute", "A-1-D1", *withdraw)
    dispute(shop, "accept_offer", SELLER, "offer=O1", "amount=720 RUB")
    shop.out("clock", "run-once")
    early = shop.refused("do", "dispute", "A-1-D1", "report_missing_money", "--as", BUYER)
    assert "The refund A-1-R1 can take until" in early


def test_the_same_under_a_key_changes_nothing(shop: Terminal) -> None:
    write = ("do", "order", "A-1", "send_message", "--as", BUYER, "text=Hello", "--key", "k1")
    assert "version 4" in shop.out(*write)
    assert "version 4" in shop.out(*write)
    assert "idempotency_key_reused" in shop.refused(
        "do", "order", "A-1", "send_message", "--as", BUYER, "text=Other", "--key", "k1"
    )


def test_a_refusal_is_told_with_rule_and_next_step(shop: Terminal) -> None:
    open_dispute(shop)
    first, *rest = shop.refused(
        "do", "dispute", "A-1-D1", "accept_offer", "--as", SELLER, "offer=O1", "amount=1 RUB"
    ).splitlines()
    assert first.startswith("Refused by offer_has_other_amount: ")
    assert "RUB 720.00" in first
    assert len(rest) == 1
    assert rest[0].startswith("Next: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("order", "A-1", "confirm_recept", "--as", BUYER), "Did you mean confirm_receipt?"),
        (("order", "A-1", "confirm_receipt", "--as", "buyer"), "is not ROLE:PERSON"),
        (("order", "A-1", "confirm_receipt", "--as", "byer:b1"), "There is no role 'byer'"),
        (("order", "A-1", "send_message", "--as", BUYER, "txt=Hi"), "did you mean text?"),
        (("order", "A-1", "send_message", "--as", BUYER, "Hi"), "'Hi' is not field=value"),
        (
            ("order", "A-1", "send_message", "--as", BUYER, "text=Hi", "--json", "{}"),
            "Give the fields one way",
        ),
    ],
)
def test_what_is_mistyped_is_told(
    terminal: Terminal, arguments: tuple[str, ...], said: str
) -> None:
    terminal.out("db", "migrate")
    assert said in terminal.refused("do", *arguments, code=2)


def test_what_is_not_for_the_asker_does_not_exist(shop: Terminal) -> None:
    assert "unknown_order" in shop.refused(
        "do", "order", "A-1", "confirm_receipt", "--as", "buyer:b2"
    )
    assert "unknown_order" in shop.refused("do", "order", "A-2", "confirm_receipt", "--as", BUYER)
    assert "no dispute's id" in shop.refused("do", "dispute", "A-1", "escalate", "--as", BUYER)
    assert "There is no order A-2" in shop.refused("orders", "show", "A-2")
    assert "There is no dispute A-1-D9" in shop.refused("disputes", "show", "A-1-D9")


def test_fields_missing_or_wrong_in_json(shop: Terminal) -> None:
    said = shop.refused(
        "do", "order", "A-1", "open_dispute", "--as", BUYER, "--json", '{"received": true}'
    )
    assert said.startswith("Refused by field_missing [reason]")
    said = shop.refused("do", "order", "A-1", "open_dispute", "--as", BUYER, "--json", "{oops")
    assert said.startswith("Refused by broken_json")


def test_the_commands_are_listed_with_roles_and_fields(terminal: Terminal) -> None:
    listed = terminal.out("do", "commands").splitlines()
    offer = listed.index("    make_offer: buyer, seller")
    assert listed[offer + 1].split()[:2] == ["remedy", "[amount]"]
    assert "    place_order: marketplace" in listed
    assert listed.index("amends do dispute") > listed.index("    open_dispute: buyer")


def test_lists_and_explanations(shop: Terminal) -> None:
    open_dispute(shop)
    assert "A-1  " in shop.out("orders", "list", "--buyer", "b1")
    assert len(shop.out("orders", "list", "--buyer", "b2").splitlines()) == 1
    assert "A-1-D1" in shop.out("disputes", "list", "--phase", "awaiting_seller")
    assert "line 1: 2 × Blouse, paid RUB 1,600.00" in shop.out("orders", "show", "A-1")
    explained = shop.out("policy", "explain", "A-1")
    assert "closes_after_shipment_by_carrier" in explained
    assert "seller_answers_within  [000, 003" in explained
    assert "004: Guide 004" in explained
