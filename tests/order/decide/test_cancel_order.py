"""Calling an order off: all of the money goes back, as long as nothing else has begun."""

from __future__ import annotations

from typing import Any

import pytest

from amends.order.decide.cancel_order import CancelOrder
from amends.order.events.life import OrderCancelled
from amends.order.events.money import RefundRecorded
from amends.order.state import Chargeback, Line
from tests.given import DAY, SHOP, T0, order, parcel, terms
from tests.order.asking import NOW, ask, claim, events, refund, refused, then, with_refund


def test_an_order_that_never_shipped_is_refunded_whole() -> None:
    lines = (Line("1", 2, 80_000, 160_000), Line("2", 1, 3, 3))
    bought = order(lines=lines, shipping_paid=900, captured=160_903)
    cancelled, recorded = events(ask(bought, SHOP, CancelOrder()))
    assert cancelled == OrderCancelled(at=NOW)
    assert isinstance(recorded, RefundRecorded)
    assert recorded.refund.amount == 160_903
    assert recorded.refund.lines == {"1": 160_000, "2": 3, "shipping": 900}
    assert recorded.refund.funded_by == "seller"
    after = then(bought, cancelled, recorded)
    assert (after.status, after.refundable) == ("cancelled", 0)


def test_finance_is_told_when_the_refund_takes_too_long() -> None:
    _, recorded = events(ask(order(), SHOP, CancelOrder()))
    assert isinstance(recorded, RefundRecorded)
    overdue = recorded.overdue
    assert overdue is not None
    assert (overdue.what, overdue.subject) == ("finance", "A-1001-R1")
    assert overdue.at == NOW + terms().refunds.settled_within.span


def test_what_went_back_before_does_not_go_back_again() -> None:
    bought = with_refund(refund(amount=60_000, lines={"1": 60_000}))
    _, recorded = events(ask(bought, SHOP, CancelOrder()))
    assert isinstance(recorded, RefundRecorded)
    assert (recorded.refund.id, recorded.refund.amount) == ("A-1001-R2", 100_000)


def test_without_money_it_is_only_cancelled() -> None:
    assert events(ask(order(captured=0), SHOP, CancelOrder())) == (OrderCancelled(at=NOW),)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"cancelled_at": T0}, "order_cancelled"),
        ({"parcels": (parcel(),)}, "already_shipped"),
        ({"received_at": T0 + DAY}, "already_received"),
        ({"claims": claim()}, "dispute_open"),
        ({"chargebacks": {"cb": Chargeback("cb", 1, T0)}}, "chargeback_open"),
    ],
)
def test_what_has_begun_is_not_called_off(changes: dict[str, Any], rule: str) -> None:
    assert refused(ask(order(**changes), SHOP, CancelOrder())) == (rule, "conflict", None)


def test_a_dispute_and_a_chargeback_that_ended_do_not_stand_in_the_way() -> None:
    ended = order(
        claims=claim(open=False, outcome="cancelled"),
        chargebacks={"cb": Chargeback("cb", 60_000, T0, outcome="lost")},
    )
    _, recorded = events(ask(ended, SHOP, CancelOrder()))
    assert isinstance(recorded, RefundRecorded)
    assert recorded.refund.amount == 100_000
