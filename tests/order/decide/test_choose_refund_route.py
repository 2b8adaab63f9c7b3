"""The way it was paid is dead: the buyer chooses another, finance pays it, and only once."""

from __future__ import annotations

import pytest

from amends.kernel.decision import Accepted, Content, Refused
from amends.kernel.instants import Instant
from amends.kernel.people import Actor
from amends.order import decide as commands
from amends.order.asked import Asked, OrderOutcome
from amends.order.decide import OrderCommand
from amends.order.decide.choose_refund_route import ChooseRefundRoute
from amends.order.decide.record_trace import RecordTrace
from amends.order.decide.refund_failed import ReportRefundFailed
from amends.order.events.base import OrderEvent
from amends.order.events.life import OrderReminded
from amends.order.events.money import FinanceAlarmed, RefundFailed, RefundRouteChosen
from amends.order.expire import expire
from amends.order.state import Order
from amends.policy.terms import Terms
from tests.given import BUYER, DAY, FINANCE, PROVIDER, order, packs, stamp, terms
from tests.order.asking import NOW, refund, then, with_refund

R1 = "A-1001-R1"
DEAD = ReportRefundFailed(R1, "expired_card")
CHOICE = ChooseRefundRoute(R1, "bank_transfer", "IBAN ES91 2100, Olga")


def later() -> Terms:
    found = packs().get("aliexpress", "2")
    assert found is not None
    return found


def ask(
    of: Order, by: Actor, command: OrderCommand, at: Instant = NOW, pack: Terms | None = None
) -> OrderOutcome:
    return commands.decide(Asked(of, by, pack or later(), stamp(at)), command)


def told(of: Order, by: Actor, command: OrderCommand, at: Instant = NOW) -> tuple[OrderEvent, ...]:
    outcome = ask(of, by, command, at)
    assert isinstance(outcome, Accepted), outcome
    return outcome.events


def stuck() -> Order:
    of = with_refund(refund())
    return then(of, *told(of, PROVIDER, DEAD))


def rule(outcome: OrderOutcome) -> tuple[str, str | None]:
    assert isinstance(outcome, Refused), outcome
    return outcome.rule, outcome.field


def test_a_dead_method_asks_the_buyer_instead_of_trying_again() -> None:
    (event,) = told(with_refund(refund()), PROVIDER, DEAD)
    assert isinstance(event, RefundFailed)
    clock = event.retry
    assert (clock.what, clock.turn, clock.at) == ("refund_route", "buyer", NOW + 14 * DAY)
    assert clock.reminders == (NOW + 7 * DAY, NOW + 13 * DAY, NOW + 14 * DAY - DAY / 12)


@pytest.mark.parametrize(
    ("of", "told_of", "pack"),
    [
        (with_refund(refund()), ReportRefundFailed(R1, "declined"), None),
        (with_refund(refund()), DEAD, terms()),
    ],
    ids=["another code", "a pack without other ways"],
)
def test_else_it_is_tried_again(of: Order, told_of: OrderCommand, pack: Terms | None) -> None:
    outcome = ask(of, PROVIDER, told_of, pack=pack)
    assert isinstance(outcome, Accepted)
    (event,) = outcome.events
    assert isinstance(event, RefundFailed)
    assert event.retry.what == "refund_retry"


def test_what_finance_traced_already_is_finances_alone() -> None:
    of = with_refund(refund(state="settled", traced="arrived"))
    (event,) = told(of, PROVIDER, DEAD)
    assert isinstance(event, RefundFailed)
    assert event.retry.what == "finance"


def test_the_choice_is_finances_task_and_its_details_are_the_buyers_own_text() -> None:
    of = stuck()
    outcome = ask(of, BUYER, CHOICE, NOW + DAY)
    assert isinstance(outcome, Accepted)
    (event,) = outcome.events
    assert isinstance(event, RefundRouteChosen)
    assert outcome.contents == (Content(event.details_ref, "b1", CHOICE.details),)
    after = then(of, event)
    assert [(d.what, d.at) for d in after.deadlines] == [("finance", NOW + 2 * DAY)]
    assert (after.refunds[R1].route, after.refunds[R1].route_ref) == (
        "bank_transfer", event.details_ref,
    )  # fmt: skip


def test_finance_pays_it_once() -> None:
    of = then(stuck(), *told(stuck(), BUYER, CHOICE))
    paid = then(of, *told(of, FINANCE, RecordTrace(R1, "paid_another_way", "Transfer 77.")))
    assert (paid.refunds[R1].state, paid.deadlines, paid.refunded) == ("settled", (), 80_000)
    assert rule(ask(paid, BUYER, CHOICE)) == ("no_other_route", None)
    assert rule(ask(paid, FINANCE, RecordTrace(R1, "paid_another_way", "Again."))) == (
        "not_reported_missing", None,
    )  # fmt: skip


def test_a_wrong_account_can_be_mended_until_it_is_paid() -> None:
    of = then(stuck(), *told(stuck(), BUYER, CHOICE))
    other = ChooseRefundRoute(R1, "store_credit", "Please.")
    after = then(of, *told(of, BUYER, other, NOW + DAY))
    assert after.refunds[R1].route == "store_credit"
    assert len(after.deadlines) == 1


def test_a_buyer_who_does_not_choose_is_reminded_and_then_finance_sees_to_it() -> None:
    of, seen = stuck(), []
    while found := expire(of, later(), stamp(NOW + 15 * DAY)):
        for event in found[1]:
            of = then(of, event)
            seen.append((type(event), event.at - NOW))
    assert seen == [
        (OrderReminded, 7 * DAY), (OrderReminded, 13 * DAY), (OrderReminded, 14 * DAY - DAY / 12),
        (FinanceAlarmed, 14 * DAY), (FinanceAlarmed, 15 * DAY),
    ]  # fmt: skip
    assert [d.what for d in of.deadlines] == ["finance"]
    assert isinstance(ask(of, BUYER, CHOICE, NOW + 15 * DAY), Accepted), "late is not too late"


@pytest.mark.parametrize(
    "of",
    [
        with_refund(refund()),
        with_refund(refund(state="failed", reason="declined")),
        with_refund(refund(state="failed", reason="expired_card"), refund(2, retry_of=R1)),
        with_refund(refund(state="failed", reason="expired_card", traced="arrived")),
    ],
    ids=["under way", "another reason", "in whose place there is another", "found"],
)
def test_only_what_is_stuck_goes_another_way(of: Order) -> None:
    assert rule(ask(of, BUYER, CHOICE)) == ("no_other_route", None)


def test_the_ways_are_the_packs_and_details_are_needed() -> None:
    of = stuck()
    assert rule(ask(of, BUYER, ChooseRefundRoute(R1, "cash", "x"))) == ("unknown_route", "route")
    blank = ChooseRefundRoute(R1, "bank_transfer", "  ")
    assert rule(ask(of, BUYER, blank)) == ("text_missing", "details")
    other = with_refund(*of.refunds.values(), refund(2))
    assert rule(ask(other, BUYER, ChooseRefundRoute("A-1001-R2", "bank_transfer", "x"))) == (
        "no_other_route", None,
    )  # fmt: skip
    missing = ChooseRefundRoute("A-1001-R9", "bank_transfer", "x")
    assert rule(ask(of, BUYER, missing)) == ("unknown_refund", "refund")
    assert rule(ask(order(), BUYER, CHOICE)) == ("no_refund", None)
