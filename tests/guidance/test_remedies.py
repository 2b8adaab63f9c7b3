"""Which remedy leaves how much: the guide's own figures, and what is not known is not guessed."""

from __future__ import annotations

from msgspec.structs import replace

from amends.dispute.asked import AskedOfDispute
from amends.guidance.remedies import (
    Postage,
    Rate,
    claimable,
    compare,
    fault_in_part,
    postage_back,
)
from amends.kernel.people import Actor, Role
from amends.order.state import ReturnPolicy
from tests.dispute.cases import D1, OPENED, opened
from tests.given import order, stamp, terms

RATE = Rate("RU", "CN", 350, 54_000, "RUB", "003")
ROUTE = ("RU", "CN")
REASONS = terms().reasons


def test_the_guides_blouse_of_800_with_postage_of_540_leaves_260_and_90_percent_720() -> None:
    found = compare(
        {"refund": 80_000, "return_and_refund": 80_000}, Postage("buyer", 54_000, "known"), 50,
        in_part=True,
    )  # fmt: skip
    assert {worth.remedy: worth.leaves for worth in found.options} == {
        "refund": 80_000,
        "return_and_refund": 26_000,
    }
    assert found.ask == 72_000
    assert found.without_return


def test_half_of_what_comes_back_is_not_yet_too_dear() -> None:
    for postage, dear in ((40_000, False), (40_001, True), (None, False)):
        found = compare(
            {"refund": 80_000, "return_and_refund": 80_000}, Postage("buyer", postage), 50,
            in_part=False,
        )  # fmt: skip
        assert found.without_return is dear


def test_a_return_without_a_known_price_is_left_open_unless_the_seller_pays() -> None:
    for postage, leaves in ((Postage("buyer"), None), (Postage("seller"), 80_000)):
        (worth,) = compare({"return_and_refund": 80_000}, postage, 50, in_part=False).options
        assert worth.leaves == leaves


def test_where_no_goods_came_nothing_is_left_to_the_seller() -> None:
    assert not fault_in_part(REASONS["not_received"], received=False)
    assert not fault_in_part(REASONS["late"], received=False)
    assert fault_in_part(REASONS["late"], received=True)
    assert not fault_in_part(REASONS["counterfeit"], received=True)
    assert not fault_in_part(REASONS["changed_mind"], received=True)
    found = compare({"refund": 80_000, "replacement": 0}, Postage("seller"), 50, in_part=False)
    assert (found.ask, found.postage, [w.comes_back for w in found.options]) == (
        None, None, [80_000, 0],
    )  # fmt: skip


def test_an_estimate_goes_by_weight_route_and_currency() -> None:
    (line,) = order().lines
    light = order(lines=(replace(line, weight_grams=175),))
    reason, two = REASONS["not_as_described"], {line.id: 2}
    found = postage_back(light, reason, two, ROUTE, [RATE])
    assert found == Postage("seller", 54_000, "estimated", "003")
    unknown = Postage("seller")
    heavy = order(lines=(replace(line, weight_grams=176),))
    assert postage_back(heavy, reason, two, ROUTE, [RATE]) == unknown
    assert postage_back(light, reason, two, ("RU", "DE"), [RATE]) == unknown
    assert postage_back(light, reason, two, ROUTE, [replace(RATE, currency="USD")]) == unknown
    weightless = order(lines=(replace(line, weight_grams=None),))
    assert postage_back(weightless, reason, two, ROUTE, [RATE]) == unknown


def test_ones_own_quote_goes_before_an_estimate_and_who_pays_by_the_reason() -> None:
    policy = ReturnPolicy(change_of_mind_days=15, return_postage_paid_by="buyer")
    own = order(return_policy=policy)
    found = postage_back(own, REASONS["changed_mind"], {"1": 1}, ROUTE, [RATE], 12_300)
    assert found == Postage("buyer", 12_300, "known")


def test_in_a_dispute_only_what_can_be_agreed_on_is_compared() -> None:
    case = opened()
    buyer = Actor("b1", Role.BUYER)
    asked = AskedOfDispute(case, case.disputes[D1], buyer, terms(), stamp(OPENED))
    found = claimable(case.disputes[D1], asked)
    assert set(found) == {"refund", "return_and_refund", "replacement"}
    claim = replace(case.disputes[D1].claim, received=False)
    none_came = replace(case.disputes[D1], claim=claim)
    asked = replace(asked, dispute=none_came)
    assert "return_and_refund" not in claimable(none_came, asked)
