"""A refund on its way: an attempt begins, the provider has it, a bank can find it."""

from __future__ import annotations

import pytest

from amends.kernel.decision import Accepted, Refused
from amends.kernel.instants import Instant
from amends.kernel.money import Money
from amends.kernel.people import CLOCK
from amends.order.decide.record_difference import RecordDifference
from amends.order.decide.refund_failed import ReportRefundFailed
from amends.order.decide.refund_pending import ReportRefundPending
from amends.order.decide.refund_sent import ReportRefundSent
from amends.order.decide.refund_settled import ReportRefundSettled
from amends.order.decide.refund_unknown import ReportRefundUnknown
from amends.order.events.money import RefundPending, RefundReferenced, RefundSent
from amends.order.freezing import refuse_sending
from amends.order.state import Chargeback, Order
from tests.given import DAY, PROVIDER, T0, order
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
SENT, PENDING = ReportRefundSent(R1), ReportRefundPending(R1, "re_1")
ONE = with_refund(refund())


def told(of: Order, *commands: object, at: Instant = NOW) -> Order:
    for command in commands:
        of = then(of, *events(ask(of, PROVIDER, command, at)))  # type: ignore[arg-type]  # order commands
    return of


def test_of_many_who_would_send_it_one_is_told_to() -> None:
    assert only(ask(ONE, PROVIDER, SENT), RefundSent).refund == R1
    sent = told(ONE, SENT, at=NOW + DAY)
    assert (sent.refunds[R1].state, sent.refunds[R1].state_since) == ("sent", NOW + DAY)
    assert ask(sent, PROVIDER, SENT) == Accepted(()), "the second has to read first"
    assert (sent.refunds[R1].counts, sent.refunds[R1].under_way) == (True, True)


def test_nothing_begins_while_the_money_is_frozen() -> None:
    by_bank = with_refund(refund(), chargebacks={"cb": Chargeback("cb", 1, T0)})
    assert refused(ask(by_bank, PROVIDER, SENT))[0] == "chargeback_open"
    seen = RecordDifference("not_recorded", "re_9", theirs=Money(1, "RUB"))
    by_books = then(ONE, *events(ask(ONE, CLOCK, seen)))
    assert refused(ask(by_books, PROVIDER, SENT))[0] == "difference_open"


def test_nothing_begins_that_a_bank_has_given_back() -> None:
    of = with_refund(refund(), chargebacks={"cb": Chargeback("cb", 100_000, T0, "lost")})
    refusal = refuse_sending(of, of.refunds[R1])
    assert refusal is not None
    assert (refusal.rule, refusal.facts["taken"]) == ("taken_by_bank", Money(100_000, "RUB"))
    assert refuse_sending(ONE, ONE.refunds[R1]) is None


def test_pending_is_told_once_with_the_providers_reference() -> None:
    of = told(ONE, SENT)
    assert only(ask(of, PROVIDER, PENDING), RefundPending).provider_ref == "re_1"
    of = told(of, PENDING)
    assert (of.refunds[R1].state, of.refunds[R1].provider_reference) == ("pending", "re_1")
    assert ask(of, PROVIDER, PENDING) == Accepted(())


def test_an_unclear_answer_is_cleared_up_by_reading() -> None:
    of = told(ONE, SENT, ReportRefundUnknown(R1), ReportRefundPending(R1))
    assert (of.refunds[R1].state, of.refunds[R1].provider_reference) == ("pending", "")
    assert ask(of, PROVIDER, ReportRefundUnknown(R1)) == Accepted(()), "known is not unlearnt"


def test_what_has_ended_is_not_begun_anew() -> None:
    for ended in (settled(ONE), told(ONE, ReportRefundFailed(R1, "declined"))):
        for late in (SENT, PENDING):
            assert ask(ended, PROVIDER, late) == Accepted(())


def test_a_bank_reference_may_come_with_the_booking_or_later() -> None:
    at_once = told(ONE, ReportRefundSettled(R1, "re_1", "7488"))
    assert (at_once.refunds[R1].provider_reference, at_once.refunds[R1].bank_reference) == (
        "re_1",
        "7488",
    )
    later = told(ONE, ReportRefundSettled(R1, "re_1"))
    event = only(ask(later, PROVIDER, ReportRefundSettled(R1, "re_1", "7488")), RefundReferenced)
    later = then(later, event)
    assert (later.refunds[R1].bank_reference, event.told) == ("7488", ("buyer",))
    assert ask(later, PROVIDER, ReportRefundSettled(R1, "re_1", "7488")) == Accepted(())
    assert ask(later, PROVIDER, ReportRefundSettled(R1, "re_1")) == Accepted(())


@pytest.mark.parametrize("command", [SENT, PENDING], ids=["sent", "pending"])
def test_only_known_refunds_are_told_of(command: ReportRefundSent | ReportRefundPending) -> None:
    assert refused(ask(with_refund(refund(2)), PROVIDER, command)) == (
        "unknown_refund", "invalid", "refund",
    )  # fmt: skip
    no = may(order(), PROVIDER, type(command))
    assert isinstance(no, Refused)
    assert no.rule == "no_refund"
