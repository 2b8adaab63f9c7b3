"""The state of a case stays small however much was said."""

from __future__ import annotations

from amends.dispute.codec import encode_state
from tests.dispute.big import big_case

MOST = 8 * 1024


def test_two_hundred_messages_and_three_disputes_fit_in_8_kb() -> None:
    case = big_case()
    assert case.order.thread.count == 200
    assert len(case.disputes) == 3
    size = len(encode_state(case))
    assert size <= MOST, f"{size} bytes: keep digests and references, not what they refer to"
