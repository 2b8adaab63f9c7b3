"""Confirming receipt: once, while the protection runs."""

from __future__ import annotations

from typing import Any

import pytest

from amends.order.decide.confirm_receipt import ConfirmReceipt
from amends.order.events.life import ReceiptConfirmed
from tests.given import BUYER, DAY, T0, order, parcel, terms
from tests.order.asking import NOW, ask, only, refused, then


def test_the_window_closes_after_receipt_when_that_is_later() -> None:
    shipped = order(parcels=(parcel(),))
    late = T0 + 20 * DAY
    confirmed = only(ask(shipped, BUYER, ConfirmReceipt(), late), ReceiptConfirmed)
    after = then(shipped, confirmed)
    assert (after.received_at, after.status) == (late, "received")
    (ends,) = after.deadlines
    assert ends.at == late + 15 * DAY
    assert ends.rule == "closes_after_receipt"


def test_the_carriers_end_stays_when_it_is_later() -> None:
    shipped = order(parcels=(parcel(),))
    ends = only(ask(shipped, BUYER, ConfirmReceipt(), T0 + 2 * DAY), ReceiptConfirmed).protection
    assert ends is not None
    assert ends.at == T0 + DAY + 23 * DAY
    assert ends.rule == terms().carrier_days("DHL").rule


def test_goods_may_have_come_that_nobody_marked_as_shipped() -> None:
    ends = only(ask(order(), BUYER, ConfirmReceipt()), ReceiptConfirmed).protection
    assert ends is not None
    assert ends.at == NOW + 15 * DAY


def test_a_pack_without_an_end_by_receipt_keeps_the_carriers() -> None:
    shipped = order(parcels=(parcel(),))
    outcome = ask(shipped, BUYER, ConfirmReceipt(), T0 + 20 * DAY, pack="guide-000")
    ends = only(outcome, ReceiptConfirmed).protection
    assert ends is not None
    assert ends.at == T0 + DAY + 15 * DAY


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"received_at": T0}, "receipt_already_confirmed"),
        ({"protection_ended_at": T0}, "protection_ended"),
        ({"cancelled_at": T0}, "order_cancelled"),
    ],
)
def test_it_is_too_late(changes: dict[str, Any], rule: str) -> None:
    assert refused(ask(order(**changes), BUYER, ConfirmReceipt())) == (rule, "conflict", None)
