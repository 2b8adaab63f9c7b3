"""What came back."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.inspect_return import InspectReturn
from amends.dispute.events.negotiation import EvidenceAdded
from amends.kernel.instants import Calendar
from amends.order.dates import at_the_bank
from tests.dispute.carried import (
    BACK,
    R1,
    addressed,
    clock,
    faulted,
    held_by_bank,
    in_dispute,
    sent_back,
    telling,
    tracked,
)
from tests.dispute.cases import D1, accepted, of, opened, refused, rub, then, uploaded
from tests.given import BUYER, DAY, SELLER, terms

FINE = InspectReturn(condition="as_sent")
STAINED = InspectReturn(condition="damaged", note="A stain on the sleeve.")


def test_as_sent_the_money_goes_and_its_days_count_from_here() -> None:
    case = then(sent_back(), FINE, SELLER, BACK)
    assert in_dispute(case) == "settling/platform"
    refund = case.order.refunds[R1]
    assert (refund.amount, refund.recorded_at, refund.dispute) == (160_000, BACK, D1)
    back = of(case).return_
    assert back is not None
    assert (back.condition, back.delivered_at, back.inspected_at) == ("as_sent", BACK, BACK)


def test_the_carriers_delivery_stays_the_delivery() -> None:
    case = telling(sent_back(), tracked(BACK - DAY), at=BACK - DAY)
    back = of(then(case, FINE, SELLER, BACK)).return_
    assert back is not None
    assert (back.delivered_at, back.inspected_at) == (BACK - DAY, BACK)


def test_the_moneys_working_days_count_from_the_parcels_receipt() -> None:
    case = telling(sent_back(), tracked(BACK - DAY), at=BACK - DAY)
    settling = then(case, FINE, SELLER, BACK)
    assert settling.order.refunds[R1].counted_from == BACK - DAY
    arrives, _ = at_the_bank(settling.order.refunds[R1], terms(), Calendar())
    assert arrives == Calendar().add_working_days(BACK - DAY, 3)


def test_as_sent_while_a_bank_decides_the_money_waits() -> None:
    case = then(held_by_bank(sent_back()), FINE, SELLER, BACK)
    assert of(case).withheld
    assert not case.order.refunds


@pytest.mark.parametrize("condition", ["damaged", "empty", "missing_items", "wrong_item"])
def test_otherwise_it_is_the_buyers_turn_for_five_days(condition: str) -> None:
    case = faulted(condition=condition)
    assert in_dispute(case) == "returning/buyer"
    assert clock(case, "inspection_answer").at == BACK + 5 * DAY
    assert of(case).standing("seller") is None
    assert not case.order.refunds


def test_a_lower_amount_is_an_offer_that_the_buyer_can_accept() -> None:
    case = faulted(amount=rub(100_000))
    offer = of(case).standing("seller")
    assert offer is not None
    assert (offer.id, offer.amount, offer.remedy) == ("O2", 100_000, "refund")
    assert offer.note_ref
    case = then(case, AcceptOffer(offer="O2", amount=rub(100_000)), BUYER, BACK + DAY)
    assert in_dispute(case) == "settling/platform"
    assert case.order.refunds[R1].amount == 100_000


def test_the_least_and_the_most_that_can_be_offered() -> None:
    for amount in (1, 159_999):
        assert of(faulted(amount=rub(amount))).standing("seller") is not None
    for amount, rule in ((0, "amount_too_small"), (160_000, "amount_too_large")):
        no = refused(sent_back(), replace(STAINED, amount=rub(amount)), SELLER, BACK)
        assert (no.rule, no.field) == (rule, "amount")


def test_nothing_is_deducted_from_goods_as_sent() -> None:
    no = refused(sent_back(), replace(FINE, amount=rub(100)), SELLER, BACK)
    assert (no.rule, no.field) == ("nothing_to_deduct", "amount")


def test_a_fault_can_do_without_words() -> None:
    case = then(sent_back(), InspectReturn("damaged", amount=rub(100_000)), SELLER, BACK)
    offer, back = of(case).standing("seller"), of(case).return_
    assert offer is not None
    assert back is not None
    assert (back.condition, back.note_ref, offer.note_ref) == ("damaged", "", "")


def test_photos_are_put_to_the_dispute() -> None:
    case = uploaded(sent_back(), "E1", by=SELLER)
    outcome = accepted(case, replace(STAINED, evidence=("E1",)), SELLER, BACK)
    assert [e.evidence for e in outcome.events if isinstance(e, EvidenceAdded)] == [("E1",)]
    fine = accepted(case, replace(FINE, evidence=("E1",)), SELLER, BACK)
    assert [e.evidence for e in fine.events if isinstance(e, EvidenceAdded)] == [("E1",)]
    no = refused(sent_back(), replace(STAINED, evidence=("E9",)), SELLER, BACK)
    assert no.rule == "unknown_evidence"


def test_once_and_only_of_a_parcel_that_was_sent() -> None:
    assert refused(addressed(), FINE, SELLER, BACK).rule == "return_not_shipped"
    assert refused(faulted(), FINE, SELLER, BACK + DAY).rule == "inspected_before"
    assert refused(opened(), FINE, SELLER, BACK).rule == "wrong_phase"
    assert refused(sent_back(), FINE, BUYER, BACK).rule == "not_for_this_role"
