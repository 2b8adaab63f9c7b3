"""What other systems publish as the right answer for a refund, reckoned by ours.

The figures are those of Sylius's RefundPlugin (its ``features``) and of Solidus (its specs of
reimbursements, and of the default refund of a returned unit, which it has from Spree). Amounts are
in cents.

Two of them are read with care. Sylius follows each unit by itself and lays a cent that does not
divide on the last one; ours are alike, and it lies on the first. And of three swords at 33.68 less
1.89 an open scenario of Sylius's expects 99.14; it is 99.15.
"""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import Struct

from amends.order.refunds import SHIPPING, awardable, plan_refund
from amends.order.state import Order, Refund
from tests.given import T0
from tests.money.test_partial_refunds import all_units, order_of, placed, recorded


class Bought(Struct, frozen=True):
    """Lines are units, unit price, the line's discount and its tax."""

    lines: list[tuple[int, int, int, int]]
    paid: int
    more: dict[str, Any] = {}

    def order(self) -> Order:
        return placed(order_of("USD", self.lines, self.paid, **self.more))


def given_back(order: Order, amount: int, **what: Any) -> Refund:
    refund = plan_refund(order, amount, T0, **what)
    assert refund is not None
    return refund


def of_postage(order: Order, amount: int) -> Refund:
    """A refund of postage alone, as a ruling can set it."""
    everything = all_units(order)
    alone = {SHIPPING: amount}
    return given_back(order, amount, lines=everything, with_shipping=True, by_line=alone)


SHIRT, MUG = "1", "2"
TAX_ADDED = Bought([(1, 1000, 0, 100), (1, 2000, 0, 400)], 4650, {"postage": 1150})
TAX_INCLUDED = Bought(
    [(1, 1100, 0, 100), (1, 2400, 0, 400)], 4650, {"postage": 1150, "tax_included": True}
)
ONE_TAXED_AND_ONE_INCLUDED = Bought([(1, 1000, 0, 100), (1, 2100, 0, 0)], 4200, {"postage": 1000})
LESS_399 = Bought([(4, 1000, 0, 360)], 4961, {"discount": 399, "postage": 1000})


@pytest.mark.parametrize(
    ("bought", "units", "refunded"),
    [
        pytest.param(Bought([(2, 1000, 200, 0)], 1800), {"1": 1}, 900, id="sylius: 1 off each"),
        pytest.param(Bought([(2, 1000, 0, 200)], 2200), {"1": 1}, 1100, id="sylius: 10 % tax"),
        pytest.param(
            Bought([(2, 1000, 0, 0), (3, 10_000, 0, 0)], 32_000), {"1": 1, "2": 1}, 11_000,
            id="sylius: one of each",
        ),
        pytest.param(LESS_399, {"1": 4}, 4961, id="sylius: 3.99 off four, and postage"),
        pytest.param(TAX_ADDED, {"1": 1, "2": 1}, 4650, id="sylius: tax added"),
        pytest.param(TAX_INCLUDED, {"1": 1, "2": 1}, 4650, id="sylius: tax included"),
        pytest.param(ONE_TAXED_AND_ONE_INCLUDED, {"1": 1, "2": 1}, 4200, id="sylius: both"),
        pytest.param(
            Bought([(3, 3368, 0, 0)], 9915, {"discount": 189}), {"1": 3}, 9915,
            id="sylius: three swords less 1.89",
        ),
        pytest.param(Bought([(2, 10_000, 0, 0)], 20_000), {"1": 1}, 10_000, id="solidus: a half"),
        pytest.param(
            Bought([(2, 10_000, 0, 0)], 19_000, {"discount": 1000}), {"1": 1}, 9500,
            id="solidus: 10 off the order",
        ),
        pytest.param(
            Bought([(2, 10_000, 1000, 0)], 19_000), {"1": 1}, 9500, id="solidus: 10 off the line"
        ),
        pytest.param(
            Bought([(2, 10_000, 0, 0)], 25_000, {"postage": 5000}), {"1": 1}, 10_000,
            id="solidus: 50 off the postage is not the goods'",
        ),
        pytest.param(Bought([(1, 1000, 0, 100)], 1100), {"1": 1}, 1100, id="solidus: 10 % added"),
        pytest.param(
            Bought([(1, 1000, 0, 91)], 1000, {"tax_included": True}), {"1": 1}, 1000,
            id="solidus: 10 % included",
        ),
    ],
)  # fmt: skip
def test_whole_units(bought: Bought, units: dict[str, int], refunded: int) -> None:
    order = bought.order()
    assert awardable(order, units) == refunded
    whole = units == all_units(order)
    assert given_back(order, 99_999, lines=units, with_shipping=whole).amount == refunded


def test_a_discount_that_does_not_divide_over_units() -> None:
    # Three shirts at 9.90 and one at 9.91.
    order = LESS_399.order()
    shirts = [order.lines[0].paid_for(n) - order.lines[0].paid_for(n - 1) for n in (1, 2, 3, 4)]
    assert sorted(shirts) == [990, 990, 990, 991]
    assert sum(shirts) == 3961


@pytest.mark.parametrize("bought", [TAX_ADDED, TAX_INCLUDED], ids=["added", "included"])
def test_each_line_of_a_credit_memo(bought: Bought) -> None:
    order = bought.order()
    whole = given_back(order, 4650, lines=all_units(order), with_shipping=True)
    assert whole.lines == {SHIRT: 1100, MUG: 2400, SHIPPING: 1150}
    assert given_back(order, 550, lines={SHIRT: 1}).lines == {SHIRT: 550}
    assert of_postage(order, 575).lines == {SHIPPING: 575}


class TestAPartBefore:
    """Sylius: two shirts at 10.00, 23 % tax, 20.00 postage. Its shirts are lines of their own here,
    since it follows each by itself."""

    def order(self, refund: int) -> Order:
        one = (1, 1000, 0, 230)
        order = Bought([one, one], 4460, {"postage": 2000}).order()
        return recorded(order, given_back(order, refund, lines={"1": 1}))

    def test_of_a_unit(self) -> None:
        assert self.order(800).refunded_of("1") == 800

    def test_and_the_rest_of_the_unit(self) -> None:
        order = self.order(500)
        rest = given_back(order, awardable(order, {"1": 1}), lines={"1": 1})
        assert recorded(order, rest).refunded == 1230

    def test_and_the_rest_of_the_order(self) -> None:
        order = self.order(500)
        everything = all_units(order)
        rest = given_back(order, awardable(order, everything), lines=everything, with_shipping=True)
        assert recorded(order, rest).refunded == 4460

    def test_and_more_than_the_rest_of_the_unit(self) -> None:
        assert awardable(self.order(500), {"1": 1}) < 1000

    @pytest.mark.parametrize(("asked", "in_all"), [(300, 800), (1500, 2000), (1800, 2000)])
    def test_of_the_postage(self, asked: int, in_all: int) -> None:
        order = Bought([(2, 1000, 0, 0)], 4000, {"postage": 2000}).order()
        order = recorded(order, of_postage(order, 500))
        assert recorded(order, of_postage(order, asked)).refunded == in_all


def test_what_was_refunded_otherwise_is_not_refunded_with_the_return() -> None:
    """Solidus: of 10.00 went 1.00 before; it cannot reimburse the whole, and neither can we."""
    order = Bought([(1, 1000, 0, 0)], 1000).order()
    order = recorded(order, given_back(order, 100, lines={"1": 1}))
    assert awardable(order, {"1": 1}) == 900


def test_half_of_the_postage_with_its_tax() -> None:
    """Sylius: 10.00 at half the price and 23 % is 6.15; postage is put in with its tax."""
    order = Bought([(1, 1000, 0, 0)], 1615, {"postage": 615}).order()
    postage = of_postage(order, 615)
    assert postage.lines == {SHIPPING: 615}
    assert awardable(recorded(order, postage), {"1": 1}) == 1000
