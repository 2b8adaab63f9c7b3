"""Amending: address, dates, and units that become another order's."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.order.decide.amend_order import AmendOrder, Split
from amends.order.events.life import OrderAmended, ParcelSent
from amends.order.splitting import captured_without, lines_without
from amends.order.state import Chargeback, Line, Order
from amends.order.units import LineQuantity
from tests.given import DAY, SECOND, SHOP, T0, order, parcel
from tests.order.asking import (
    NOW,
    as_json,
    ask,
    claim,
    contents,
    events,
    only,
    refund,
    refused,
    then,
    with_refund,
)

SHIRT, SOCKS = Line("1", 2, 80_000, 160_000), Line("2", 3, 100, 299, discount=1)


def two_lines(**changes: Any) -> Order:
    return order(**{"lines": (SHIRT, SOCKS), "shipping_paid": 701, "captured": 161_000, **changes})


def split(*lines: tuple[str, int], into: str = "A-1002") -> AmendOrder:
    return AmendOrder(split=Split(into, tuple(LineQuantity(*line) for line in lines)))


def test_an_address_is_the_buyers_and_kept_apart() -> None:
    told = as_json(AmendOrder, address={"street": " Main 1 ", "city": "Riga", "region": " "})
    outcome = ask(order(), SHOP, told)
    amended = only(outcome, OrderAmended)
    (address,) = contents(outcome)
    assert (amended.address_ref, address.owner) == (address.ref, "b1")
    assert msgspec.json.decode(address.text) == {"street": "Main 1", "city": "Riga"}
    assert then(order(), amended) == order()


@pytest.mark.parametrize("address", [{}, {"street": "x" * 301}, {"Street": "x"}, {"a": "b\n"}])
def test_an_address_is_made_of_named_parts(address: dict[str, str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        as_json(AmendOrder, address=address)


def test_an_address_says_something() -> None:
    outcome = ask(order(), SHOP, AmendOrder(address={"street": " "}))
    assert refused(outcome) == ("address_missing", "invalid", "address")


@pytest.mark.parametrize(("lines", "fine"), [({"1": 1}, True), ({"1": 2}, False)])
def test_the_address_matters_while_anything_is_left_to_ship(
    lines: dict[str, int], *, fine: bool
) -> None:
    of = order(parcels=(parcel(lines=lines),))
    outcome = ask(of, SHOP, AmendOrder(address={"street": "Main 1"}))
    if fine:
        assert events(outcome)
    else:
        assert refused(outcome) == ("already_shipped", "conflict", "address")


def test_dates_move_and_the_protection_with_them() -> None:
    of = order(parcels=(parcel(carrier="Owl Post"),))
    moscow = datetime(2026, 4, 6, 13, 0, tzinfo=timezone(timedelta(hours=3)))
    amended = only(ask(of, SHOP, AmendOrder(ship_by=T0, promised_by=moscow)), OrderAmended)
    after = then(of, amended)
    assert (after.ship_by, after.promised_by) == (T0, T0 + 36 * DAY)
    assert [d.at for d in after.deadlines] == [T0 + 51 * DAY]
    assert after.lines == of.lines


def test_what_is_left_out_stays() -> None:
    after = then(order(), only(ask(order(), SHOP, AmendOrder(promised_by=NOW)), OrderAmended))
    assert (after.ship_by, after.promised_by) == (order().ship_by, NOW)


@pytest.mark.parametrize("field", ["ship_by", "promised_by"])
@pytest.mark.parametrize(
    ("at", "rule"),
    [
        (T0 - SECOND, "before_the_order"),
        (T0, None),
        (T0 + 1826 * DAY, None),
        (T0 + 1826 * DAY + SECOND, "date_too_far"),
    ],
)
def test_dates_lie_within_five_years_of_the_order(
    field: str, at: datetime, rule: str | None
) -> None:
    told = AmendOrder(ship_by=at) if field == "ship_by" else AmendOrder(promised_by=at)
    outcome = ask(order(), SHOP, told)
    if rule is None:
        assert events(outcome)
    else:
        assert refused(outcome) == (rule, "invalid", field)


@pytest.mark.parametrize(("days", "fine"), [(3, False), (4, True)])
def test_the_protection_does_not_end_by_an_amendment(days: int, *, fine: bool) -> None:
    # By this carrier it ends 15 days after the promised date: with 4 days of it a day from now.
    of = order(parcels=(parcel(carrier="Owl Post"),))
    outcome = ask(of, SHOP, AmendOrder(promised_by=T0 + days * DAY), T0 + 18 * DAY)
    if fine:
        assert events(outcome)
    else:
        assert refused(outcome)[0] == "window_would_be_over"


def test_units_go_with_their_share_of_what_was_captured() -> None:
    of = two_lines()
    amended = only(ask(of, SHOP, split(("1", 1), ("2", 3))), OrderAmended)
    assert amended.split_into == "A-1002"
    after = then(of, amended)
    assert after.lines == (Line("1", 1, 80_000, 80_000),)
    # Sent along: 80,000 for a shirt and 299 for the socks; the postage stays.
    assert after.captured == 161_000 - 80_299


def test_a_part_that_was_captured_is_shared_in_proportion() -> None:
    of = two_lines(captured=80_500)
    assert then(of, *events(ask(of, SHOP, split(("1", 1))))).captured == 40_500


def test_with_the_last_unshipped_unit_gone_the_protection_has_an_end() -> None:
    of = then(two_lines(), ParcelSent(at=T0, parcel=parcel(T0, lines={"1": 2})))
    assert of.deadlines == ()
    after = then(of, *events(ask(of, SHOP, split(("2", 3)))))
    assert [d.at for d in after.deadlines] == [T0 + 23 * DAY]


@pytest.mark.parametrize(
    ("of", "told", "expected"),
    [
        (two_lines(), split(("1", 1), into="A-1001"), ("split_into_itself", "invalid",
                                                       "split.into")),
        (two_lines(), split(("9", 1)), ("unknown_line", "invalid", "split.lines")),
        (two_lines(), split(("1", 3)), ("more_than_bought", "invalid", "split.lines")),
        (two_lines(), split(("1", 1), ("1", 1)), ("line_named_twice", "invalid", "split.lines")),
        (two_lines(), split(("1", 2), ("2", 3)), ("nothing_would_remain", "conflict",
                                                  "split.lines")),
        (two_lines(parcels=(parcel(lines={"2": 2}),)), split(("2", 2)),
         ("already_shipped", "conflict", "split.lines")),
        (two_lines(claims=claim(open=False)), split(("1", 1)),
         ("line_disputed", "conflict", "split.lines")),
        (with_refund(refund()), split(("1", 1)), ("money_has_moved", "conflict", "split")),
        (two_lines(chargebacks={"cb": Chargeback("cb", 1, T0)}), split(("1", 1)),
         ("money_has_moved", "conflict", "split")),
        (order(), AmendOrder(), ("nothing_to_amend", "invalid", None)),
        (order(cancelled_at=T0), split(("1", 1)), ("order_cancelled", "conflict", None)),
        (order(protection_ended_at=T0), split(("1", 1)), ("protection_ended", "conflict", None)),
    ],
)  # fmt: skip
def test_what_cannot_be_amended(of: Order, told: AmendOrder, expected: tuple[Any, ...]) -> None:
    assert refused(ask(of, SHOP, told)) == expected


def test_unshipped_units_of_a_line_beside_a_disputed_one_can_go() -> None:
    of = two_lines(claims=claim(), parcels=(parcel(lines={"2": 2}),))
    assert events(ask(of, SHOP, split(("2", 1))))


amounts = st.integers(min_value=0, max_value=10**12)


@given(
    quantity=st.integers(2, 50),
    unit_price=amounts,
    discount=amounts,
    tax=amounts,
    included=st.booleans(),
    data=st.data(),
)
def test_a_split_line_and_its_rest_are_the_line(
    quantity: int, unit_price: int, discount: int, tax: int, data: st.DataObject, *, included: bool
) -> None:
    price = quantity * unit_price
    discount = min(discount, price)
    tax = min(tax, price - discount) if included else tax
    paid = price - discount + (0 if included else tax)
    line = Line("1", quantity, unit_price, paid, discount=discount, tax=tax)
    moved = data.draw(st.integers(1, quantity - 1))
    of = order(lines=(line,), captured=data.draw(st.integers(0, paid)), shipping_paid=0)
    (kept,) = lines_without(of, {"1": moved})
    assert kept.quantity == quantity - moved
    assert 0 <= kept.discount <= discount
    assert 0 <= kept.tax <= tax
    assert 0 <= kept.paid <= paid
    on_top = kept.tax if not included else 0
    if tax:
        assert kept.unit_price * kept.quantity - kept.discount + on_top == kept.paid
    assert 0 <= captured_without(of, (kept,)) <= of.captured
    if of.captured == paid:
        assert captured_without(of, (kept,)) == kept.paid
