"""Fields as they are typed."""

from __future__ import annotations

import pytest

from amends.dispute.decide.issue_ruling import IssueRuling
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.decide.provide_return_address import ProvideReturnAddress
from amends.entrypoints.cli.fields import BadField, read_fields


def test_each_kind_of_field() -> None:
    typed = ["received=Yes", "reason=late", "evidence=E1, E2", "amount=7.20 USD", "description=5"]
    assert read_fields(typed, OpenDispute) == {
        "received": True, "reason": "late", "evidence": ["E1", "E2"],
        "amount": {"amount": 720, "currency": "USD"}, "description": "5",
    }  # fmt: skip


def test_objects_by_dots_and_by_json() -> None:
    assert read_fields(["address.city=Perm", "address.street=a=b"], ProvideReturnAddress) == {
        "address": {"city": "Perm", "street": "a=b"}
    }
    assert read_fields(['amount={"amount": 5, "currency": "JPY"}'], MakeOffer) == {
        "amount": {"amount": 5, "currency": "JPY"}
    }
    assert read_fields(["no_evidence=no", "evidence="], IssueRuling) == {
        "no_evidence": False, "evidence": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("remdy=refund", "did you mean remedy"),
        ("note", "is not field=value"),
        ("amount=5", "with its currency"),
        ("amount=5.001 USD", "more decimals than USD"),
        ("amount={5", "is not JSON"),
        ("note.text=x", "nothing inside"),
    ],
)
def test_what_cannot_be_read(typed: str, said: str) -> None:
    with pytest.raises(BadField, match=said):
        read_fields([typed], MakeOffer)


def test_a_list_of_objects_says_how_one_is_written() -> None:
    with pytest.raises(BadField) as refused:
        read_fields(["lines=1"], OpenDispute)
    said = """lines: write a list of objects as JSON, like '[{"line": …, "quantity": …}]'"""
    assert str(refused.value) == said
    assert read_fields(['lines=[{"line": "1", "quantity": 2}]'], OpenDispute) == {
        "lines": [{"line": "1", "quantity": 2}]
    }


def test_a_field_given_twice() -> None:
    with pytest.raises(BadField, match="note is given twice"):
        read_fields(["note=a", "note=b"], MakeOffer)
