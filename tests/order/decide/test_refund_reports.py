"""What became of a refund: settled, failed, unknown; repeated, late and out of order."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from amends.kernel.decision import Accepted, Refused
from amends.kernel.instants import Calendar
from amends.order.decide import OrderCommand
from amends.order.decide.refund_failed import ReportRefundFailed
from amends.order.decide.refund_pending import ReportRefundPending
from amends.order.decide.refund_settled import ReportRefundSettled
from amends.order.decide.refund_unknown import ReportRefundUnknown
from amends.order.events.money import (
    FinanceAlarmed,
    RefundFailed,
    RefundPending,
    RefundRecorded,
    RefundSettled,
    RefundUnknown,
)
from amends.order.retries import record_refund
from amends.order.state import Order, RefundState
from tests.given import DAY, PROVIDER, order, terms
from tests.order.asking import (
    NOW,
    ask,
    events,
    may,
    only,
    refund,
    refused,
    settled,
    then,
    with_refund,
)

R1 = "A-1001-R1"
SETTLED = ReportRefundSettled(R1, "re_1")
FAILED = ReportRefundFailed(R1, "card_expired")
UNKNOWN = ReportRefundUnknown(R1)
ONE = with_refund(refund())


def failed(of: Order, refund_id: str = R1) -> Order:
    return then(of, *events(ask(of, PROVIDER, ReportRefundFailed(refund_id, "card_expired"))))


def retried(of: Order) -> Order:
    again = refund(2, retry_of=R1, attempt=2)
    return then(failed(of), RefundRecorded(at=NOW, refund=again))


def test_a_settled_refund_shows_at_the_bank_after_working_days() -> None:
    # NOW is Wednesday 11 March 2026, and Friday is a holiday here: Thursday, Monday, Tuesday.
    calendar = Calendar(holidays=frozenset({date(2026, 3, 13)}))
    booked = only(ask(ONE, PROVIDER, SETTLED, NOW + DAY, calendar=calendar), RefundSettled)
    assert booked.at == NOW + DAY
    assert booked.arrives_from == NOW + 6 * DAY
    assert booked.arrives_until == NOW + 29 * DAY
    after = then(ONE, booked).refunds[R1]
    assert (after.state, after.settled_at) == ("settled", NOW + DAY)
    assert (after.arrives_from, after.arrives_until) == (NOW + 6 * DAY, NOW + 29 * DAY)


def test_a_settled_refund_needs_nobody_any_more() -> None:
    watched = then(order(), *_watched())
    assert [d.what for d in watched.deadlines] == ["finance"]
    assert then(watched, *events(ask(watched, PROVIDER, SETTLED))).deadlines == ()


def _watched() -> tuple[RefundRecorded]:
    return (record_refund(order(), refund(), terms()),)


def test_an_unclear_answer_counts_as_money_that_may_have_left() -> None:
    unclear = then(ONE, only(ask(ONE, PROVIDER, UNKNOWN), RefundUnknown))
    assert unclear.refunds[R1].state == "unknown"
    assert unclear.refundable == 80_000
    assert then(unclear, *events(ask(unclear, PROVIDER, SETTLED))).refunds[R1].state == "settled"


def test_a_failed_refund_is_tried_again_a_day_later() -> None:
    event = only(ask(ONE, PROVIDER, FAILED), RefundFailed)
    assert (event.reason, event.retry.what, event.retry.subject) == (
        "card_expired", "refund_retry", R1,
    )  # fmt: skip
    assert event.retry.at == NOW + DAY
    after = then(ONE, event)
    assert (after.refunds[R1].state, after.refunds[R1].reason) == ("failed", "card_expired")
    assert after.refundable == 160_000


@pytest.mark.parametrize(("attempt", "what"), [(3, "refund_retry"), (4, "finance")])
def test_after_the_packs_retries_it_is_finances_task(attempt: int, what: str) -> None:
    of = with_refund(refund(attempt=attempt))
    event = only(ask(of, PROVIDER, FAILED), RefundFailed)
    assert (event.retry.what, event.retry.at) == (what, NOW + DAY)


@pytest.mark.parametrize("attempt", [1, 4])
def test_what_a_failed_refund_waits_for_is_counted_from_the_failure(attempt: int) -> None:
    event = only(ask(with_refund(refund(attempt=attempt)), PROVIDER, FAILED), RefundFailed)
    assert (event.at, event.retry.since, event.retry.anchor) == (NOW, NOW, "refund_failed")


@pytest.mark.parametrize("state", ["recorded", "sent"])
def test_an_unclear_answer_is_recorded_when_it_came(state: RefundState) -> None:
    event = only(ask(with_refund(refund(state=state)), PROVIDER, UNKNOWN), RefundUnknown)
    assert event.at == NOW


def test_a_refund_the_provider_has_is_pending_from_then_on() -> None:
    event = only(ask(ONE, PROVIDER, ReportRefundPending(R1, "re_1")), RefundPending)
    assert (event.at, event.provider_ref) == (NOW, "re_1")
    after = then(ONE, event)
    assert (after.refunds[R1].state, after.refunds[R1].provider_reference) == ("pending", "re_1")
    assert ask(after, PROVIDER, ReportRefundPending(R1, "re_2")) == Accepted(())


def test_a_failure_after_success_is_a_reversal() -> None:
    reversed_ = failed(settled(ONE))
    assert reversed_.refunds[R1].state == "reversed"
    assert reversed_.refundable == 160_000
    assert [d.what for d in reversed_.deadlines] == ["refund_retry"]


def test_a_failure_ends_the_clock_on_a_refund_that_took_too_long() -> None:
    assert [d.what for d in failed(then(order(), *_watched())).deadlines] == ["refund_retry"]


@pytest.mark.parametrize(
    ("of", "told"),
    [
        (settled(ONE), SETTLED),
        (settled(ONE), UNKNOWN),
        (failed(ONE), FAILED),
        (failed(settled(ONE)), FAILED),
        (failed(ONE), UNKNOWN),
        (with_refund(refund(state="unknown")), UNKNOWN),
        (with_refund(refund(state="settled", traced="paid_another_way")), FAILED),
        (with_refund(refund(state="settled", traced="arrived")), SETTLED),
    ],
)
def test_what_is_known_already_changes_nothing(of: Order, told: OrderCommand) -> None:
    assert ask(of, PROVIDER, told) == Accepted(())


def test_a_success_believed_failed_is_recorded_when_no_retry_was_made() -> None:
    after = then(failed(ONE), only(ask(failed(ONE), PROVIDER, SETTLED), RefundSettled))
    assert after.refunds[R1].state == "settled"
    assert after.deadlines == (), "the retry is called off"


@pytest.mark.parametrize(
    "of",
    [
        retried(ONE),
        # What it gave back went out another way meanwhile: over the order's cap, over the line's.
        then(failed(ONE), RefundRecorded(at=NOW, refund=refund(2, amount=100_000))),
        then(failed(ONE), RefundRecorded(at=NOW, refund=refund(2, lines={"1": 80_001}))),
        with_refund(refund(state="settled", traced="paid_another_way")),
    ],
    ids=["retried", "order", "line", "paid_another_way"],
)
def test_a_success_that_comes_on_top_of_another_payment_is_told_to_finance_once(of: Order) -> None:
    alarm = only(ask(of, PROVIDER, SETTLED), FinanceAlarmed)
    assert (alarm.refund, alarm.because) == (R1, "settled_after_all")
    assert alarm.again is not None
    assert alarm.again.anchor == "settled_after_all"
    after = then(of, alarm)
    assert after.refunds == of.refunds
    assert [d.subject for d in after.deadlines if d.what == "finance"] == [R1]
    assert ask(after, PROVIDER, SETTLED) == Accepted(())


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"traced": "arrived"}, "silent"),  # finance has seen it
        ({"traced": "retry"}, "alarm"),
    ],
)
def test_finance_is_not_asked_again_about_what_it_has_seen(
    changes: dict[str, Any], outcome: str
) -> None:
    old = refund(state="failed", **changes)
    of = with_refund(old, refund(2, retry_of=R1))
    told = events(ask(of, PROVIDER, SETTLED))
    assert [type(event) for event in told] == ([FinanceAlarmed] if outcome == "alarm" else [])


def test_a_failure_that_contradicts_a_trace_is_looked_at_by_a_person() -> None:
    traced = with_refund(refund(state="settled", traced="arrived"))
    assert only(ask(traced, PROVIDER, FAILED), RefundFailed).retry.what == "finance"


@pytest.mark.parametrize("told", [SETTLED, FAILED, UNKNOWN])
def test_only_known_refunds_are_told_of(told: OrderCommand) -> None:
    other = with_refund(refund(2))
    assert refused(ask(other, PROVIDER, told)) == ("unknown_refund", "invalid", "refund")
    no = may(order(), PROVIDER, type(told))
    assert isinstance(no, Refused)
    assert no.rule == "no_refund"


def test_fifty_reports_in_any_order_move_money_once() -> None:
    of = ONE
    reports: list[OrderCommand] = [UNKNOWN, SETTLED] * 25
    for told in reports:
        of = then(of, *events(ask(of, PROVIDER, told)))
    assert of.refunds[R1].state == "settled"
    assert (of.refunded, len(of.refunds)) == (80_000, 1)
