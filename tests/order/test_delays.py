"""Which parcels are late or stall: each edge a second before and at, and what is left alone."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from amends.kernel.instants import Instant, Window
from amends.order.delays import Delay, delays
from amends.order.state import Claimed, Order, Parcel
from tests.given import DAY, SECOND, T0, order, parcel, terms

SHIPPED = T0 + DAY
PROMISED = T0 + 31 * DAY
CLAIM = Window(SHIPPED + 6 * DAY, SHIPPED + 23 * DAY)


def seen(of: Order, at: Instant) -> tuple[Delay, ...]:
    return delays(of, terms(), at)


def sent(**changes: Any) -> Order:
    """Sent by DHL with nothing promised."""
    return order(promised_by=None, parcels=(parcel(**changes),))


def begins(of: Order, at: Instant, kind: str, since: Instant) -> Delay:
    """Nothing a second before ``at``; from then on one delay of that kind."""
    assert seen(of, at - SECOND) == ()
    (delay,) = seen(of, at)
    assert (delay.kind, delay.since) == (kind, since)
    return delay


def test_units_that_were_not_sent_by_the_day_named() -> None:
    delay = begins(order(), T0 + 4 * DAY, "not_sent", T0 + 4 * DAY)
    assert delay.parcel == ""


def test_units_that_were_not_sent_by_the_promised_day_where_no_other_was_named() -> None:
    begins(order(ship_by=None), PROMISED, "late", PROMISED)
    assert seen(order(ship_by=None, promised_by=None), T0 + 300 * DAY) == ()


def test_a_parcel_that_has_not_come_by_the_promised_day() -> None:
    moving = parcel(status="in_transit", status_at=PROMISED - DAY)
    delay = begins(order(parcels=(moving,)), PROMISED, "late", PROMISED)
    assert delay.parcel == "S1"


def test_a_carrier_that_has_told_nothing_since_the_parcel_was_sent() -> None:
    assert begins(sent(), SHIPPED + 10 * DAY, "silent", SHIPPED).claim == CLAIM


def test_a_carrier_that_has_told_nothing_since_its_last_word() -> None:
    told = sent(status="in_transit", status_at=SHIPPED + 5 * DAY)
    begins(told, SHIPPED + 15 * DAY, "silent", SHIPPED + 5 * DAY)


def test_nothing_is_to_be_heard_of_a_parcel_without_a_number() -> None:
    assert seen(sent(tracking_number=""), SHIPPED + 20 * DAY) == ()


@pytest.mark.parametrize("status", ["failed_attempt", "exception", "returned_to_sender", "lost"])
def test_what_holds_a_parcel_up_is_said_at_once(status: Any) -> None:
    at = SHIPPED + 2 * DAY
    (delay,) = seen(sent(status=status, status_at=at), at)
    assert (delay.kind, delay.since) == ("held_up", at)


def test_a_parcel_that_lies_at_a_counter() -> None:
    at = SHIPPED + 2 * DAY
    waits = sent(status="available_for_pickup", status_at=at)
    begins(waits, at + 3 * DAY, "at_pickup", at)


def test_a_parcel_marked_as_delivered_of_which_the_buyer_has_said_nothing() -> None:
    at = SHIPPED + 9 * DAY
    came = sent(status="delivered", status_at=at, delivered_at=at)
    begins(came, at + 2 * DAY, "not_confirmed", at)
    assert seen(replace(came, received_at=at + DAY), at + 3 * DAY) == ()


def test_until_when_a_dispute_can_be_opened_is_left_out_once_that_is_over() -> None:
    (before,) = seen(sent(), SHIPPED + 23 * DAY - SECOND)
    (after,) = seen(sent(), SHIPPED + 23 * DAY)
    assert (before.claim, after.claim) == (CLAIM, None)


def test_each_parcel_has_its_own() -> None:
    first = parcel(lines={"1": 1}, status="lost", status_at=SHIPPED + DAY)
    second = Parcel("S2", "UPS", "1Z999", {"1": 1}, SHIPPED)
    two = order(promised_by=None, parcels=(first, second))
    assert [d.parcel for d in seen(two, SHIPPED + 2 * DAY)] == ["S1"]
    kinds = [(d.parcel, d.kind) for d in seen(two, SHIPPED + 10 * DAY)]
    assert kinds == [("S1", "held_up"), ("S2", "silent")]


@pytest.mark.parametrize("ended", ["cancelled_at", "received_at", "protection_ended_at"])
def test_nothing_is_said_of_an_order_that_has_ended(ended: str) -> None:
    assert seen(replace(sent(), **{ended: SHIPPED + DAY}), SHIPPED + 20 * DAY) == ()


@pytest.mark.parametrize(
    ("claim", "watched"),
    [
        (Claimed("not_received", {"1": 2}), False),
        (Claimed("not_received", {"1": 2}, open=False, outcome="refunded"), False),
        (Claimed("not_received", {"1": 2}, open=False, outcome="cancelled"), True),
    ],
)
def test_a_dispute_says_it_all_until_it_was_taken_back(claim: Claimed, watched: bool) -> None:
    of = replace(sent(), claims={"A-1001-D1": claim})
    assert bool(seen(of, SHIPPED + 20 * DAY)) == watched
