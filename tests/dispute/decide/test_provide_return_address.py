"""Where the goods go back to."""

from __future__ import annotations

import msgspec

from amends.dispute.decide.provide_return_address import ProvideReturnAddress
from tests.dispute.carried import (
    ADDRESS,
    ADDRESSED,
    addressed,
    clock,
    in_dispute,
    returning,
    sent_back,
)
from tests.dispute.cases import accepted, of, opened, refused, then
from tests.given import BUYER, DAY, SELLER

GIVEN = ProvideReturnAddress(address=ADDRESS)


def test_the_buyer_then_has_ten_days_to_ship() -> None:
    outcome = accepted(returning(), GIVEN, SELLER, ADDRESSED)
    (content,) = outcome.contents
    assert msgspec.json.decode(content.text) == ADDRESS
    assert content.owner == SELLER.person
    case = addressed()
    assert in_dispute(case) == "returning/buyer"
    assert clock(case, "return_shipment").at == ADDRESSED + 10 * DAY


def test_a_correction_gives_nobody_more_time() -> None:
    case = addressed()
    better = ProvideReturnAddress(address={**ADDRESS, "postcode": " 322000 "})
    corrected = then(case, better, SELLER, ADDRESSED + 3 * DAY)
    assert of(corrected).deadlines == of(case).deadlines
    (content,) = accepted(case, better, SELLER, ADDRESSED + 3 * DAY).contents
    assert msgspec.json.decode(content.text)["postcode"] == "322000"


def test_an_address_of_blanks_is_refused() -> None:
    blank = ProvideReturnAddress(address={"street": "  "})
    assert refused(returning(), blank, SELLER, ADDRESSED).rule == "address_missing"


def test_not_once_the_parcel_was_sent() -> None:
    no = refused(sent_back(), GIVEN, SELLER, ADDRESSED + 2 * DAY)
    assert (no.rule, no.facts["parcel"]) == ("return_already_shipped", "S2")


def test_only_in_a_return_and_by_the_seller() -> None:
    assert refused(opened(), GIVEN, SELLER, ADDRESSED).rule == "wrong_phase"
    assert refused(returning(), GIVEN, BUYER, ADDRESSED).rule == "not_for_this_role"
