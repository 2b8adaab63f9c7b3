"""What the terms answer by themselves."""

from __future__ import annotations

from datetime import timedelta

from amends.policy.terms import Days, RemedyAllowed
from tests.policy.test_shipped import ALIEXPRESS


def test_days_are_exact() -> None:
    assert Days("ruling_due_after", 5, "001").span == timedelta(hours=120)


def test_a_remedy_a_reason_allows() -> None:
    late = ALIEXPRESS.reasons["late"]
    assert late.allows("refund") == RemedyAllowed("refund", part_only=True)
    assert late.allows("return_and_refund") == RemedyAllowed("return_and_refund")
    assert late.allows("replacement") is None
