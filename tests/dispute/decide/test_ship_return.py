"""The goods on their way back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from amends.dispute.decide.ship_return import ShipReturn
from amends.order.events.life import ParcelSent
from tests.dispute.carried import (
    ADDRESSED,
    NUMBER,
    SENT_BACK,
    addressed,
    clock,
    in_dispute,
    returning,
    sent_back,
)
from tests.dispute.cases import accepted, of, opened, refused, then
from tests.given import BUYER, DAY, SECOND, SELLER, T0

SENT = ShipReturn("DHL", NUMBER)


def test_the_parcel_has_its_carriers_days_to_arrive() -> None:
    outcome = accepted(addressed(), SENT, BUYER, SENT_BACK)
    sent = outcome.events[0]
    assert isinstance(sent, ParcelSent)
    parcel = sent.parcel
    assert (parcel.id, parcel.kind, parcel.lines) == ("S2", "return", {"1": 2})
    assert parcel.dispute == "A-1001-D1"
    case = sent_back()
    assert in_dispute(case) == "returning/seller"
    assert clock(case, "return_arrival").at == SENT_BACK + 23 * DAY
    assert clock(sent_back(carrier="China Post"), "return_arrival").at == SENT_BACK + 39 * DAY


def test_its_days_count_from_when_it_left() -> None:
    case = then(addressed(), replace(SENT, at=ADDRESSED), BUYER, SENT_BACK)
    arrival = clock(case, "return_arrival")
    assert (arrival.since, arrival.at) == (ADDRESSED, ADDRESSED + 23 * DAY)
    assert case.order.parcels[-1].shipped_at == ADDRESSED


def test_told_too_late_they_count_from_now_and_no_reminder_lies_behind() -> None:
    case = then(addressed(), replace(SENT, at=T0), BUYER, ADDRESSED + 9 * DAY)
    early = clock(case, "return_arrival")
    assert early.at == T0 + 23 * DAY
    assert all(r > ADDRESSED + 9 * DAY for r in early.reminders)
    unknown = replace(SENT, carrier="Owl Post", at=T0)
    late = clock(then(addressed(), unknown, BUYER, T0 + 14 * DAY), "return_arrival")
    assert late.at == T0 + 15 * DAY
    late = clock(then(addressed(), unknown, BUYER, T0 + 14 * DAY + SECOND), "return_arrival")
    assert late.at == T0 + 29 * DAY + SECOND


@pytest.mark.parametrize(
    ("change", "rule", "field"),
    [
        ({"carrier": " "}, "text_missing", "carrier"),
        ({"tracking_number": " "}, "text_missing", "tracking_number"),
        ({"number_check": "invalid"}, "tracking_number_wrong", "tracking_number"),
        ({"tracking_number": "12345-67890"}, "tracking_number_used", "tracking_number"),
        ({"at": SENT_BACK + SECOND}, "in_the_future", "at"),
        ({"at": T0 - SECOND}, "before_the_order", "at"),
    ],
)
def test_refusals_of_what_is_said(change: dict[str, object], rule: str, field: str) -> None:
    no = refused(addressed(), replace(SENT, **change), BUYER, SENT_BACK)
    assert (no.rule, no.field) == (rule, field)


def test_a_wrong_number_is_kept_and_marked_when_one_insists() -> None:
    sent = replace(SENT, number_check="invalid", insist=True)
    case = then(addressed(), sent, BUYER, SENT_BACK)
    assert case.order.parcels[-1].check == "invalid"


def test_not_before_the_address_nor_twice() -> None:
    no = refused(returning(), SENT, BUYER, ADDRESSED)
    assert no.rule == "no_return_address"
    assert no.facts["until"] == clock(returning(), "return_address").at
    assert refused(sent_back(), SENT, BUYER, SENT_BACK + DAY).rule == "return_already_shipped"


def test_only_in_a_return_and_by_the_buyer() -> None:
    assert refused(opened(), SENT, BUYER, SENT_BACK).rule == "wrong_phase"
    assert refused(addressed(), SENT, SELLER, SENT_BACK).rule == "not_for_this_role"


def test_up_to_the_last_instant_of_the_ten_days() -> None:
    case = addressed()
    last = clock(case, "return_shipment").at - timedelta(microseconds=1)
    assert of(then(case, SENT, BUYER, last)).return_ is not None
