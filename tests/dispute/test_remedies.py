"""What can be agreed on or ruled once goods have moved."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from amends.dispute.asked import AskedOfDispute
from amends.dispute.remedies import refuse_remedy
from amends.dispute.state import Case, Dispute, Phase, Return
from amends.exploring.orders import Opened, opened
from tests.given import DAY, MEDIATOR, stamp, terms

SENT = Return("buyer", address_ref="c.address", parcel="S2")


def asked(phase: Phase, back: Return) -> AskedOfDispute:
    """A dispute in ``phase`` whose goods are ``back``."""
    pack = terms()
    start = opened(pack, pack.reasons["wrong_item"], "return_and_refund", above_cap=False)
    assert isinstance(start, Opened)
    dispute: Dispute = replace(start.case.disputes["A-D1"], phase=phase, return_=back)
    case = Case(start.case.order, {dispute.id: dispute})
    return AskedOfDispute(case, dispute, MEDIATOR, pack, stamp(start.at + 60 * DAY))


@pytest.mark.parametrize(
    ("phase", "back", "possible"),
    [
        ("mediation", SENT, False),  # it went missing
        ("appeal", SENT, True),  # it is under way
        ("mediation", Return("buyer"), True),
        ("mediation", replace(SENT, delivered_at=stamp(terms().in_force_from).at), True),
        ("mediation", replace(SENT, condition="damaged"), False),
    ],
    ids=["lost", "under_way", "never_sent", "came_after_all", "inspected"],
)
def test_goods_go_back_once(phase: Phase, back: Return, possible: bool) -> None:
    refused = refuse_remedy(asked(phase, back), "return_and_refund")
    assert (refused is None) is possible
    assert refused is None or refused.rule == "already_returned"
    assert refuse_remedy(asked(phase, back), "refund") is None
