"""What parcels and money bring about in disputes."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.events.effects import DisputeClosed, ReplacementDelivered, ReturnDelivered
from amends.dispute.events.negotiation import DeliveryNoted
from amends.dispute.state import Case
from amends.order.events.life import MessageSent, ParcelSent
from amends.order.events.money import (
    ChargebackRecorded,
    FinanceAlarmed,
    RefundUnknown,
    TraceRecorded,
)
from amends.order.state import Chargeback
from amends.order.units import LineQuantity
from tests.dispute.carried import (
    ADDRESSED,
    AGREED,
    BACK,
    R1,
    SENT_BACK,
    agreed,
    booked,
    clock,
    decided_by_bank,
    ends,
    expired,
    failed,
    faulted,
    held_by_bank,
    in_dispute,
    on_record,
    paid,
    replaced_by_post,
    returning,
    sent_back,
    telling,
    told,
    tracked,
)
from tests.dispute.cases import D1, OPENED, claim, of, opened, overdue, rub, then
from tests.given import BUYER, DAY, FINANCE, SECOND, SELLER, T0, after, parcel, placed, shipped

MISSING: dict[str, Any] = {"reason": "not_received", "received": False}


def test_a_return_that_arrives_is_to_be_inspected() -> None:
    case = telling(sent_back(), tracked(BACK), at=BACK)
    back = of(case).return_
    assert back is not None
    assert back.delivered_at == BACK
    assert in_dispute(case) == "returning/seller"
    assert clock(case, "inspection").at == BACK + 3 * DAY


def test_its_three_days_count_from_the_delivery_unless_it_is_told_too_late() -> None:
    in_time = telling(sent_back(), tracked(BACK), at=BACK + 2 * DAY)
    assert clock(in_time, "inspection").at == BACK + 3 * DAY
    assert all(r > BACK + 2 * DAY for r in clock(in_time, "inspection").reminders)
    late = BACK + 2 * DAY + SECOND
    assert clock(telling(sent_back(), tracked(BACK), at=late), "inspection").at == late + 3 * DAY


def test_told_again_it_changes_nothing() -> None:
    case = telling(sent_back(), tracked(BACK), at=BACK)
    again = told(case, tracked(BACK + DAY), at=BACK + DAY)
    assert len(again) == 1


def test_other_news_of_a_return_decides_nothing() -> None:
    for status in ("lost", "returned_to_sender", "in_transit"):
        assert len(told(sent_back(), tracked(BACK, status), at=BACK)) == 1


def test_an_inspected_return_is_not_delivered_again() -> None:
    assert len(told(faulted(), tracked(BACK + DAY), at=BACK + DAY)) == 1


def test_a_return_believed_lost_that_comes_after_all_is_noted() -> None:
    _, case = ends(sent_back(), "return_arrival")
    assert in_dispute(case) == "settling/platform"
    later = SENT_BACK + 24 * DAY
    _, noted = told(case, tracked(later), at=later)
    assert isinstance(noted, ReturnDelivered)
    assert (noted.phase, noted.deadlines) == ("settling", of(case).deadlines)
    over = telling(case, booked(later), at=later)
    assert len(told(over, tracked(later + DAY), at=later + DAY)) == 1


def test_a_replacement_that_arrives_is_to_be_confirmed() -> None:
    case = replaced_by_post()
    _, arrived = told(case, tracked(BACK), at=BACK)
    assert isinstance(arrived, ReplacementDelivered)
    case = telling(case, tracked(BACK), at=BACK)
    sent = of(case).replacement
    assert sent is not None
    assert sent.delivered_at == BACK
    assert in_dispute(case) == "replacing/buyer"


def test_a_replacement_of_an_earlier_round_is_left_alone() -> None:
    case = replaced_by_post()
    sent = of(case).replacement
    assert sent is not None
    for now in (replace(sent, parcel="S3"), None):
        dispute = replace(of(case), replacement=now)
        assert len(told(replace(case, disputes={D1: dispute}), tracked(BACK), at=BACK)) == 1


def test_delivery_is_told_where_receipt_is_disputed() -> None:
    case = opened(**MISSING)
    _, noted = told(case, tracked(OPENED + DAY, parcel="S1"), at=OPENED + DAY)
    assert noted == DeliveryNoted(at=OPENED + DAY, dispute=D1, parcel="S1")
    after_it = telling(case, tracked(OPENED + DAY, parcel="S1"), at=OPENED + DAY)
    assert of(after_it).deadlines == of(case).deadlines
    later = OPENED + 2 * DAY
    assert len(told(after_it, tracked(later, parcel="S1"), at=later)) == 1


def test_but_not_where_it_is_not() -> None:
    at = OPENED + DAY
    for case in (opened(), paid(agreed(**MISSING))):
        assert len(told(case, tracked(at, parcel="S1"), at=at)) == 1


def test_nor_of_a_parcel_with_other_goods() -> None:
    lines = placed().order.lines
    two = (lines[0], replace(lines[0], id="2"))
    case = placed(lines=two, captured=320_000)
    for number, line in (("S1", "1"), ("S2", "2")):
        sent = parcel(id=number, tracking_number=number, lines={line: 2})
        case = after(case, ParcelSent(at=T0 + DAY, parcel=sent))
    case = then(case, claim(**MISSING, lines=(LineQuantity("1", 2),)), BUYER, OPENED)
    assert len(told(case, tracked(OPENED, parcel="S2"), at=OPENED)) == 1
    assert len(told(case, tracked(OPENED, parcel="S1"), at=OPENED)) == 2


def test_a_booked_refund_ends_the_dispute() -> None:
    _, closed = told(agreed(), booked(AGREED + DAY), at=AGREED + DAY)
    assert closed == DisputeClosed(
        at=AGREED + DAY, dispute=D1, outcome="refunded", because="refund_settled"
    )


def test_one_that_the_platform_honoured_says_so() -> None:
    _, case = ends(overdue(), "supervisor_ruling")
    at = of(case).deadlines[0].since + DAY
    assert of(telling(case, booked(at), at=at)).outcome == "honoured_by_platform"


def test_a_retry_that_is_booked_ends_it_too() -> None:
    case = telling(agreed(), failed(AGREED, again=True), at=AGREED)
    assert in_dispute(case) == "settling/platform"
    _, case = expired(case, AGREED + DAY)
    (_, retry) = case.order.refunds.values()
    case = telling(case, booked(AGREED + DAY, retry.id), at=AGREED + DAY)
    assert of(case).phase == "closed"


def test_money_that_finance_paid_another_way_ends_it_too() -> None:
    case = telling(agreed(), failed(AGREED, again=False), at=AGREED)
    other = TraceRecorded(
        at=AGREED + DAY, refund=R1, by=FINANCE.person, outcome="paid_another_way", state="settled"
    )
    assert of(telling(case, other, at=AGREED + DAY)).outcome == "refunded"
    not_yet = TraceRecorded(at=AGREED + DAY, refund=R1, by=FINANCE.person, outcome="not_arrived")
    assert of(telling(case, not_yet, at=AGREED + DAY)).phase == "settling"


def test_an_unclear_refund_ends_nothing() -> None:
    unclear = RefundUnknown(at=AGREED + DAY, refund=R1)
    assert told(agreed(), unclear, at=AGREED + DAY) == (unclear,)


def test_a_refund_of_no_dispute_or_of_one_that_waits_for_nothing() -> None:
    case = agreed()
    loose = replace(case.order.refunds[R1], dispute="")
    case = replace(case, order=replace(case.order, refunds={R1: loose}))
    assert len(told(case, booked(AGREED), at=AGREED)) == 1
    in_appeal = on_record(agreed(), AGREED, "buyer", "money_did_not_come")
    assert len(told(in_appeal, booked(AGREED), at=AGREED)) == 1


def test_a_dispute_whose_refund_a_bank_has_paid_ends_and_no_other_does() -> None:
    spent = FinanceAlarmed(at=AGREED, refund=R1, because="nothing_left_to_refund")
    taken = ChargebackRecorded(at=AGREED, chargeback=Chargeback("cb_1", 160_000, AGREED))
    case = after(agreed(), failed(AGREED, again=True))
    *_, closed = told(after(case, taken), spent, at=AGREED)
    assert isinstance(closed, DisputeClosed)
    assert (closed.outcome, closed.because) == ("refunded", "nothing_left_to_refund")
    assert told(case, spent, at=AGREED) == (spent,), "there is money left to try again with"
    loose = replace(case.order.refunds[R1], dispute="")
    of_none = replace(case, order=replace(case.order, refunds={R1: loose}))
    assert told(after(of_none, taken), spent, at=AGREED) == (spent,)


def test_a_bank_that_gave_the_money_back_frees_the_refund() -> None:
    case = agreed(held_by_bank(opened()))
    assert of(case).withheld
    assert not case.order.refunds
    case = telling(case, decided_by_bank(AGREED + DAY, won=True), at=AGREED + 2 * DAY)
    assert not of(case).withheld
    assert case.order.refunds[R1].amount == 160_000
    assert clock(case, "refund").at == AGREED + 7 * DAY


def test_a_bank_that_kept_it_for_the_buyer_ends_the_dispute() -> None:
    case = agreed(held_by_bank(opened()))
    case = telling(case, decided_by_bank(AGREED + DAY, won=False), at=AGREED + DAY)
    assert (of(case).outcome, case.order.refunds) == ("refunded", {})


def test_of_a_part_it_kept_the_rest_is_sent() -> None:
    case = agreed(held_by_bank(opened(), 100_000))
    case = telling(case, decided_by_bank(AGREED + DAY, won=False), at=AGREED + DAY)
    assert case.order.refunds[R1].amount == 60_000


def test_while_another_bank_case_is_open_nothing_is_sent() -> None:
    case = held_by_bank(agreed(held_by_bank(opened(), 1_000)), 2_000)
    other = replace(case.order.chargebacks["C1"], id="C2")
    case = replace(
        case, order=replace(case.order, chargebacks={**case.order.chargebacks, "C2": other})
    )
    assert len(told(case, decided_by_bank(AGREED, won=True), at=AGREED)) == 1


def test_two_disputes_are_freed_one_after_the_other() -> None:
    one = claim(lines=(LineQuantity("1", 1),))
    case = then(then(shipped(), one, BUYER, OPENED), one, BUYER, OPENED)
    case = held_by_bank(case)
    case = agreed_in(agreed_in(case, D1), "A-1001-D2")
    case = telling(case, decided_by_bank(AGREED + DAY, won=True), at=AGREED + DAY)
    assert {r.id: (r.dispute, r.amount) for r in case.order.refunds.values()} == {
        "A-1001-R1": (D1, 80_000),
        "A-1001-R2": ("A-1001-D2", 80_000),
    }


def agreed_in(case: Case, dispute: str) -> Case:
    """The seller accepted the claim of that dispute."""
    return then(case, AcceptOffer("O1", rub(80_000)), SELLER, AGREED, dispute=dispute)


def test_a_bank_decision_leaves_other_disputes_alone() -> None:
    case = held_by_bank(returning())
    assert len(told(case, decided_by_bank(ADDRESSED, won=True), at=ADDRESSED)) == 1


def test_most_events_bring_nothing() -> None:
    message = MessageSent(at=AGREED, number=1, by="b1", role="buyer", ref="c.1")
    assert told(opened(), message, at=AGREED) == (message,)
