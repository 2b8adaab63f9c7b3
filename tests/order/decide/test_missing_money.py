"""Money that did not come: reported by the buyer, traced by finance."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import pytest
from msgspec.structs import replace

from amends.kernel.decision import Accepted, Refused
from amends.order.decide.record_trace import RecordTrace
from amends.order.decide.report_missing_money import ReportMissingMoney
from amends.order.events.money import (
    MissingMoneyReported,
    RefundFailed,
    RefundRecorded,
    TraceRecorded,
)
from amends.order.retries import alarm_clock
from amends.order.state import Chargeback, Order, RefundState
from tests.given import BUYER, DAY, FINANCE, SECOND, T0, order, terms
from tests.order.asking import (
    NOW,
    ask,
    claim,
    contents,
    events,
    may,
    only,
    proof,
    refund,
    refused,
    settled,
    then,
    with_refund,
)

R1, R2 = "A-1001-R1", "A-1001-R2"
DUE = NOW + 20 * DAY
Found = Literal["arrived", "not_arrived", "paid_another_way", "retry"]
ONE = settled(with_refund(refund()))


def missing(of: Order = ONE) -> Order:
    return then(of, *events(ask(of, BUYER, ReportMissingMoney(), DUE)))


def failed(**changes: Any) -> Order:
    of = with_refund(refund(), **changes)
    clock = alarm_clock(terms(), "finance", refund().id, NOW, "refund_failed")
    return then(of, RefundFailed(at=NOW, refund=R1, reason="closed", retry=clock))


def trace(of: Order, outcome: Found, refund_id: str = R1) -> Order:
    told = RecordTrace(refund_id, outcome, "Asked the bank.")
    return then(of, *events(ask(of, FINANCE, told, DUE)))


@pytest.mark.parametrize(
    ("at", "rule"),
    [(DUE - SECOND, "refund_arrives_until"), (DUE, None), (DUE + SECOND, None)],
)
def test_it_is_reported_once_the_working_days_are_over(at: datetime, rule: str | None) -> None:
    outcome = ask(ONE, BUYER, ReportMissingMoney(), at)
    if rule is None:
        reported = only(outcome, MissingMoneyReported)
        assert (reported.refund, reported.at) == (R1, at)
        assert (reported.trace.what, reported.trace.subject) == ("trace", R1)
        assert reported.trace.at == at + terms().refunds.finance_alarm_every.span
    else:
        assert refused(outcome)[0] == terms().refunds.arrives_until_working_days.rule


def test_a_bank_statement_goes_with_it() -> None:
    of = settled(with_refund(refund(), evidence=proof()))
    told = ReportMissingMoney(evidence=("E1",))
    assert only(ask(of, BUYER, told, DUE), MissingMoneyReported).evidence == ("E1",)
    other = ReportMissingMoney(evidence=("E2",))
    assert refused(ask(of, BUYER, other, DUE)) == ("unknown_evidence", "invalid", "evidence")


def test_the_latest_booked_refund_is_meant_unless_one_is_named() -> None:
    three = with_refund(refund(), refund(2, dispute="A-1001-D1"), refund(3), captured=400_000)
    two = settled(settled(three), R2)
    assert only(ask(two, BUYER, ReportMissingMoney(), DUE), MissingMoneyReported).refund == R2
    named = ReportMissingMoney(refund=R1)
    assert only(ask(two, BUYER, named, DUE), MissingMoneyReported).refund == R1
    of_dispute = ReportMissingMoney(dispute="A-1001-D1")
    assert only(ask(two, BUYER, of_dispute, DUE), MissingMoneyReported).refund == R2


def test_what_is_named_has_to_exist() -> None:
    no_refund = ReportMissingMoney(refund=R2)
    assert refused(ask(ONE, BUYER, no_refund, DUE)) == ("unknown_refund", "invalid", "refund")
    of_d1 = with_refund(refund(dispute="A-1001-D1"))
    other = ReportMissingMoney(refund=R1, dispute="A-1001-D2")
    assert refused(ask(of_d1, BUYER, other, DUE)) == ("refund_not_of_dispute", "invalid", "refund")
    no_dispute = ReportMissingMoney(dispute="A-1001-D1")
    assert refused(ask(ONE, BUYER, no_dispute, DUE))[0] == "no_refund_of_dispute"
    assert refused(ask(order(), BUYER, no_dispute, DUE))[0] == "no_refund"


def test_what_is_named_is_judged_by_itself() -> None:
    """The other one is late, and not reported; or it is not late yet."""
    mine, other = refund(dispute="A-1001-D1"), refund(2, dispute="A-1001-D2")
    two = settled(settled(with_refund(mine, other, captured=400_000)), R2)
    reported = then(two, *events(ask(two, BUYER, ReportMissingMoney(dispute="A-1001-D1"), DUE)))
    assert reported.refunds[R1].missing_since == DUE
    for again in (ReportMissingMoney(dispute="A-1001-D1"), ReportMissingMoney(refund=R1)):
        no = ask(reported, BUYER, again, DUE)
        assert isinstance(no, Refused)
        assert (no.rule, no.facts["refund"]) == ("money_already_traced", R1)
    second = replace(reported.refunds[R2], arrives_until=DUE + DAY)
    waiting = replace(reported, refunds={**reported.refunds, R2: second})
    no = ask(waiting, BUYER, ReportMissingMoney(dispute="A-1001-D1"), DUE)
    assert isinstance(no, Refused)
    assert (no.rule, no.facts["refund"]) == ("money_already_traced", R1)


def test_of_several_the_one_that_can_be_reported_is_meant() -> None:
    two = settled(settled(with_refund(refund(), refund(2), captured=400_000)), R2)
    second = replace(two.refunds[R2], arrives_until=DUE + DAY)
    of = replace(two, refunds={**two.refunds, R2: second})
    assert may(of, BUYER, ReportMissingMoney, DUE) is None
    assert only(ask(of, BUYER, ReportMissingMoney(), DUE), MissingMoneyReported).refund == R1


def test_a_refund_that_was_not_booked_is_not_missing() -> None:
    of = with_refund(refund())
    no = may(of, BUYER, ReportMissingMoney, DUE)
    assert no is not None
    assert no.rule == "refund_not_booked"
    two = with_refund(refund(), refund(2), captured=400_000)
    named = ReportMissingMoney(refund=R2)
    assert refused(ask(settled(two), BUYER, named, DUE))[0] == "refund_not_booked"


def test_nor_is_money_that_never_went() -> None:
    no = may(order(), BUYER, ReportMissingMoney, DUE)
    assert no is not None
    assert no.rule == "no_refund"


@pytest.mark.parametrize(
    "of", [missing(), with_refund(refund(state="settled", traced="paid_another_way"))]
)
def test_what_is_traced_is_not_reported_twice(of: Order) -> None:
    no = may(of, BUYER, ReportMissingMoney, DUE + DAY)
    assert no is not None
    assert no.rule == "money_already_traced"


@pytest.mark.parametrize("outcome", ["arrived", "paid_another_way"])
def test_a_finding_ends_the_search(outcome: Found) -> None:
    of = missing()
    told = ask(of, FINANCE, RecordTrace(R1, outcome, "Seen on the statement."), DUE)
    traced = only(told, TraceRecorded)
    (note,) = contents(told)
    assert (traced.by, traced.ref, note.owner) == ("f1", note.ref, "f1")
    after = then(of, traced)
    assert (after.refunds[R1].state, after.refunds[R1].traced) == ("settled", outcome)
    assert (after.deadlines, after.refundable) == ((), 80_000)


def test_money_that_did_not_arrive_is_asked_after_again() -> None:
    after = trace(missing(), "not_arrived")
    assert after.refunds[R1].state == "settled"
    assert [(d.what, d.at) for d in after.deadlines] == [("trace", DUE + DAY)]
    assert trace(after, "arrived").deadlines == ()


def test_money_is_sent_again_once_the_old_refund_no_longer_counts() -> None:
    of = missing(settled(with_refund(refund(amount=160_000, lines={"1": 160_000}))))
    assert of.refundable == 0
    traced, recorded = events(ask(of, FINANCE, RecordTrace(R1, "retry", "Lost."), DUE))
    assert isinstance(traced, TraceRecorded)
    assert isinstance(recorded, RefundRecorded)
    assert traced.state == "reversed"
    again = recorded.refund
    assert (again.id, again.amount, again.lines) == (R2, 160_000, {"1": 160_000})
    assert (again.retry_of, again.attempt) == (R1, 2)
    after = then(of, traced, recorded)
    assert (after.refunds[R1].state, after.refundable) == ("reversed", 0)
    assert [(d.what, d.subject) for d in after.deadlines] == [("finance", R2)]


def test_a_refund_no_open_dispute_watches_is_watched_by_finance() -> None:
    mine = refund(dispute="A-1001-D1")
    closed = settled(with_refund(mine, claims=claim(open=False, outcome="refunded")))
    assert [d.what for d in trace(missing(closed), "retry").deadlines] == ["finance"]
    still_open = settled(with_refund(mine, claims=claim()))
    assert trace(missing(still_open), "retry").deadlines == ()


@pytest.mark.parametrize("outcome", ["arrived", "paid_another_way"])
def test_a_failed_refund_is_found_to_be_paid(outcome: Found) -> None:
    after = trace(failed(), outcome)
    assert (after.refunds[R1].state, after.refunds[R1].settled_at) == ("settled", DUE)
    assert (after.deadlines, after.refundable) == ((), 80_000)


def test_what_cannot_count_is_noted_without_counting() -> None:
    of = then(failed(), RefundRecorded(at=NOW, refund=refund(2, amount=100_000)))
    after = trace(of, "paid_another_way")
    assert (after.refunds[R1].state, after.refunds[R1].traced) == ("failed", "paid_another_way")
    assert after.deadlines == ()
    told = RecordTrace(R1, "retry", "Again.")
    assert refused(ask(after, FINANCE, told, DUE)) == ("already_traced", "conflict", "outcome")


def test_a_failed_refund_is_sent_again() -> None:
    after = trace(failed(), "retry")
    assert (after.refunds[R1].state, after.refunds[R2].retry_of) == ("failed", R1)
    assert after.refundable == 80_000


def test_a_failed_refund_that_did_not_arrive_stays_finances_task() -> None:
    assert [d.what for d in trace(failed(), "not_arrived").deadlines] == ["trace"]


def test_of_an_unclear_refund_it_is_first_said_whether_it_arrived() -> None:
    of = with_refund(refund(state="unknown"))
    for outcome in ("retry", "paid_another_way"):
        told = RecordTrace(R1, "retry" if outcome == "retry" else "paid_another_way", "Hm.")
        assert refused(ask(of, FINANCE, told)) == ("refund_unclear", "conflict", "outcome")
    states: dict[Found, RefundState] = {"arrived": "settled", "not_arrived": "failed"}
    for found, state in states.items():
        assert trace(of, found).refunds[R1].state == state


def test_a_refund_with_a_retry_is_only_looked_at() -> None:
    of = then(failed(), RefundRecorded(at=NOW, refund=refund(2, retry_of=R1)))
    for outcome in ("retry", "paid_another_way"):
        told = RecordTrace(R1, "retry" if outcome == "retry" else "paid_another_way", "Hm.")
        assert refused(ask(of, FINANCE, told)) == ("already_retried", "conflict", "outcome")
    after = trace(of, "arrived")
    assert (after.refunds[R1].state, after.refunds[R1].traced) == ("failed", "arrived")
    assert trace(of, "not_arrived").deadlines == ()


def test_nothing_is_sent_while_a_bank_decides() -> None:
    of = failed(chargebacks={"cb": Chargeback("cb", 1, T0)})
    told = RecordTrace(R1, "retry", "Again.")
    assert refused(ask(of, FINANCE, told)) == ("chargeback_open", "conflict", "outcome")
    assert trace(of, "paid_another_way").refunds[R1].state == "settled"


def test_nothing_is_sent_when_nothing_is_left() -> None:
    lost = Chargeback("cb", 160_000, T0, outcome="lost")
    outcome = ask(failed(chargebacks={"cb": lost}), FINANCE, RecordTrace(R1, "retry", "Again."))
    assert refused(outcome) == ("nothing_left_to_refund", "conflict", None)


def test_a_retry_that_comes_by_itself_is_waited_for() -> None:
    clock = alarm_clock(terms(), "refund_retry", refund().id, NOW, "refund_failed")
    of = then(with_refund(refund()), RefundFailed(at=NOW, refund=R1, reason="x", retry=clock))
    told = RecordTrace(R1, "not_arrived", "No.")
    assert refused(ask(of, FINANCE, told)) == ("retry_coming", "conflict", "outcome")
    assert trace(of, "paid_another_way").deadlines == ()


@pytest.mark.parametrize(
    ("of", "rule"),
    [
        (order(), "no_refund"),
        (with_refund(refund()), "refund_under_way"),
        (ONE, "not_reported_missing"),
    ],
)
def test_there_has_to_be_something_to_trace(of: Order, rule: str) -> None:
    no = may(of, FINANCE, RecordTrace)
    assert no is not None
    assert no.rule == rule


def test_a_trace_is_of_a_refund_that_is_traced_and_says_how() -> None:
    of = then(failed(), RefundRecorded(at=NOW, refund=refund(2)))
    assert refused(ask(of, FINANCE, RecordTrace(R2, "arrived", "x")))[0] == "refund_under_way"
    assert refused(ask(of, FINANCE, RecordTrace("R9", "arrived", "x")))[0] == "unknown_refund"
    assert refused(ask(of, FINANCE, RecordTrace(R1, "arrived", " "))) == (
        "text_missing", "invalid", "note",
    )  # fmt: skip
    assert isinstance(ask(of, FINANCE, RecordTrace(R1, "arrived", "x")), Accepted)
