"""What falls due by itself: each clock at its own instant, one at a time, in order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from amends.dispute.case import evolve
from amends.dispute.state import Case
from amends.kernel.deadlines import Deadline
from amends.kernel.decision import Stamp
from amends.kernel.instants import Instant
from amends.kernel.money import Money
from amends.kernel.people import CLOCK
from amends.order.decide.confirm_receipt import ConfirmReceipt
from amends.order.decide.record_contact import RecordContact
from amends.order.decide.record_difference import RecordDifference
from amends.order.decide.refund_failed import ReportRefundFailed
from amends.order.decide.report_missing_money import ReportMissingMoney
from amends.order.decide.send_message import SendMessage
from amends.order.decide.ship_order import ShipOrder
from amends.order.events.base import OrderEvent
from amends.order.events.books import DifferenceAlarmed, DifferenceEscalated
from amends.order.events.life import FollowUpDue, OrderReminded, ProtectionEnded, SupportOffered
from amends.order.events.money import FinanceAlarmed, FundsReleased, RefundRecorded
from amends.order.expire import expire
from amends.order.retries import record_refund
from amends.order.state import Chargeback, Order
from tests.given import BUYER, DAY, PROVIDER, SECOND, SHOP, SUPPORT, T0, order, terms
from tests.order.asking import (
    NOW,
    ask,
    claim,
    events,
    refund,
    settled,
    then,
    with_refund,
)

END = T0 + 23 * DAY
R1 = "A-1001-R1"


def due(of: Order, at: Instant) -> tuple[Instant, tuple[OrderEvent, ...]] | None:
    return expire(of, terms(), Stamp(at, "k1"))


def lived(of: Order, until: Instant) -> tuple[Order, list[OrderEvent]]:
    """The order at ``until``, and what expired up to then, as the engine lets it."""
    told: list[OrderEvent] = []
    while found := due(of, until):
        instant, more = found
        assert instant <= until
        for event in more:
            assert event.at == instant
            told.append(event)
            of = evolve(Case(of), event).order
    return of, told


def did(of: Order, told: list[OrderEvent]) -> list[tuple[str, timedelta]]:
    return [(type(event).__name__, event.at - T0) for event in told]


def shipped(**changes: Any) -> Order:
    of = order(**changes)
    return then(of, *events(ask(of, SHOP, ShipOrder("DHL", "1"), T0)))


def test_nothing_is_due_on_an_order_that_was_only_placed() -> None:
    assert due(order(), T0 + 4000 * DAY) is None


def test_the_buyer_is_reminded_before_the_protection_ends() -> None:
    of, told = lived(shipped(), END - SECOND)
    assert did(of, told) == [
        ("OrderReminded", 11.5 * DAY),
        ("OrderReminded", 22 * DAY),
        ("OrderReminded", 23 * DAY - DAY / 12),
    ]
    assert told[0] == OrderReminded(at=T0 + 11.5 * DAY, what="protection", turn="buyer", due=END)
    assert of.deadlines[0].reminders == ()


@pytest.mark.parametrize(("at", "fires"), [(-SECOND, False), (0 * SECOND, True), (SECOND, True)])
def test_a_clock_fires_at_its_instant_and_never_before(at: timedelta, *, fires: bool) -> None:
    of, _ = lived(shipped(), END - SECOND)
    found = due(of, END + at)
    if fires:
        assert found == (END, (ProtectionEnded(at=END, receipt_assumed=True),))
    else:
        assert found is None


def test_receipt_that_was_confirmed_is_not_assumed_and_assumed_receipt_opens_no_window() -> None:
    confirmed = then(shipped(), *events(ask(shipped(), BUYER, ConfirmReceipt(), T0 + 20 * DAY)))
    of, told = lived(confirmed, T0 + 35 * DAY)
    assert ProtectionEnded(at=T0 + 35 * DAY, receipt_assumed=False) in told
    of, told = lived(shipped(), T0 + 4000 * DAY)
    assert of.received_at is None
    assert of.deadlines == ()


def test_after_the_protection_the_seller_is_paid_at_once() -> None:
    of, told = lived(shipped(), T0 + 4000 * DAY)
    assert told[-2:] == [
        ProtectionEnded(at=END, receipt_assumed=True),
        FundsReleased(at=END, amount=160_000),
    ]
    assert (of.released, of.status) == (160_000, "completed")
    assert due(of, T0 + 5000 * DAY) is None


def test_the_seller_gets_the_share_less_what_went_back_and_what_a_bank_took() -> None:
    of = with_refund(
        refund(amount=10_000, state="settled"),
        refund(2, amount=5_000, state="settled", funded_by="platform"),
        refund(3, amount=7_000, state="failed"),
        chargebacks={
            "lost": Chargeback("lost", 20_000, T0, outcome="lost"),
            "won": Chargeback("won", 30_000, T0, outcome="won"),
        },
        protection_ended_at=END,
        changed_at=END,
    )
    assert due(of, END) == (END, (FundsReleased(at=END, amount=130_000),))
    assert due(of, END - SECOND) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"finance_hold": True},
        {"claims": claim()},
        {"chargebacks": {"cb": Chargeback("cb", 1, T0)}},
        {"refunds": {R1: refund(state="unknown")}},
        {"protection_ended_at": None},
        {"cancelled_at": T0},
        {"released": 0},
    ],
)
def test_the_share_is_held_while_anything_stands_in_the_way(changes: dict[str, Any]) -> None:
    of = order(**{"protection_ended_at": END, "changed_at": END, **changes})
    assert due(of, END + DAY) is None


def test_a_refund_that_will_be_tried_again_holds_the_share_too() -> None:
    of = with_refund(refund(), protection_ended_at=T0, changed_at=T0)
    failed = then(of, *events(ask(of, PROVIDER, ReportRefundFailed(R1, "x"))))
    assert due(failed, NOW) is None


def test_of_two_clocks_at_once_the_order_is_fixed_and_the_release_comes_last() -> None:
    at = T0 + 5 * DAY
    late = Deadline("trace", "platform", at, T0, "x", "x", subject=R1)
    early = Deadline("follow_up", "platform", at, T0, "x", "x", subject="1")
    for clocks in ((late, early), (early, late)):
        of = with_refund(
            refund(state="settled"), deadlines=clocks, protection_ended_at=at, changed_at=at
        )
        instant, (first,) = due(of, at) or (None, (None,))
        assert (instant, type(first)) == (at, FollowUpDue)
        _, told = lived(of, at)
        assert [type(e) for e in told] == [FollowUpDue, FinanceAlarmed, FundsReleased]


def test_a_release_that_is_due_before_a_clock_comes_first() -> None:
    later = Deadline("follow_up", "platform", T0 + 5 * DAY, T0, "x", "x", subject="1")
    of = order(deadlines=(later,), protection_ended_at=T0, changed_at=T0)
    assert due(of, T0 + 9 * DAY) == (T0, (FundsReleased(at=T0, amount=160_000),))


@pytest.mark.parametrize(
    ("written", "cancelled", "possible"),
    [
        (T0, None, False),  # due on day 3: the window opens 6 days after shipment
        (T0 + 3 * DAY - SECOND, None, False),
        (T0 + 3 * DAY, None, True),
        (T0 + 3 * DAY, T0 + 4 * DAY, False),
    ],
)
def test_a_message_left_unanswered_brings_support_and_perhaps_the_dispute(
    written: Instant, cancelled: Instant | None, *, possible: bool
) -> None:
    of = shipped(cancelled_at=None)
    of = then(of, *events(ask(of, BUYER, SendMessage("Hello?"), written)))
    if cancelled:
        of = order(deadlines=of.deadlines, parcels=of.parcels, cancelled_at=cancelled)
    _, told = lived(of, written + 3 * DAY)
    offered = [event for event in told if isinstance(event, SupportOffered)]
    assert offered == [SupportOffered(at=written + 3 * DAY, dispute_possible=possible)]
    after, _ = lived(of, written + 3 * DAY)
    assert "message_answer" not in {d.what for d in after.deadlines}


def test_the_seller_is_reminded_of_the_message() -> None:
    of = then(order(), *events(ask(order(), BUYER, SendMessage("Hello?"), T0)))
    _, told = lived(of, T0 + 3 * DAY - SECOND)
    assert [(e.what, e.turn, e.at - T0) for e in told if isinstance(e, OrderReminded)] == [
        ("message_answer", "seller", 1.5 * DAY),
        ("message_answer", "seller", 2 * DAY),
        ("message_answer", "seller", 3 * DAY - DAY / 12),
    ]


def test_support_is_told_of_what_it_promised() -> None:
    promised = RecordContact("phone", "buyer", "We call back.", NOW + DAY)
    of = then(order(), *events(ask(order(), SUPPORT, promised)))
    after, told = lived(of, NOW + DAY)
    assert told[-1] == FollowUpDue(at=NOW + DAY, contact="1")
    assert after.deadlines == ()


def failing() -> Order:
    of = then(order(), record_refund(order(), refund(), terms()))
    return then(of, *events(ask(of, PROVIDER, ReportRefundFailed(R1, "declined"))))


def test_a_failed_refund_is_tried_again_at_its_time() -> None:
    assert lived(failing(), NOW + DAY - SECOND)[1][0].__class__ is OrderReminded
    of, told = lived(failing(), NOW + DAY)
    again = told[-1]
    assert isinstance(again, RefundRecorded)
    assert again.refund.id == "A-1001-R2"
    assert (again.refund.retry_of, again.refund.attempt, again.refund.amount) == (R1, 2, 80_000)
    assert again.refund.recorded_at == again.at == NOW + DAY
    assert [(d.what, d.subject) for d in of.deadlines] == [("finance", "A-1001-R2")]
    assert of.refundable == 80_000


def test_after_its_retries_finance_is_told_every_day() -> None:
    of, at = failing(), NOW
    for attempt in (2, 3, 4):
        at += DAY
        of, _ = lived(of, at)
        key = f"A-1001-R{attempt}"
        assert of.refunds[key].attempt == attempt
        of = then(of, *events(ask(of, PROVIDER, ReportRefundFailed(key, "declined"), at)))
    of, told = lived(of, at + 3 * DAY)
    alarms = [event for event in told if isinstance(event, FinanceAlarmed)]
    assert [(a.refund, a.because, a.at - at) for a in alarms] == [
        ("A-1001-R4", "refund_overdue", n * DAY) for n in (1, 2, 3)
    ]
    assert len(of.refunds) == 4


def test_a_retry_gives_no_more_than_is_left_by_then() -> None:
    of = then(failing(), RefundRecorded(at=NOW, refund=refund(2, amount=100_000, lines={})))
    of, _ = lived(of, NOW + DAY)
    assert of.refunds["A-1001-R3"].amount == 60_000
    assert of.refundable == 0
    of = then(failing(), RefundRecorded(at=NOW, refund=refund(2, lines={"1": 80_001})))
    of, _ = lived(of, NOW + DAY)
    assert of.refunds["A-1001-R3"].lines == {"1": 79_999}


@pytest.mark.parametrize(
    ("chargeback", "because"),
    [
        (Chargeback("cb", 1, T0), "chargeback_open"),
        (Chargeback("cb", 160_000, T0, outcome="lost"), "nothing_left_to_refund"),
    ],
)
def test_what_cannot_be_tried_again_is_told_to_finance_until_it_can(
    chargeback: Chargeback, because: str
) -> None:
    of = failing()
    of = order(refunds=of.refunds, deadlines=of.deadlines, chargebacks={"cb": chargeback})
    of, told = lived(of, NOW + 2 * DAY)
    alarms = [event for event in told if isinstance(event, FinanceAlarmed)]
    assert [(a.because, a.at - NOW) for a in alarms] == [(because, DAY), (because, 2 * DAY)]
    freed = order(refunds=of.refunds, deadlines=of.deadlines)
    after, told = lived(freed, NOW + 3 * DAY)
    assert isinstance(told[-1], RefundRecorded)
    assert set(after.refunds) == {R1, "A-1001-R2"}


def test_a_retry_of_postage_is_bounded_by_the_postage() -> None:
    lines = {"1": 80_000, "shipping": 500}
    posted = refund(amount=80_500, lines=lines)
    of = then(order(shipping_paid=400, captured=160_400), RefundRecorded(at=NOW, refund=posted))
    of = then(of, *events(ask(of, PROVIDER, ReportRefundFailed(R1, "declined"))))
    of, _ = lived(of, NOW + DAY)
    assert of.refunds["A-1001-R2"].lines == {"1": 80_000, "shipping": 400}


def test_a_refund_that_takes_too_long_and_missing_money_are_finances_task() -> None:
    of = then(order(), record_refund(order(), refund(), terms()))
    overdue = NOW + terms().refunds.settled_within.span
    _, told = lived(of, overdue + DAY)
    assert [(e.because, e.at) for e in told if isinstance(e, FinanceAlarmed)] == [
        ("refund_overdue", overdue),
        ("refund_overdue", overdue + DAY),
    ]
    of, reported = settled(of), NOW + 20 * DAY
    of = then(of, *events(ask(of, BUYER, ReportMissingMoney(), reported)))
    _, told = lived(of, reported + DAY)
    assert [(e.because, e.at) for e in told if isinstance(e, FinanceAlarmed)] == [
        ("refund_missing", reported + DAY)
    ]


def test_a_difference_nobody_decides_on_is_told_again_and_then_higher_up() -> None:
    seen = RecordDifference("not_recorded", "re_9", theirs=Money(1, "RUB"))
    of = then(order(), *events(ask(order(), CLOCK, seen)))
    of, told = lived(of, NOW + 6 * DAY)
    alarms = [event for event in told if isinstance(event, DifferenceAlarmed)]
    assert [(type(a), a.at - NOW) for a in alarms] == [
        (DifferenceAlarmed, n * DAY) for n in (1, 2, 3, 4)
    ] + [(DifferenceEscalated, n * DAY) for n in (5, 6)]
    assert alarms[-1].told == ("finance", "supervisor", "admin")
    assert of.open_differences == ("A-1001-X1",)


def test_while_the_books_differ_nothing_is_tried_again() -> None:
    seen = RecordDifference("not_recorded", "re_9", theirs=Money(1, "RUB"))
    of = failing()
    of = then(of, *events(ask(of, CLOCK, seen)))
    of, told = lived(of, NOW + DAY)
    assert [e.because for e in told if isinstance(e, FinanceAlarmed)] == ["difference_open"]
    assert list(of.refunds) == [R1]
