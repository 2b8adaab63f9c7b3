"""What an order says of itself: status and sums, derived from what happened."""

from __future__ import annotations

from typing import Any

import pytest

from amends.order.events.life import OrderReminded, ParcelSent
from amends.order.events.money import FinanceAlarmed
from amends.order.protection import protection_clock
from amends.order.state import Chargeback, Line
from tests.given import DAY, SECOND, T0, order, parcel, terms
from tests.order.asking import refund, with_refund

LINES = (Line("1", 2, 80_000, 160_000), Line("2", 1, 1, 1))
FIRST = parcel(delivered_at=T0 + 2 * DAY)
SECOND_PARCEL = parcel(id="S2", lines={"2": 1})


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "placed"),
        ({"parcels": (parcel(kind="return"),)}, "placed"),
        ({"parcels": (FIRST,)}, "partly_shipped"),
        ({"parcels": (FIRST, SECOND_PARCEL)}, "shipped"),
        ({"parcels": (FIRST, parcel(id="S2", lines={"2": 1}, delivered_at=T0))}, "delivered"),
        ({"received_at": T0}, "received"),
        ({"received_at": T0, "released": 0}, "completed"),
        ({"cancelled_at": T0}, "cancelled"),
    ],
)
def test_the_status_follows_from_what_happened(changes: dict[str, Any], status: str) -> None:
    assert order(lines=LINES, **changes).status == status


def test_an_order_has_arrived_with_its_last_parcel() -> None:
    last = parcel(id="S2", lines={"2": 1}, delivered_at=T0 + 5 * DAY)
    assert order(lines=LINES, parcels=(FIRST, last)).delivered_at == T0 + 5 * DAY
    assert order(lines=LINES, parcels=(FIRST,)).delivered_at is None


def test_what_can_be_refunded_is_never_negative() -> None:
    taken = Chargeback("cb", 120_000, T0, outcome="lost")
    of = with_refund(refund(), chargebacks={"cb": taken})
    assert (of.refunded, of.taken_by_bank, of.refundable) == (80_000, 120_000, 0)


@pytest.mark.parametrize(
    ("state", "counts", "under_way"),
    [
        ("recorded", True, True),
        ("sent", True, True),
        ("pending", True, True),
        ("unknown", True, True),
        ("settled", True, False),
        ("failed", False, False),
        ("reversed", False, False),
    ],
)
def test_a_refund_counts_while_its_money_may_have_left(
    state: str, *, counts: bool, under_way: bool
) -> None:
    one = refund(state=state)
    assert (one.counts, one.under_way) == (counts, under_way)


def test_an_alarm_without_another_leaves_the_clocks_alone() -> None:
    of = with_refund(refund())
    assert FinanceAlarmed(at=T0, refund="A-1001-R1", because="x").on(of) == of


def test_a_return_on_its_way_leaves_the_protection_alone() -> None:
    clock = protection_clock(order(parcels=(parcel(),)), terms(), T0)
    assert clock is not None
    of = order(parcels=(parcel(),), deadlines=(clock,))
    back = parcel(id="S2", kind="return", dispute="A-1001-D1")
    assert ParcelSent(at=T0, parcel=back).on(of).deadlines == (clock,)


def test_a_reminder_of_another_step_changes_nothing() -> None:
    of = order()
    reminded = OrderReminded(at=T0 + SECOND, what="protection", turn="buyer", due=T0 + DAY)
    assert reminded.on(of) == of
