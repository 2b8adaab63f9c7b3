"""Finance's own hold on the seller's share, and lifting it."""

from __future__ import annotations

from typing import Any

import pytest

from amends.order.decide.hold_funds import HoldFunds
from amends.order.decide.release_funds import ReleaseFunds
from amends.order.events.money import FundsHeld, FundsReleased, HoldLifted
from amends.order.state import Chargeback
from tests.given import FINANCE, T0, order, parcel
from tests.order.asking import NOW, ask, claim, contents, only, refund, refused, then, with_refund

HELD = {"finance_hold": True, "protection_ended_at": T0}


def test_a_hold_has_a_reason_on_record() -> None:
    outcome = ask(order(), FINANCE, HoldFunds("Card reported stolen."))
    held = only(outcome, FundsHeld)
    (reason,) = contents(outcome)
    assert (held.by, held.reason_ref, reason.text) == ("f1", reason.ref, "Card reported stolen.")
    assert then(order(), held).finance_hold


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"released": 0}, "already_released"),
        ({"finance_hold": True}, "already_held"),
        ({"cancelled_at": T0}, "order_cancelled"),
    ],
)
def test_only_what_is_held_can_be_held_back(changes: dict[str, Any], rule: str) -> None:
    assert refused(ask(order(**changes), FINANCE, HoldFunds("Why"))) == (rule, "conflict", None)


def test_hold_and_release_need_a_reason() -> None:
    assert refused(ask(order(), FINANCE, HoldFunds(" ")))[2] == "reason"
    assert refused(ask(order(**HELD), FINANCE, ReleaseFunds(" ")))[2] == "reason"


def test_after_the_protection_the_share_is_the_sellers() -> None:
    held = with_refund(refund(state="settled"), **HELD)
    released = only(ask(held, FINANCE, ReleaseFunds("Cleared")), FundsReleased)
    assert released.amount == 80_000
    assert released.reason_ref == "c1.reason"
    after = then(held, released)
    assert (after.status, after.finance_hold) == ("completed", False)


def test_before_that_only_finances_own_hold_is_lifted() -> None:
    held = order(finance_hold=True)
    lifted = only(ask(held, FINANCE, ReleaseFunds("Cleared")), HoldLifted)
    assert (lifted.by, lifted.reason_ref) == ("f1", "c1.reason")
    after = then(held, lifted)
    assert (after.released, after.finance_hold) == (None, False)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"released": 1}, "already_released"),
        ({"cancelled_at": T0}, "order_cancelled"),
        ({"claims": claim()}, "dispute_open"),
        ({"chargebacks": {"cb": Chargeback("cb", 1, T0)}}, "chargeback_open"),
        ({"refunds": {"A-1001-R1": refund()}}, "refund_under_way"),
        ({"finance_hold": False}, "protection_running"),
    ],
)
def test_what_stands_in_the_way_is_named(changes: dict[str, Any], rule: str) -> None:
    outcome = ask(order(**{**HELD, **changes}), FINANCE, ReleaseFunds("Cleared"))
    assert refused(outcome)[0] == rule


def test_a_running_protection_says_until_when() -> None:
    shipped = order(parcels=(parcel(),), deadlines=())
    assert refused(ask(shipped, FINANCE, ReleaseFunds("x"), NOW))[0] == "protection_running"
