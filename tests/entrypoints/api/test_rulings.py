"""What a ruling must hold to, asked through the API."""

from __future__ import annotations

import pytest

from tests.entrypoints.sandbox import MEDIATOR, SELLER, SUPERVISOR, Json, Shop, rub

D1 = "A-1001-D1"
RULING: Json = {
    "remedy": "refund", "finding": "for_buyer", "amount": rub(72_000), "no_evidence": True,
    "reasons": ["item_differs_from_listing"], "clauses": ["not_as_described"],
    "text": "The chart says M.",
}  # fmt: skip


def mediated(shop: Shop) -> None:
    """The seller countered and escalated at once, so that the buyer's own days still run."""
    shop.disputed()
    shop.on(D1, "make_offer", SELLER, remedy="refund", amount=rub(1_000), note="No more.")
    shop.on(D1, "escalate", SELLER)
    shop.on(D1, "assign_mediator", SUPERVISOR, mediator="m1")


@pytest.mark.parametrize(
    ("changes", "rule", "status"),
    [
        ({"clauses": []}, "ruling_needs_clause", 422),
        ({"no_evidence": False}, "ruling_needs_evidence", 422),
        ({"no_evidence": False, "evidence": ["E9"]}, "unknown_evidence", 422),
    ],
    ids=["no-clause", "no-evidence", "unknown-evidence"],
)
def test_no_ruling_without_clause_and_evidence(
    shop: Shop, changes: Json, rule: str, status: int
) -> None:
    mediated(shop)
    shop.advance("P6D")
    answer = shop.on(D1, "issue_ruling", MEDIATOR, status, **{**RULING, **changes})
    assert answer["rule"] == rule
    assert shop.dispute(D1)["ruling"] is None


def test_no_ruling_before_a_silent_side_s_time_is_over(shop: Shop) -> None:
    mediated(shop)
    early = shop.on(D1, "issue_ruling", MEDIATOR, 409, **RULING)
    assert early["rule"] == "side_not_heard_yet"
    assert early["facts"]["side"] == "buyer"
    shop.advance("P6D")
    assert shop.on(D1, "issue_ruling", MEDIATOR, **RULING)
    assert shop.dispute(D1)["phase"] == "ruled"
