"""How a refund was reckoned, line by line."""

from __future__ import annotations

from msgspec.structs import replace

from amends.entrypoints.views.working import LineWorkingView, working_of
from amends.kernel.money import Money
from amends.order.refunds import SHIPPING, plan_refund
from amends.order.state import Order
from tests.given import T0
from tests.money.test_partial_refunds import all_units, order_of, placed, recorded


def refunded(order: Order, amount: int) -> Order:
    everything = all_units(order)
    refund = plan_refund(order, amount, T0, lines=everything, with_shipping=True)
    assert refund is not None
    return recorded(order, refund)


def working(order: Order, refund: str) -> list[tuple[str, int, int, int]]:
    return [
        (line.line, line.paid.amount, line.before.amount, line.now.amount)
        for line in working_of(order, order.refunds[refund])
    ]


def dollars(amount: int) -> Money:
    return Money(amount, "USD")


def test_prices_discounts_and_tax_come_to_what_was_paid() -> None:
    # 10.00 off the order lies on the two lines with 9.23 and 0.77.
    order = placed(order_of("USD", [(3, 1999, 0, 480), (1, 500, 0, 0)], 5977, discount=1000))
    order = refunded(order, 5977)
    first, second = working_of(order, order.refunds["A-1-R1"])
    assert first == LineWorkingView(
        line="1", quantity=3, price=dollars(5997), discount=dollars(923), tax=dollars(480),
        tax_included=False, paid=dollars(5554), before=dollars(0), now=dollars(5554),
    )  # fmt: skip
    assert (second.price.amount, second.discount.amount, second.paid.amount) == (500, 77, 423)
    assert not second.tax_included  # there is none


def test_tax_in_the_price_is_said_to_be_in_it() -> None:
    order = placed(order_of("EUR", [(1, 1190, 0, 190)], 1190, tax_included=True))
    order = refunded(order, 100)
    (line,) = working_of(order, order.refunds["A-1-R1"])
    assert (line.tax_included, line.tax.amount, line.paid.amount) == (True, 190, 1190)


def test_each_refund_says_what_went_before_it_and_not_what_came_after() -> None:
    order = placed(order_of("KWD", [(2, 1250, 0, 0)], 2833, postage=333))
    order = refunded(refunded(order, 1000), 1833)
    assert working(order, "A-1-R1") == [("1", 2500, 0, 882), (SHIPPING, 333, 0, 118)]
    assert working(order, "A-1-R2") == [("1", 2500, 882, 1618), (SHIPPING, 333, 118, 215)]


def test_what_failed_did_not_go_back() -> None:
    order = refunded(placed(order_of("JPY", [(3, 1000, 1, 0)], 2999)), 500)
    failed = replace(order.refunds["A-1-R1"], state="failed")
    order = refunded(replace(order, refunds={"A-1-R1": failed}), 500)
    assert working(order, "A-1-R2") == [("1", 2999, 0, 500)]


def test_lines_of_which_nothing_goes_back_are_left_out() -> None:
    order = placed(order_of("USD", [(1, 700, 0, 0), (1, 300, 0, 0)], 1100, postage=100))
    refund = plan_refund(order, 50, T0, lines={"2": 1})
    assert refund is not None
    assert working(recorded(order, refund), refund.id) == [("2", 300, 0, 50)]
