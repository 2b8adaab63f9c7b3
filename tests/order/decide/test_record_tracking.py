"""Tracking: of every parcel, in any order, any number of times."""

from __future__ import annotations

from datetime import datetime

import pytest

from amends.kernel.decision import Accepted
from amends.kernel.instants import Instant
from amends.order.decide.record_tracking import RecordTracking
from amends.order.events.life import TrackingRecorded
from amends.order.state import Order, TrackingStatus
from tests.given import DAY, PROVIDER, SECOND, SHOP, T0, order, parcel
from tests.order.asking import NOW, ask, contents, events, may, only, refused, then

SHIPPED = order(parcels=(parcel(),))


def track(of: Order, status: TrackingStatus, at: Instant) -> Order:
    told = RecordTracking("1234567890", status, at)
    return then(of, *events(ask(of, PROVIDER, told)))


def test_a_status_is_kept_with_its_instant() -> None:
    told = RecordTracking("12 3456-7890", "in_transit", T0 + 2 * DAY)
    recorded = only(ask(SHIPPED, SHOP, told), TrackingRecorded)
    assert recorded == TrackingRecorded(at=T0 + 2 * DAY, parcel="S1", status="in_transit")
    (tracked,) = then(SHIPPED, recorded).parcels
    assert (tracked.status, tracked.status_at) == ("in_transit", T0 + 2 * DAY)
    assert tracked.delivered_at is None


def test_without_an_instant_it_is_now() -> None:
    assert (
        only(ask(SHIPPED, PROVIDER, RecordTracking("1234567890", "delivered")), TrackingRecorded).at
        == NOW
    )


def test_delivery_opens_the_window_and_does_not_move_its_end() -> None:
    delivered = track(SHIPPED, "delivered", T0 + 3 * DAY)
    assert delivered.delivered_at == T0 + 3 * DAY
    assert delivered.status == "delivered"
    assert delivered.deadlines == SHIPPED.deadlines


def test_the_same_again_changes_nothing() -> None:
    delivered = track(SHIPPED, "delivered", T0 + 3 * DAY)
    again = RecordTracking("1234567890", "delivered", T0 + 3 * DAY)
    assert ask(delivered, PROVIDER, again) == Accepted(())


def test_an_earlier_status_that_comes_late_turns_nothing_back() -> None:
    delivered = track(SHIPPED, "delivered", T0 + 3 * DAY)
    late = track(delivered, "in_transit", T0 + 2 * DAY)
    (tracked,) = late.parcels
    assert (tracked.status, tracked.delivered_at) == ("delivered", T0 + 3 * DAY)
    assert len(tracked.seen) == 2


def test_a_second_delivery_does_not_move_the_first() -> None:
    twice = track(track(SHIPPED, "delivered", T0 + 3 * DAY), "delivered", T0 + 4 * DAY)
    assert twice.delivered_at == T0 + 3 * DAY


def test_only_so_many_are_remembered() -> None:
    of = SHIPPED
    for hour in range(50):
        of = track(of, "in_transit", T0 + DAY + hour * 3600 * SECOND)
    assert len(of.parcels[0].seen) == 40


def test_other_parcels_are_not_touched() -> None:
    other = parcel(id="S2", tracking_number="2")
    both = track(order(parcels=(parcel(), other)), "delivered", T0 + 2 * DAY)
    assert both.parcels[1] == other


@pytest.mark.parametrize(("kind", "owner"), [("return", "s1"), ("replacement", "b1")])
def test_returns_and_replacements_are_tracked_too(kind: str, owner: str) -> None:
    back = parcel(id="S2", kind=kind, tracking_number="77", dispute="A-1001-D1")
    outcome = ask(
        order(parcels=(parcel(), back)),
        PROVIDER,
        RecordTracking("77", "delivered", NOW, "Riga, Latvia"),
    )
    recorded = only(outcome, TrackingRecorded)
    (place,) = contents(outcome)
    assert (recorded.parcel, recorded.place_ref) == ("S2", place.ref)
    assert (place.owner, place.text) == (owner, "Riga, Latvia")


def test_what_travels_under_one_number_is_tracked_together() -> None:
    two = order(parcels=(parcel(lines={"1": 1}), parcel(id="S2", lines={"1": 1})))
    told = RecordTracking("1234567890", "accepted")
    recorded = [e for e in events(ask(two, SHOP, told)) if isinstance(e, TrackingRecorded)]
    assert [event.parcel for event in recorded] == ["S1", "S2"]
    half_known = then(two, recorded[0])
    assert only(ask(half_known, SHOP, told), TrackingRecorded).parcel == "S2"


@pytest.mark.parametrize("number", ["999", " - "])
def test_a_number_nobody_gave_is_refused(number: str) -> None:
    untracked = order(parcels=(parcel(tracking_number=""),))
    outcome = ask(untracked, PROVIDER, RecordTracking(number, "delivered"))
    assert refused(outcome) == ("unknown_tracking_number", "invalid", "tracking_number")


@pytest.mark.parametrize(
    ("at", "rule"),
    [(T0 - SECOND, "before_the_order"), (T0, None), (NOW, None), (NOW + SECOND, "in_the_future")],
)
def test_it_happened_between_the_placing_and_now(at: datetime, rule: str | None) -> None:
    outcome = ask(SHIPPED, PROVIDER, RecordTracking("1234567890", "accepted", at))
    if rule is None:
        assert events(outcome)
    else:
        assert refused(outcome) == (rule, "invalid", "at")


def test_nothing_is_tracked_before_anything_was_sent() -> None:
    no = may(order(), PROVIDER, RecordTracking)
    assert no is not None
    assert no.rule == "nothing_shipped"
