"""A warning is given only to whom it would cost something as the case stands."""

from __future__ import annotations

from datetime import timedelta

from amends.dispute.state import Case
from amends.guidance.scams import Found, Trick
from amends.guidance.warnings import Warned, own_date, warnings
from amends.kernel.instants import Instant
from amends.kernel.people import Actor, Role
from amends.order.events.life import ReceiptConfirmed
from amends.order.state import ReturnPolicy
from tests.dispute.cases import ANSWERED, D1, OPENED, answered, opened
from tests.given import DAY, T0, after, placed, shipped, stamp, terms

BUYER, SELLER = Actor("b1", Role.BUYER), Actor("s1", Role.SELLER)
NOW = T0 + 10 * DAY


def given(case: Case, found: Found, by: Actor = BUYER, at: Instant = NOW) -> list[Trick]:
    return [one.trick for one in warnings((found,), at, case, by, terms(), stamp(at))]


def test_a_seller_is_warned_of_ways_off_the_platform_alone() -> None:
    case = shipped()
    for trick in ("private", "postage", "wait"):
        assert given(case, Found(trick), SELLER) == []
    assert given(case, Found("elsewhere"), SELLER) == ["elsewhere"]


def test_a_buyer_is_warned_of_all_with_their_own_date() -> None:
    case = shipped()
    until = own_date(case, BUYER, terms(), NOW)
    assert until is not None
    found = (Found("private"), Found("postage"), Found("wait"), Found("elsewhere"))
    warned = warnings(found, NOW, case, BUYER, terms(), stamp(NOW))
    assert warned == tuple(Warned(one.trick, until) for one in found)


def test_waiting_up_to_the_own_date_harms_nobody() -> None:
    case = shipped()
    until = own_date(case, BUYER, terms(), NOW)
    assert until is not None
    days = (until - NOW) // timedelta(days=1)
    assert given(case, Found("wait", days - 1)) == []
    assert given(case, Found("wait", days + 1)) == ["wait"]


def test_who_has_no_date_cannot_miss_it() -> None:
    late = T0 + 2000 * DAY
    assert own_date(shipped(), BUYER, terms(), late) is None
    assert given(shipped(), Found("wait"), at=late) == []
    assert own_date(placed(), SELLER, terms(), NOW) is None


def test_postage_that_is_the_buyers_to_pay_is_no_trick() -> None:
    at_fault = opened()
    assert given(at_fault, Found("postage"), at=OPENED) == ["postage"]
    theirs = ReturnPolicy(change_of_mind_days=15, return_postage_paid_by="buyer")
    came = after(shipped(return_policy=theirs), ReceiptConfirmed(at=OPENED - DAY))
    own = opened(came, reason="changed_mind", remedy="return_and_refund")
    assert given(own, Found("postage"), at=OPENED) == []


def test_in_a_dispute_the_date_is_that_of_ones_own_turn() -> None:
    case = answered()
    turn = next(c for c in case.disputes[D1].deadlines if c.turn == "buyer")
    assert own_date(case, BUYER, terms(), ANSWERED) == turn.at
    assert own_date(opened(), BUYER, terms(), OPENED) is None
    assert own_date(opened(), SELLER, terms(), OPENED) is not None
