"""Shipping: what is left, when it left, whose number it is, and the protection that follows."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from amends.kernel.people import Actor
from amends.order.decide.ship_order import ShipOrder
from amends.order.events.life import OrderPlaced, ParcelSent
from amends.order.state import Line, Order
from amends.order.units import LineQuantity
from tests.given import DAY, SECOND, SELLER, SHOP, T0, order, parcel, terms
from tests.order.asking import NOW, as_json, ask, events, may, only, refused, then

DHL = ShipOrder("DHL", "1234567890")


def two_lines() -> Order:
    lines = (Line("1", 2, 80_000, 160_000), Line("2", 3, 100, 300))
    return order(lines=lines, captured=160_300)


def test_all_that_is_left_goes_when_no_lines_are_named() -> None:
    sent = only(ask(order(), SELLER, DHL), ParcelSent)
    assert sent.at == NOW
    assert sent.parcel == parcel(NOW)
    assert then(order(), sent).status == "shipped"


def test_a_part_goes_and_the_rest_is_left() -> None:
    part = ShipOrder("DHL", "1", (LineQuantity("2", 2),))
    bought = two_lines()
    after = then(bought, only(ask(bought, SHOP, part), ParcelSent))
    assert after.status == "partly_shipped"
    rest = only(ask(after, SHOP, ShipOrder("DHL", "2")), ParcelSent).parcel
    assert (rest.id, rest.lines) == ("S2", {"1": 2, "2": 1})
    assert after.deadlines == (), "while units are left the protection has no end"


@pytest.mark.parametrize(("units", "left"), [(3, 2), (2, 2), (4, 0)])
def test_no_more_goes_than_is_left(units: int, left: int) -> None:
    bought = two_lines()
    if left == 2:
        bought = then(bought, ParcelSent(at=T0, parcel=parcel(lines={"2": 1})))
    elif left == 0:
        bought = then(bought, ParcelSent(at=T0, parcel=parcel(lines={"2": 3})))
        units = 1
    outcome = ask(bought, SHOP, ShipOrder("DHL", "9", (LineQuantity("2", units),)))
    if units <= left:
        assert events(outcome)
    else:
        assert refused(outcome) == ("more_than_left_to_ship", "conflict", "lines")


def test_lines_are_looked_up() -> None:
    outcome = ask(order(), SHOP, ShipOrder("DHL", "9", (LineQuantity("7", 1),)))
    assert refused(outcome) == ("unknown_line", "invalid", "lines")


@pytest.mark.parametrize(
    ("changes", "rule"),
    [({"cancelled_at": T0}, "order_cancelled"), ({"parcels": (parcel(),)}, "nothing_left_to_ship")],
)
def test_there_has_to_be_something_to_ship(changes: dict[str, Any], rule: str) -> None:
    no = may(order(**changes), SELLER, ShipOrder)
    assert no is not None
    assert no.rule == rule


def test_the_protection_ends_by_the_carriers_days() -> None:
    ends = only(ask(order(), SELLER, DHL), ParcelSent).protection
    assert ends is not None
    assert (ends.what, ends.turn, ends.at) == ("protection", "buyer", NOW + 23 * DAY)
    assert (ends.since, ends.rule) == (NOW, terms().carrier_days("DHL").rule)
    assert ends.reminders == (NOW + 11.5 * DAY, NOW + 22 * DAY, NOW + 23 * DAY - DAY / 12)


def test_it_may_have_left_before_now() -> None:
    moscow = datetime(2026, 3, 2, 13, 0, tzinfo=timezone(timedelta(hours=3)))
    sent = only(ask(order(), SHOP, ShipOrder("DHL", "1", at=moscow)), ParcelSent)
    assert sent.at == sent.parcel.shipped_at == T0 + DAY
    assert sent.at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("at", "rule"),
    [(T0 - SECOND, "before_the_order"), (T0, None), (NOW, None), (NOW + SECOND, "in_the_future")],
)
def test_it_left_between_the_placing_and_now(at: datetime, rule: str | None) -> None:
    outcome = ask(order(), SHOP, ShipOrder("DHL", "1", at=at))
    if rule is None:
        assert events(outcome)
    else:
        assert refused(outcome) == (rule, "invalid", "at")


@pytest.mark.parametrize(
    ("now", "by", "fine"),
    [
        (T0 + 23 * DAY - SECOND, SELLER, True),
        (T0 + 23 * DAY, SELLER, False),
        (T0 + 23 * DAY, SHOP, True),
    ],
)
def test_a_seller_cannot_date_a_parcel_back_past_the_buyers_window(
    now: datetime, by: Actor, *, fine: bool
) -> None:
    outcome = ask(order(), by, ShipOrder("DHL", "1", at=T0), now)
    if fine:
        assert events(outcome)
    else:
        assert refused(outcome) == ("window_would_be_over", "conflict", "at")


def test_a_seller_may_ship_late_when_protection_has_no_end_yet() -> None:
    part = ShipOrder("DHL", "1", (LineQuantity("1", 1),), at=T0)
    assert events(ask(order(), SELLER, part, T0 + 90 * DAY))


def test_a_mistyped_number_is_told_to_a_person_who_may_insist() -> None:
    wrong = ShipOrder("DHL", "1", number_check="invalid")
    assert refused(ask(order(), SELLER, wrong)) == (
        "tracking_number_wrong", "invalid", "tracking_number",
    )  # fmt: skip
    insisted = ShipOrder("DHL", "1", number_check="invalid", insist=True)
    assert only(ask(order(), SELLER, insisted), ParcelSent).parcel.check == "invalid"


@pytest.mark.parametrize("check", ["valid", "invalid", "unchecked"])
def test_what_a_server_sends_is_kept_and_marked(check: str) -> None:
    told = as_json(ShipOrder, carrier="DHL", tracking_number="1", number_check=check)
    assert only(ask(order(), SHOP, told), ParcelSent).parcel.check == check


def test_units_that_travel_together_may_be_put_in_one_by_one() -> None:
    bought = then(order(), ParcelSent(at=T0, parcel=parcel(lines={"1": 1}, tracking_number="ab-1")))
    assert only(ask(bought, SELLER, ShipOrder("DHL", " AB 1 ")), ParcelSent).parcel.id == "S2"


def test_the_number_of_a_return_is_not_the_orders() -> None:
    back = parcel(lines={"1": 1}, tracking_number="ab-1", kind="return")
    bought = then(order(), ParcelSent(at=T0, parcel=back))
    assert refused(ask(bought, SELLER, ShipOrder("DHL", " AB 1 "))) == (
        "tracking_number_used", "conflict", "tracking_number",
    )  # fmt: skip


def test_parcels_need_no_number() -> None:
    bought = then(order(), ParcelSent(at=T0, parcel=parcel(lines={"1": 1}, tracking_number="")))
    assert only(ask(bought, SELLER, ShipOrder(" Anna's Post ")), ParcelSent).parcel.carrier == (
        "Anna's Post"
    )


def test_a_carrier_has_a_name() -> None:
    assert refused(ask(order(), SELLER, ShipOrder("  ", "1"))) == (
        "text_missing", "invalid", "carrier",
    )  # fmt: skip


def test_after_the_protection_has_ended_there_is_no_clock() -> None:
    received = order(received_at=T0, protection_ended_at=T0 + 15 * DAY)
    sent = only(ask(received, SHOP, DHL, T0 + 20 * DAY), ParcelSent)
    assert sent.protection is None


def test_a_placed_order_is_what_the_event_holds() -> None:
    assert OrderPlaced(at=T0, order=order()).on(two_lines()) == order()
