"""Planning refunds: exact to the minor unit, and never more than was paid for order and line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.kernel.decision import Refused
from amends.kernel.money import Money, allocate
from amends.order.events.money import RefundRecorded
from amends.order.pricing import Bill, price
from amends.order.purchase import OrderLine
from amends.order.refunds import (
    SHIPPING,
    awardable,
    bounded_amount,
    is_whole_order,
    left_of_line,
    plan_refund,
)
from amends.order.state import Chargeback, Line, Order
from tests.given import T0, order
from tests.order.asking import NOW, refund, with_refund

ALL = {"1": 2}


def test_what_was_paid_for_units_leaves_no_minor_unit_out() -> None:
    line = Line("1", 3, 34, 101)
    assert [line.paid_for(n) for n in range(4)] == [0, 34, 68, 101]


def test_postage_counts_only_for_the_whole_order() -> None:
    of = order(shipping_paid=500, captured=160_500)
    assert awardable(of, ALL) == 160_500
    assert awardable(of, {"1": 1}) == 80_000
    assert is_whole_order(of, ALL)
    assert not is_whole_order(of, {"1": 1})


def test_no_more_can_be_claimed_than_is_left() -> None:
    of = with_refund(refund(amount=100_000, lines={"1": 100_000}))
    assert awardable(of, ALL) == 60_000
    assert left_of_line(of, "1", 1) == 60_000
    assert awardable(order(captured=50), ALL) == 50


def test_an_unknown_line_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no line 9"):
        left_of_line(order(), "9", 1)


@pytest.mark.parametrize(("outcome", "most"), [("", 160_000), ("lost", 60_000), ("won", 160_000)])
def test_what_a_bank_has_yet_to_decide_can_be_awarded(outcome: str, most: int) -> None:
    taken = Chargeback("cb", 100_000, T0)
    if outcome:
        taken = Chargeback("cb", 100_000, T0, outcome="won" if outcome == "won" else "lost")
    assert awardable(order(chargebacks={"cb": taken}), ALL) == most


def test_a_refund_is_spread_by_what_is_left_of_each_line() -> None:
    lines = (Line("1", 1, 100, 100), Line("2", 1, 200, 200))
    of = order(lines=lines, captured=301, shipping_paid=1)
    planned = plan_refund(of, 100, NOW, lines={"1": 1, "2": 1})
    assert planned is not None
    assert planned.lines == {"1": 33, "2": 67}
    whole = plan_refund(of, 301, NOW, lines={"1": 1, "2": 1}, with_shipping=True)
    assert whole is not None
    assert whole.lines == {"1": 100, "2": 200, SHIPPING: 1}


def test_a_ruling_by_line_bounds_each_share() -> None:
    lines = (Line("1", 1, 100, 100), Line("2", 1, 200, 200))
    of = order(lines=lines, captured=300)
    planned = plan_refund(of, 300, NOW, lines={"1": 1, "2": 1}, by_line={"1": 40})
    assert planned is not None
    assert (planned.amount, planned.lines) == (40, {"1": 40})


def test_a_refund_of_nothing_is_none() -> None:
    assert plan_refund(order(), 0, NOW, lines=ALL) is None
    assert plan_refund(order(captured=0), 5, NOW, lines=ALL) is None


@pytest.mark.parametrize(
    ("amount", "currency", "rule"),
    [
        (9, "RUB", "amount_too_small"),
        (10, "RUB", None),
        (20, "RUB", None),
        (21, "RUB", "amount_too_large"),
        (15, "USD", "other_currency"),
    ],
)
def test_an_amount_is_bounded(amount: int, currency: str, rule: str | None) -> None:
    outcome = bounded_amount(order(), Money(amount, currency), 20, least=10, field="fee")
    if rule is None:
        assert outcome == amount
    else:
        assert isinstance(outcome, Refused)
        assert (outcome.rule, outcome.kind, outcome.field) == (rule, "invalid", "fee")


# Amounts that divide badly, in sizes from nothing to large.
minor = st.one_of(st.integers(0, 50), st.integers(0, 10**9))


@st.composite
def bills(draw: st.DrawFn) -> Bill:
    """Orders as a marketplace bills them."""
    included = draw(st.booleans())
    lines = []
    for number in range(draw(st.integers(1, 6))):
        quantity, unit_price = draw(st.integers(1, 9)), draw(minor)
        cost = quantity * unit_price
        discount = draw(st.integers(0, cost))
        tax = draw(st.integers(0, cost - discount))
        lines.append(
            OrderLine(
                id=str(number),
                title="x",
                quantity=quantity,
                unit_price=Money(unit_price, "JPY"),
                discount=Money(discount, "JPY"),
                tax=Money(tax, "JPY"),
            )
        )
    net = sum(
        line.quantity * line.unit_price.amount - (line.discount.amount if line.discount else 0)
        for line in lines
    )
    discount = draw(st.integers(0, net))
    shipping = draw(minor)
    tax = 0 if included else sum(line.tax.amount for line in lines if line.tax)
    captured = net - discount + tax + shipping
    return Bill(
        currency="JPY",
        lines=lines,
        captured=Money(captured, "JPY"),
        shipping=Money(shipping, "JPY"),
        discount=Money(discount, "JPY"),
        tax_included=included,
    )


def ordered(bill: Bill) -> Order:
    """The order such a bill makes."""
    priced = price(bill)
    assert not isinstance(priced, Refused)
    return order(
        currency="JPY",
        lines=priced.lines,
        shipping_paid=priced.shipping,
        captured=priced.captured,
    )


@given(bill=bills())
def test_the_lines_sum_to_what_was_captured(bill: Bill) -> None:
    of = ordered(bill)
    assert sum(line.paid for line in of.lines) + of.shipping_paid == of.captured
    for line in of.lines:
        on_top = 0 if bill.tax_included else line.tax
        assert line.paid == line.quantity * line.unit_price - line.discount + on_top
        assert line.paid >= 0
        assert line.discount >= 0
    given_by_lines = sum(line.discount.amount for line in bill.lines if line.discount)
    whole = bill.discount.amount if bill.discount else 0
    assert sum(line.discount for line in of.lines) == given_by_lines + whole


@given(bill=bills())
def test_one_unit_more_than_the_sum_is_refused(bill: Bill) -> None:
    more = Bill(
        currency=bill.currency,
        lines=bill.lines,
        captured=Money(bill.captured.amount + 1, "JPY"),
        shipping=bill.shipping,
        discount=bill.discount,
        tax_included=bill.tax_included,
    )
    refused = price(more)
    assert isinstance(refused, Refused)
    assert refused.rule == "captured_more_than_sum"


def check_caps(of: Order) -> None:
    """No line and no order gives back more than was paid."""
    assert of.refunded <= of.captured
    for line in of.lines:
        assert of.refunded_of(line.id) <= line.paid
    assert of.refunded_of(SHIPPING) <= of.shipping_paid


@given(bill=bills(), data=st.data())
def test_a_whole_refund_in_any_number_of_parts_returns_exactly_what_was_paid(
    bill: Bill, data: st.DataObject
) -> None:
    of = ordered(bill)
    everything = {line.id: line.quantity for line in of.lines}
    for _ in range(data.draw(st.integers(0, 5))):
        part = data.draw(st.integers(1, max(1, of.refundable)))
        if planned := plan_refund(of, part, NOW, lines=everything, with_shipping=True):
            assert planned.amount == sum(planned.lines.values()) == part
            of = RefundRecorded(at=NOW, refund=planned).on(of)
            check_caps(of)
    rest = plan_refund(of, of.refundable, NOW, lines=everything, with_shipping=True)
    if rest:
        of = RefundRecorded(at=NOW, refund=rest).on(of)
    check_caps(of)
    assert of.refunded == of.captured
    for line in of.lines:
        assert of.refunded_of(line.id) == line.paid
    assert of.refunded_of(SHIPPING) == of.shipping_paid


@given(bill=bills(), data=st.data())
def test_refunds_of_any_units_in_any_order_never_pass_a_cap(
    bill: Bill, data: st.DataObject
) -> None:
    of = ordered(bill)
    of = order(
        currency="JPY", lines=of.lines, shipping_paid=of.shipping_paid,
        captured=data.draw(st.integers(0, of.captured)),
    )  # fmt: skip
    for _ in range(data.draw(st.integers(1, 6))):
        chosen = data.draw(st.lists(st.sampled_from(of.lines), min_size=1, unique=True))
        units = {line.id: data.draw(st.integers(1, line.quantity)) for line in chosen}
        amount = data.draw(st.one_of(st.just(10**12), st.integers(1, 10**6)))
        planned = plan_refund(of, amount, NOW, lines=units)
        paid = sum(left_of_line(of, line, number) for line, number in units.items())
        assert (planned.amount if planned else 0) == min(amount, paid, of.refundable)
        if planned:
            of = RefundRecorded(at=NOW, refund=planned).on(of)
        check_caps(of)


@given(weights=st.lists(minor, min_size=1, max_size=30), data=st.data())
def test_parts_sum_to_the_whole_and_none_passes_its_weight(
    weights: list[int], data: st.DataObject
) -> None:
    total = data.draw(st.integers(0, sum(weights)))
    parts = allocate(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert part >= 0
        if whole:
            assert part <= weight
            assert abs(part * whole - total * weight) < whole
