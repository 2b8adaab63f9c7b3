"""What is asked of finance is there as long as its clock runs, and no longer."""

from __future__ import annotations

from msgspec.structs import replace

from amends.dispute.case import CaseEvent, evolve
from amends.dispute.state import Case
from amends.kernel.instants import Instant, to_micros
from amends.kernel.money import Money
from amends.kernel.people import CLOCK
from amends.kernel.record import Projected, Recorded, Row
from amends.order.decide.record_difference import RecordDifference
from amends.order.decide.refund_failed import ReportRefundFailed
from amends.order.decide.report_missing_money import ReportMissingMoney
from amends.order.decide.resolve_difference import ResolveDifference
from amends.order.events.books import DifferenceRecorded, RefundCounted
from amends.order.events.life import MessageSent
from amends.order.events.money import RefundRecorded, RefundUnknown
from amends.order.retries import NOT_CONNECTED, alarm_clock, record_refund
from amends.order.state import Order
from amends.projections import project
from amends.projections.ledger import balances
from amends.projections.tasks import tasks
from tests.dispute.carried import agreed, ends, held_by_bank
from tests.dispute.cases import opened
from tests.given import BUYER, DAY, FINANCE, PROVIDER, T0, order, terms
from tests.order.asking import NOW, ask, events, refund, settled, then, with_refund

R1, X1 = "A-1001-R1", "A-1001-X1"


def kinds(of: Order) -> list[tuple[str, str, Instant]]:
    return [(task.kind, task.subject, task.since) for task in tasks(Case(of))]


def projected(before: Case, event: CaseEvent) -> tuple[Projected, Case]:
    case = evolve(before, event)
    return project(before, Recorded("A-1001", 9, event.at, CLOCK, "c1", event), case), case


def rows(of: Projected, table: str = "finance_tasks") -> list[Row]:
    return [row for row in of.rows if row.table == table]


def test_a_refund_is_no_task_while_the_machine_is_at_it() -> None:
    of = then(order(), record_refund(order(), refund(), terms()))
    assert [d.what for d in of.deadlines] == ["finance"]
    assert kinds(of) == []
    failing = then(of, *events(ask(of, PROVIDER, ReportRefundFailed(R1, "declined"))))
    assert [d.what for d in failing.deadlines] == ["refund_retry"]
    assert kinds(failing) == []


def test_what_takes_too_long_is_a_task_since_it_came_to_be_so() -> None:
    of = with_refund(refund())
    of = then(of, RefundUnknown(at=NOW + DAY, refund=R1))
    clock = alarm_clock(terms(), "finance", R1, NOW + 5 * DAY, "finance_alarmed")
    assert kinds(replace(of, deadlines=(clock,))) == [("refund_late", R1, NOW + DAY)]


def test_used_up_means_a_failed_refund_for_finance() -> None:
    of = with_refund(refund(attempt=4))
    of = then(of, *events(ask(of, PROVIDER, ReportRefundFailed(R1, "declined"), NOW + DAY)))
    assert kinds(of) == [("refund_failed", R1, NOW + DAY)]


def test_a_provider_that_is_not_connected_is_a_task_at_once_and_tried_again() -> None:
    of = with_refund(refund())
    of = then(of, *events(ask(of, PROVIDER, ReportRefundFailed(R1, NOT_CONNECTED))))
    assert kinds(of) == [("refund_failed", R1, NOW)]
    (clock,) = of.deadlines
    assert (clock.what, clock.at) == ("refund_retry", NOW + DAY)
    again = then(of, RefundRecorded(at=NOW + DAY, refund=refund(id="A-1001-R2", retry_of=R1)))
    assert kinds(again) == []


def test_what_cannot_be_tried_again_is_held_up() -> None:
    of = with_refund(refund(state="failed"))
    clock = alarm_clock(terms(), "refund_retry", R1, NOW, "finance_alarmed")
    assert kinds(replace(of, deadlines=(clock,))) == [("refund_held_up", R1, NOW)]


def test_a_way_the_buyer_chose_is_a_task_until_it_is_paid() -> None:
    chosen = refund(state="failed", route="bank_transfer", route_ref="c.1")
    clock = alarm_clock(terms(), "finance", R1, NOW, "route_chosen")
    of = with_refund(chosen, deadlines=(clock,))
    assert kinds(of) == [("pay_another_way", R1, NOW)]


def test_missing_money_is_a_task_from_its_report_on() -> None:
    of = settled(with_refund(refund()))
    at = NOW + 20 * DAY
    of = then(of, *events(ask(of, BUYER, ReportMissingMoney(), at)))
    assert kinds(of) == [("missing_money", R1, at)]


def test_a_difference_is_a_task_and_a_row_until_it_is_decided() -> None:
    seen = RecordDifference("captured_less", "pay_1", Money(160_000, "RUB"), Money(0, "RUB"))
    (event,) = events(ask(order(), CLOCK, seen))
    assert isinstance(event, DifferenceRecorded)
    result, case = projected(Case(order()), event)
    (task,) = rows(result)
    assert task.key == {"what": "difference", "subject": X1}
    assert task.values == {
        "kind": "difference", "since": to_micros(NOW), "due_at": to_micros(NOW + DAY),
        "amount": 0, "currency": "RUB",
    }  # fmt: skip
    (listed,) = rows(result, "differences")
    assert listed.key == {"difference_id": X1}
    assert listed.values is not None
    assert (listed.values["state"], listed.values["ours"], listed.values["resolved_at"]) == (
        "open", 160_000, None,
    )  # fmt: skip
    (resolved,) = events(ask(case.order, FINANCE, ResolveDifference(X1, "explained", "x")))
    result, _ = projected(case, resolved)
    assert rows(result) == [Row("finance_tasks", {"what": "difference", "subject": X1}, None)]
    (listed,) = rows(result, "differences")
    assert listed.values is not None
    assert (listed.values["state"], listed.values["resolved_at"]) == ("resolved", to_micros(NOW))


def test_an_amount_the_provider_lacks_is_ours() -> None:
    of = settled(with_refund(refund()))
    seen = RecordDifference("not_at_provider", R1, Money(80_000, "RUB"))
    of = then(of, *events(ask(of, CLOCK, seen)))
    assert [task.amount for task in tasks(Case(of))] == [80_000]


def test_an_event_that_changes_no_task_writes_none() -> None:
    seen = RecordDifference("not_recorded", "re_9", theirs=Money(1, "RUB"))
    case = Case(then(order(), *events(ask(order(), CLOCK, seen))))
    message = MessageSent(at=NOW, number=1, by="b1", role="buyer", ref="c.1")
    assert rows(projected(case, message)[0]) == []


def test_money_of_a_dispute_that_is_late_is_one_task() -> None:
    late = ends(agreed(opened()), "refund")[1]
    (task,) = tasks(late)
    assert (task.kind, task.subject, task.amount) == ("refund_late", "A-1001-D1", 160_000)
    assert task.since == late.order.refunds[R1].recorded_at
    withheld = ends(agreed(held_by_bank(opened())), "refund")[1]
    (task,) = tasks(withheld)
    assert (task.kind, task.amount) == ("refund_held_up", 160_000)


def test_a_clock_about_nothing_of_finances_is_no_task() -> None:
    other = alarm_clock(terms(), "finance", "A-1001-R9", NOW, "refund_failed")
    assert kinds(order(deadlines=(other,))) == []


def test_a_counted_refund_is_listed() -> None:
    counted = RefundCounted(at=T0, refund=refund(state="settled", provider_reference="re_9"))
    (listed,) = rows(projected(Case(order()), counted)[0], "refunds")
    assert listed.values is not None
    assert (listed.values["state"], listed.values["since"]) == ("settled", to_micros(NOW))


def test_postings_say_what_brought_them_and_whose_they_are() -> None:
    result, _ = projected(Case(order()), RefundRecorded(at=T0, refund=refund()))
    shown = [(r.values or {}) for r in rows(result, "postings")]
    assert {(r["kind"], r["seller"]) for r in shown} == {("refund_recorded", "s1")}


def test_the_fee_and_what_a_refund_takes_back_of_it() -> None:
    of = order(released=152_000, fee=8_000)
    assert {k: v for k, v in balances(of).items() if v} == {
        "clearing": 160_000, "seller": -152_000, "platform_fee": -8_000,
    }  # fmt: skip
    half = replace(of, refunds={R1: refund(state="settled")})
    assert {k: v for k, v in balances(half).items() if v} == {
        "clearing": 80_000, "seller": -76_000, "platform_fee": -4_000,
    }  # fmt: skip


def test_what_the_buyer_had_twice_is_the_buyers_to_give_back() -> None:
    case = held_by_bank(opened(), 160_000)
    taken = {k: replace(c, outcome="lost") for k, c in case.order.chargebacks.items()}
    both = replace(case.order, chargebacks=taken, refunds={R1: refund(state="settled")})
    assert {k: v for k, v in balances(both).items() if v} == {"clearing": -80_000, "buyer": 80_000}
