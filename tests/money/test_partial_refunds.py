"""Refunds of a part, to the minor unit: reckoned by hand for currencies of 0, 2 and 3 decimals, and
two thousand orders at random in which nothing may be lost or made."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from amends.kernel.decision import Accepted
from amends.order.decide import place
from amends.order.decide.place_order import PlaceOrder
from amends.order.events.life import OrderPlaced
from amends.order.events.money import RefundRecorded
from amends.order.refunds import SHIPPING, awardable, plan_refund
from amends.order.state import Order, Refund
from tests.given import SHOP, T0, stamp, terms

_RANDOM_ORDERS = 2_000
_AT_ONCE = 250


def placed(body: dict[str, Any]) -> Order:
    """The order as the command makes it of prices, discounts, tax and postage."""
    command = msgspec.convert(body, PlaceOrder)
    outcome = place(None, "A-1", command, SHOP, terms(), stamp(T0))
    assert isinstance(outcome, Accepted), outcome
    (event,) = outcome.events
    assert isinstance(event, OrderPlaced)
    return event.order


def order_of(
    currency: str, lines: list[tuple[int, int, int, int]], captured: int, **more: Any
) -> dict[str, Any]:
    """Lines are units, unit price, discount and tax; all money is given in minor units."""

    def money(amount: int) -> dict[str, Any]:
        return {"amount": amount, "currency": currency}

    postage = more.pop("postage", 0)
    discount = more.pop("discount", 0)
    return {
        "type": "place_order", "placed_at": T0, "currency": currency,
        "buyer": {"id": "b1"}, "seller": {"id": "s1"},
        "lines": [
            {"id": str(i), "title": "Cup", "quantity": units, "unit_price": money(price),
             "discount": money(off), "tax": money(tax)}
            for i, (units, price, off, tax) in enumerate(lines, 1)
        ],
        "discount": money(discount), "shipping": {"price": money(postage)},
        "payment": {"provider": "simulator", "reference": "pay_1", "captured": money(captured)},
        **more,
    }  # fmt: skip


def recorded(order: Order, refund: Refund) -> Order:
    return RefundRecorded(at=T0, refund=refund).on(order)


def all_units(order: Order) -> dict[str, int]:
    return {line.id: line.quantity for line in order.lines}


def test_dollars_with_a_discount_on_the_order_and_tax_on_a_line() -> None:
    # 3 x 19.99 and 1 x 5.00, 10.00 off all of it, 4.80 tax on the first.
    # 1000 by 5997:500 is 923.04 and 76.96: 923 and 77. Paid: 5997-923+480 and 500-77.
    order = placed(order_of("USD", [(3, 1999, 0, 480), (1, 500, 0, 0)], 5977, discount=1000))
    assert [line.paid for line in order.lines] == [5554, 423]
    # 5554 in three units: 1851 and one over, which lies on the first.
    assert [order.lines[0].paid_for(n) for n in (1, 2, 3)] == [1852, 3703, 5554]
    # 1000 by 5554:423 is 929.23 and 70.77.
    first = plan_refund(order, 1000, T0, lines=all_units(order))
    assert first is not None
    assert first.lines == {"1": 929, "2": 71}
    rest = plan_refund(recorded(order, first), 99_999, T0, lines=all_units(order))
    assert rest is not None
    assert (rest.amount, rest.lines) == (4977, {"1": 4625, "2": 352})


def test_yen_have_nothing_smaller() -> None:
    # 3 x 1000 less 1: 2999 is 999 three times and 2 over.
    order = placed(order_of("JPY", [(3, 1000, 1, 0)], 2999))
    assert [order.lines[0].paid_for(n) for n in (1, 2, 3)] == [1000, 2000, 2999]
    parts = []
    while asked := awardable(order, {"1": 1}):
        refund = plan_refund(order, asked, T0, lines={"1": 1})
        assert refund is not None
        order = recorded(order, refund)
        parts.append(refund.amount)
    assert parts == [1000, 1000, 999]


def test_dinars_have_a_thousand_parts() -> None:
    # 2 x 1.250 and 0.333 postage. 1000 by 2500:333 is 882.46 and 117.54.
    order = placed(order_of("KWD", [(2, 1250, 0, 0)], 2833, postage=333))
    part = plan_refund(order, 1000, T0, lines={"1": 2}, with_shipping=True)
    assert part is not None
    assert part.lines == {"1": 882, SHIPPING: 118}
    rest = plan_refund(recorded(order, part), 1833, T0, lines={"1": 2}, with_shipping=True)
    assert rest is not None
    assert rest.lines == {"1": 1618, SHIPPING: 215}


def test_tax_that_the_price_holds_is_not_paid_twice() -> None:
    order = placed(order_of("EUR", [(1, 1190, 0, 190)], 1190, tax_included=True))
    assert (order.lines[0].paid, awardable(order, {"1": 1})) == (1190, 1190)


def test_a_share_that_was_captured_bounds_what_lines_would_give() -> None:
    order = placed(order_of("USD", [(1, 700, 0, 0), (1, 300, 0, 0)], 500))
    first = plan_refund(order, 700, T0, lines={"1": 1})
    assert first is not None
    assert first.lines == {"1": 500}
    assert plan_refund(recorded(order, first), 300, T0, lines={"2": 1}) is None


def at_random(dice: random.Random) -> Order:
    """Any order there can be, within reason."""
    currency = dice.choice(("JPY", "USD", "KWD", "RUB", "EUR"))
    most = dice.choice((3, 100, 99_999))
    lines = []
    for _ in range(dice.randint(1, 5)):
        units, price = dice.randint(1, 4), dice.randint(0, most)
        off = dice.randint(0, units * price) if dice.random() < 0.5 else 0
        tax = dice.randint(0, units * price - off) if dice.random() < 0.5 else 0
        lines.append((units, price, off, tax))
    included = dice.random() < 0.5
    goods = sum(units * price - off for units, price, off, _ in lines)
    discount = dice.randint(0, goods) if dice.random() < 0.5 else 0
    # A discount on the order may leave less of a line than the tax in it.
    if included and discount:
        lines = [(units, price, off, 0) for units, price, off, _ in lines]
    postage = dice.randint(0, most)
    tax = 0 if included else sum(line[3] for line in lines)
    total = goods - discount + tax + postage
    captured = total if dice.random() < 0.8 else dice.randint(0, total)
    return placed(order_of(currency, lines, captured, discount=discount, postage=postage,
                           tax_included=included))  # fmt: skip


def adds_up(order: Order) -> None:
    """No line and no postage gives back more than was paid for it; the parts are the whole."""
    assert order.refunded + order.refundable == order.captured
    for key, paid in [*((line.id, line.paid) for line in order.lines),
                      (SHIPPING, order.shipping_paid)]:  # fmt: skip
        assert 0 <= order.refunded_of(key) <= paid
    keys = [*(line.id for line in order.lines), SHIPPING]
    assert sum(order.refunded_of(key) for key in keys) == order.refunded
    for refund in order.refunds.values():
        assert sum(refund.lines.values()) == refund.amount > 0


@pytest.mark.parametrize("first", range(0, _RANDOM_ORDERS, _AT_ONCE))
def test_nothing_is_lost_or_made(first: int) -> None:
    for seed in range(first, first + _AT_ONCE):
        dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
        order = at_random(dice)
        paid = sum(line.paid for line in order.lines) + order.shipping_paid
        for _ in range(dice.randint(0, 6)):
            order = _refunded_in_part(order, dice)
            adds_up(order)
        # The rest in any number of parts.
        while order.refundable:
            amount = dice.randint(1, order.refundable)
            refund = plan_refund(order, amount, T0, lines=all_units(order), with_shipping=True)
            assert refund is not None, seed
            assert refund.amount == amount, seed
            order = recorded(order, refund)
            adds_up(order)
        assert order.refunded == order.captured <= paid
        if order.captured == paid:
            assert all(order.refunded_of(line.id) == line.paid for line in order.lines)
            assert order.refunded_of(SHIPPING) == order.shipping_paid


def _refunded_in_part(order: Order, dice: random.Random) -> Order:
    """Some units, some amount of what is left of them; one in five does not go through."""
    chosen = dice.sample(order.lines, dice.randint(1, len(order.lines)))
    units = {line.id: dice.randint(1, line.quantity) for line in chosen}
    most = awardable(order, units)
    if not most:
        return order
    postage = units == all_units(order)
    asked = dice.randint(1, most)
    refund = plan_refund(order, asked, T0, lines=units, with_shipping=postage)
    assert refund is not None
    assert refund.amount == asked
    order = recorded(order, refund)
    if dice.random() < 0.2:
        failed = replace(refund, state="failed")
        order = replace(order, refunds={**order.refunds, refund.id: failed})
    return order
