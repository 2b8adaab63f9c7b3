from __future__ import annotations

import pytest

from amends.dispute.decide.accept_ruling import AcceptRuling
from amends.dispute.events.effects import DisputeClosed, EffectStarted
from amends.dispute.events.judging import RulingAccepted
from amends.kernel.people import Actor
from amends.order.events.money import RefundRecorded
from tests.dispute.cases import (
    ESCALATED,
    accepted,
    appealed,
    mediated,
    of,
    refused,
    ruled,
    then,
)  # fmt: skip
from tests.given import BUYER, DAY, MEDIATOR, SELLER, after

AT = ESCALATED + 2 * DAY
ENDS = ESCALATED + 8 * DAY


@pytest.mark.parametrize(("first", "other"), [(BUYER, "seller"), (SELLER, "buyer")])
def test_the_first_to_accept_leaves_the_appeal_to_the_other(first: Actor, other: str) -> None:
    outcome = accepted(ruled(), AcceptRuling(), first, AT)
    assert [type(e) for e in outcome.events] == [RulingAccepted]
    dispute = of(after(ruled(), *outcome.events))
    assert (dispute.phase, dispute.turn) == ("ruled", other)
    assert dispute.ruling_accepted_by == (first.role.value,)
    assert [(d.what, d.turn, d.at) for d in dispute.deadlines] == [("appeal", other, ENDS)]


def test_when_both_have_accepted_it_is_carried_out() -> None:
    case = then(ruled(), AcceptRuling(), BUYER, AT)
    outcome = accepted(case, AcceptRuling(), SELLER, AT)
    assert [type(e) for e in outcome.events] == [RulingAccepted, EffectStarted, RefundRecorded]
    case = after(case, *outcome.events)
    assert (of(case).phase, of(case).turn, case.order.refunded) == ("settling", "platform", 80_000)


def test_a_refused_claim_is_closed_when_both_have_accepted() -> None:
    case = then(ruled(finding="for_seller", amount=None), AcceptRuling(), SELLER, AT)
    outcome = accepted(case, AcceptRuling(), BUYER, AT)
    (_, closed) = outcome.events
    assert isinstance(closed, DisputeClosed)
    assert (closed.outcome, closed.because) == ("refused", "ruling_accepted")


def test_each_side_once() -> None:
    case = then(ruled(), AcceptRuling(), BUYER, AT)
    no = refused(case, AcceptRuling(), BUYER, AT)
    assert (no.rule, no.facts) == (
        "ruling_accepted_before", {"side": "buyer", "appeal_until": ENDS},
    )  # fmt: skip


def test_only_by_the_sides_while_it_can_be_appealed() -> None:
    assert refused(ruled(), AcceptRuling(), MEDIATOR, AT).rule == "not_for_this_role"
    assert refused(mediated(), AcceptRuling(), BUYER, AT).rule == "wrong_phase"
    assert refused(appealed(), AcceptRuling(), BUYER, AT).rule == "wrong_phase"
