from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from amends.dispute.decide.cancel_dispute import CancelDispute
from amends.dispute.events.effects import DisputeClosed
from amends.dispute.events.negotiation import DisputeOpened, EvidenceAdded
from amends.dispute.state import Case
from amends.kernel.money import Money
from amends.order.events.life import OrderCancelled, ReceiptConfirmed
from amends.order.events.money import ChargebackOutcomeRecorded, ChargebackRecorded, RefundRecorded
from amends.order.refunds import plan_refund
from amends.order.state import Chargeback, ReturnPolicy
from amends.order.units import LineQuantity
from tests.dispute.cases import (
    D1,
    OPENED,
    accepted,
    claim,
    of,
    opened,
    refused,
    rub,
    then,
    two_lines,
    uploaded,
)  # fmt: skip
from tests.given import BUYER, DAY, SECOND, SELLER, T0, after, placed, shipped, terms


def test_the_claim_is_the_first_offer_and_the_seller_has_the_turn() -> None:
    case = opened()
    dispute = of(case)
    assert (dispute.phase, dispute.turn, dispute.id) == ("awaiting_seller", "seller", D1)
    assert (dispute.offers[0].id, dispute.offers[0].by) == ("O1", "buyer")
    assert dispute.offers[0].amount == 160_000
    assert dispute.claim.whole_order
    assert dispute.ruling_due == OPENED + 15 * DAY
    assert dispute.negotiation_ends == OPENED + 10 * DAY
    assert [(d.what, d.at, d.since) for d in dispute.deadlines] == [
        ("answer", OPENED + 5 * DAY, OPENED),
        ("negotiation", OPENED + 10 * DAY, OPENED),
    ]
    assert case.order.claims[D1].lines == {"1": 2}


def test_texts_are_kept_apart_and_evidence_is_put_to_the_dispute() -> None:
    case = uploaded(shipped(), "E1", "E2")
    command = claim(tried_to_settle="Wrote twice.", evidence=("E1", "E2"))
    outcome = accepted(case, command, BUYER, OPENED)
    assert [type(e) for e in outcome.events] == [DisputeOpened, EvidenceAdded]
    assert [(c.ref, c.owner, c.text) for c in outcome.contents] == [
        ("c1.description", "b1", "Size S, not M."),
        ("c1.tried_to_settle", "b1", "Wrote twice."),
    ]
    assert after(case, *outcome.events).order.evidence["E2"].disputes == (D1,)


def test_opens_from_six_days_after_shipment_until_the_carrier_s_days_are_over() -> None:
    from_, until = T0 + 7 * DAY, T0 + 24 * DAY
    early = refused(shipped(), claim(), BUYER, from_ - SECOND)
    assert (early.rule, early.facts["opens_at"]) == ("window_not_open", from_)
    for at in (from_, from_ + SECOND, until - SECOND):
        accepted(shipped(), claim(), BUYER, at)
    for at in (until, until + SECOND):
        late = refused(shipped(), claim(), BUYER, at)
        assert (late.rule, late.facts["closes_at"]) == ("window_closed", until)


def test_only_the_buyer_opens() -> None:
    assert refused(shipped(), claim(), SELLER, OPENED).rule == "not_for_this_role"


@pytest.mark.parametrize(
    ("changes", "rule", "field", "kind"),
    [
        ({"reason": "bad_luck"}, "unknown_reason", "reason", "invalid"),
        ({"description": "  "}, "text_missing", "description", "invalid"),
        ({"received": False}, "reason_needs_receipt", "reason", "invalid"),
        ({"reason": "not_received"}, "reason_denies_receipt", "reason", "invalid"),
        (
            {"reason": "late", "received": False, "remedy": "return_and_refund"},
            "nothing_to_return", "remedy", "invalid",
        ),
        ({"remedy": "repair_cost"}, "remedy_not_for_reason", "remedy", "conflict"),
        ({"lines": (LineQuantity("9", 1),)}, "unknown_line", "lines", "invalid"),
        ({"lines": (LineQuantity("1", 3),)}, "more_than_bought", "lines", "invalid"),
        ({"lines": (LineQuantity("1", 1),) * 2}, "line_named_twice", "lines", "invalid"),
        ({"evidence": ("E9",)}, "unknown_evidence", "evidence", "invalid"),
        ({"evidence": ("E1", "E1")}, "evidence_named_twice", "evidence", "invalid"),
        ({"amount": rub(0)}, "amount_too_small", "amount", "invalid"),
        ({"amount": rub(160_001)}, "amount_too_large", "amount", "invalid"),
        ({"amount": Money(1, "USD")}, "other_currency", "amount", "invalid"),
    ],
)  # fmt: skip
def test_refuses_what_cannot_be_right(
    changes: dict[str, Any], rule: str, field: str, kind: str
) -> None:
    no = refused(uploaded(shipped(), "E1"), claim(**changes), BUYER, OPENED)
    assert (no.rule, no.field, no.kind) == (rule, field, kind)


@pytest.mark.parametrize("amount", [1, 160_000])
def test_takes_one_minor_unit_up_to_all_that_was_paid(amount: int) -> None:
    assert of(opened(amount=rub(amount))).claim.amount == amount


def test_postage_counts_only_for_the_whole_order() -> None:
    assert of(opened(two_lines())).claim.amount == 169_000
    part = claim(lines=(LineQuantity("1", 1), LineQuantity("2", 1)), amount=rub(130_001))
    assert refused(two_lines(), part, BUYER, OPENED).facts["most"] == rub(130_000)


def test_a_reason_for_part_leaves_the_seller_something() -> None:
    assert of(opened(reason="late", amount=None)).claim.amount == 159_999
    assert refused(shipped(), claim(reason="late", amount=rub(160_000)), BUYER, OPENED).rule == (
        "amount_too_large"
    )


def test_nothing_can_be_claimed_of_a_line_that_was_refunded() -> None:
    case = two_lines()
    refund = plan_refund(case.order, 100_000, OPENED, lines={"1": 1})
    assert refund is not None
    case = after(case, RefundRecorded(at=OPENED, refund=refund))
    only = claim(reason="late", lines=(LineQuantity("1", 1),))
    assert refused(case, only, BUYER, OPENED).rule == "nothing_left_to_refund"


def test_nothing_can_be_claimed_of_what_the_bank_left_with_the_buyer() -> None:
    taken = ChargebackRecorded(at=OPENED, chargeback=Chargeback("C1", 160_000, OPENED))
    decided = ChargebackOutcomeRecorded(at=OPENED, chargeback="C1", won=False)
    lost = after(shipped(), taken, decided)
    assert refused(lost, claim(), BUYER, OPENED).rule == "nothing_left_to_refund"


@pytest.mark.parametrize("remedy", ["refund", "replacement"])
@pytest.mark.parametrize("price", [160_000, 0])
def test_where_nothing_was_paid_here_there_is_nothing_to_claim(remedy: str, price: int) -> None:
    """Nor a replacement alone: where it does not come, money would have to take its place."""
    case = shipped()
    lines = tuple(replace(line, paid=price) for line in case.order.lines)
    free = replace(case, order=replace(case.order, lines=lines, captured=0))
    no = refused(free, claim(remedy=remedy, amount=None), BUYER, OPENED)
    assert (no.rule, no.next) == ("nothing_paid_here", ("write_to_seller", "contact_support"))


def test_nor_of_a_line_that_was_a_gift() -> None:
    case = two_lines()
    gift, *others = case.order.lines
    of_gift = claim(lines=(LineQuantity(gift.id, 1),), amount=None)
    lines = (replace(gift, paid=0), *others)
    free = replace(case, order=replace(case.order, lines=lines))
    assert refused(free, of_gift, BUYER, OPENED).rule == "nothing_paid_here"
    accepted(free, claim(amount=None), BUYER, OPENED)


def test_while_a_bank_decides_everything_can_be_claimed() -> None:
    """What comes of it waits for the bank, whose decision may come when the window is over."""
    taken = ChargebackRecorded(at=OPENED, chargeback=Chargeback("C1", 160_000, OPENED))
    assert of(then(after(shipped(), taken), claim(), BUYER, OPENED)).claim.amount == 160_000


def test_a_replacement_may_come_with_money_or_without() -> None:
    assert of(opened(remedy="replacement")).claim.amount == 0
    assert of(opened(remedy="replacement", amount=rub(0))).claim.amount == 0
    assert of(opened(remedy="replacement", amount=rub(5))).claim.amount == 5


def test_a_change_of_mind_costs_the_seller_s_restocking_fee() -> None:
    policy = ReturnPolicy(change_of_mind_days=15, restocking_fee_percent=10)
    case = after(shipped(return_policy=policy), ReceiptConfirmed(at=OPENED - DAY))
    command = claim(reason="changed_mind", remedy="return_and_refund")
    assert of(then(case, command, BUYER, OPENED)).claim.amount == 144_000
    taken = after(shipped(return_policy=None), ReceiptConfirmed(at=OPENED - DAY))
    assert refused(taken, command, BUYER, OPENED).rule == "seller_takes_no_returns"


def test_who_confirmed_receipt_cannot_deny_it() -> None:
    case = after(shipped(), ReceiptConfirmed(at=OPENED - DAY))
    no = refused(case, claim(reason="late", received=False), BUYER, OPENED)
    assert (no.rule, no.kind, no.facts["received_at"]) == (
        "receipt_confirmed", "conflict", OPENED - DAY,
    )  # fmt: skip
    back = claim(reason="late", received=False, remedy="return_and_refund")
    assert refused(case, back, BUYER, OPENED).rule == "nothing_to_return"


def test_no_unit_is_in_two_open_disputes() -> None:
    case = opened(lines=(LineQuantity("1", 1),))
    both = refused(case, claim(), BUYER, OPENED)
    assert (both.rule, both.facts["disputes"]) == ("units_already_in_dispute", (D1,))
    case = then(case, claim(lines=(LineQuantity("1", 1),)), BUYER, OPENED)
    assert of(case, "A-1001-D2").offers[0].amount == 80_000
    none_left = refused(case, claim(reason="damaged"), BUYER, OPENED)
    assert none_left.facts["disputes"] == (D1, "A-1001-D2")


def test_a_settled_reason_is_not_opened_again_but_a_cancelled_one_is() -> None:
    cancelled = then(opened(), CancelDispute(), BUYER, OPENED)
    assert of(then(cancelled, claim(), BUYER, OPENED), "A-1001-D2").phase == "awaiting_seller"
    ended = DisputeClosed(at=OPENED, dispute=D1, outcome="refused", because="ruling_accepted")
    settled = after(opened(), ended)
    no = refused(settled, claim(), BUYER, OPENED)
    assert (no.rule, no.facts["reason"]) == ("already_settled", "not_as_described")
    accepted(settled, claim(reason="damaged"), BUYER, OPENED)


def test_a_cancelled_order_and_an_unshipped_one_have_no_dispute() -> None:
    gone = after(placed(), OrderCancelled(at=T0))
    assert refused(gone, claim(), BUYER, OPENED).rule == "order_cancelled"
    assert refused(placed(), claim(reason="not_received", received=False), BUYER, T0).rule == (
        "window_not_open"
    )


def test_evidence_has_a_limit_per_side() -> None:
    few = replace(terms(), limits=replace(terms().limits, evidence_per_side=1))
    case: Case = uploaded(shipped(), "E1", "E2")
    no = refused(case, claim(evidence=("E1", "E2")), BUYER, OPENED, under=few)
    assert (no.rule, no.facts["most"]) == ("too_much_evidence", 1)
    accepted(case, claim(evidence=("E1",)), BUYER, OPENED, under=few)
