"""Other goods instead of money."""

from __future__ import annotations

from msgspec.structs import replace

from amends.dispute.decide.ship_replacement import ShipReplacement
from amends.order.events.life import ParcelSent
from tests.dispute.carried import (
    ADDRESSED,
    AGREED,
    NUMBER,
    clock,
    in_dispute,
    replaced_by_post,
    replacing,
)
from tests.dispute.cases import accepted, opened, refused
from tests.given import BUYER, DAY, SECOND, SELLER

SENT = ShipReplacement("DHL", NUMBER)


def test_the_seller_has_five_days_and_the_parcel_its_carriers() -> None:
    case = replacing()
    assert in_dispute(case) == "replacing/seller"
    assert clock(case, "replacement_shipment").at == AGREED + 5 * DAY
    outcome = accepted(case, SENT, SELLER, ADDRESSED)
    sent = outcome.events[0]
    assert isinstance(sent, ParcelSent)
    assert (sent.parcel.kind, sent.parcel.lines) == ("replacement", {"1": 2})
    case = replaced_by_post()
    assert in_dispute(case) == "replacing/buyer"
    assert clock(case, "replacement_arrival").at == ADDRESSED + 23 * DAY


def test_it_leaves_the_protection_of_the_order_alone() -> None:
    assert replaced_by_post().order.deadlines == replacing().order.deadlines
    assert replaced_by_post().order.shipped("1") == 2


def test_a_date_that_cannot_be() -> None:
    no = refused(replacing(), replace(SENT, at=ADDRESSED + SECOND), SELLER, ADDRESSED)
    assert no.rule == "in_the_future"


def test_once_and_only_when_owed() -> None:
    no = refused(replaced_by_post(), SENT, SELLER, ADDRESSED + DAY)
    assert no.rule == "replacement_already_shipped"
    assert refused(opened(), SENT, SELLER, ADDRESSED).rule == "wrong_phase"
    assert refused(replacing(), SENT, BUYER, ADDRESSED).rule == "not_for_this_role"
