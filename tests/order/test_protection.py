"""When a dispute can be opened: every date of the policy tables, a second before, at, and after."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from amends.kernel.instants import Instant, Window
from amends.order.protection import protection, protection_clock, refuse_unprotected
from amends.order.state import Line, Order, ReturnPolicy
from tests.given import DAY, SECOND, T0, order, parcel, terms

SHIPPED = T0 + DAY
PROMISED = T0 + 31 * DAY


def shipped(carrier: str = "DHL", **changes: Any) -> Order:
    return order(**{"parcels": (parcel(carrier=carrier),), **changes})


def refusal(of: Order, at: Instant, pack: str = "aliexpress", reason: str = "late") -> str | None:
    no = refuse_unprotected(of, terms(pack), at, reason, {line.id: 1 for line in of.lines})
    return no.rule if no else None


def check_edges(of: Order, pack: str, opens: Instant | None, closes: Instant | None) -> None:
    """Open in [opens, closes), by the entry as by the decision."""
    far = T0 + 3000 * DAY
    expected: list[tuple[Instant, str | None]] = []
    if opens is None:
        expected += [(far, "window_not_open")]
    else:
        expected += [(opens - SECOND, "window_not_open"), (opens, None), (opens + SECOND, None)]
        if closes is None:
            expected += [(far, None)]
        else:
            expected += [(closes - SECOND, None), (closes, "window_closed"),
                         (closes + SECOND, "window_closed")]  # fmt: skip
    for at, rule in expected:
        assert refusal(of, at, pack) == rule, at - T0
        (entry,) = protection(of, terms(pack), at)
        assert entry.window == Window(opens, closes)
        states = {None: "open", "window_not_open": "not_yet", "window_closed": "over"}
        assert entry.state == states[rule]


CARRIERS = {
    "DHL": 23, "TNT": 23, "UPS": 23, "FedEx": 23, "Japan Post EMS": 27, "SF Express": 27,
    "China Post": 39, "Hong Kong Post": 39, "d h l": 23, "CHINA POST": 39,
}  # fmt: skip


@pytest.mark.parametrize("pack", ["aliexpress", "guide-004"])
@pytest.mark.parametrize(("carrier", "days"), CARRIERS.items())
def test_six_days_after_shipment_until_the_carriers_days(
    pack: str, carrier: str, days: int
) -> None:
    check_edges(shipped(carrier), pack, SHIPPED + 6 * DAY, SHIPPED + days * DAY)


@pytest.mark.parametrize(
    ("promised", "closes"),
    [
        (None, SHIPPED + 15 * DAY),
        (T0, SHIPPED + 15 * DAY),
        (PROMISED, PROMISED + 15 * DAY),
    ],
)
def test_by_another_carrier_the_later_of_shipment_and_promise_counts(
    promised: Instant | None, closes: Instant
) -> None:
    of = shipped("Owl Post", promised_by=promised)
    check_edges(of, "aliexpress", SHIPPED + 6 * DAY, closes)


@pytest.mark.parametrize("carrier", ["DHL", "China Post", "Owl Post"])
def test_guide_000_opens_at_shipment_and_closes_fifteen_days_after(carrier: str) -> None:
    check_edges(shipped(carrier), "guide-000", SHIPPED, SHIPPED + 15 * DAY)


def test_what_never_shipped_opens_after_the_ship_by_date_and_never_closes() -> None:
    check_edges(order(), "aliexpress", T0 + 4 * DAY + 6 * DAY, None)
    check_edges(order(ship_by=None), "aliexpress", None, None)


def test_what_left_before_that_right_arose_opens_by_its_shipment() -> None:
    for left, opens in (
        (T0 + 10 * DAY - SECOND, T0 + 16 * DAY - SECOND),
        (T0 + 10 * DAY, T0 + 10 * DAY),  # the right was there when it left
    ):
        of = order(parcels=(parcel(left),))
        check_edges(of, "aliexpress", opens, left + 23 * DAY)


def test_delivery_and_receipt_open_at_once_whichever_is_first() -> None:
    delivered = (parcel(delivered_at=SHIPPED + 2 * DAY),)
    check_edges(order(parcels=delivered), "aliexpress", SHIPPED + 2 * DAY, SHIPPED + 23 * DAY)
    received = order(parcels=delivered, received_at=SHIPPED + DAY)
    check_edges(received, "aliexpress", SHIPPED + DAY, SHIPPED + 23 * DAY)


@pytest.mark.parametrize(
    ("received", "closes"),
    [
        (SHIPPED + 7 * DAY, SHIPPED + 23 * DAY),
        (SHIPPED + 8 * DAY, SHIPPED + 23 * DAY),
        (SHIPPED + 8 * DAY + SECOND, SHIPPED + 23 * DAY + SECOND),
        (SHIPPED + 20 * DAY, SHIPPED + 35 * DAY),
    ],
)
def test_the_later_of_the_carriers_end_and_fifteen_days_after_receipt(
    received: Instant, closes: Instant
) -> None:
    of = shipped(received_at=received)
    check_edges(of, "aliexpress", SHIPPED + 6 * DAY, closes)


def test_received_though_nobody_marked_it_as_shipped() -> None:
    check_edges(order(received_at=T0 + 2 * DAY), "aliexpress", T0 + 2 * DAY, T0 + 17 * DAY)
    check_edges(order(received_at=T0 + 2 * DAY), "guide-004", T0 + 10 * DAY, None)


def test_guide_001_closes_fifteen_days_after_receipt_alone() -> None:
    windows = terms("guide-001").windows
    assert windows.closes_combine == "receipt_alone"
    of = shipped(received_at=SHIPPED + DAY)
    check_edges(of, "guide-001", SHIPPED + DAY, SHIPPED + 16 * DAY)


def test_each_parcel_has_its_own_window_and_what_is_left_another() -> None:
    lines = (Line("1", 3, 100, 300),)
    later = parcel(SHIPPED + 5 * DAY, id="S2", carrier="China Post", lines={"1": 1})
    of = order(lines=lines, parcels=(parcel(lines={"1": 1}), later))
    entries = protection(of, terms(), SHIPPED + 7 * DAY)
    assert [(e.parcel, e.quantity, e.state) for e in entries] == [
        ("S1", 1, "open"), ("S2", 1, "not_yet"), ("", 1, "not_yet"),
    ]  # fmt: skip
    assert refuse_unprotected(of, terms(), SHIPPED + 7 * DAY, "late", {"1": 1}) is None
    no = refuse_unprotected(of, terms(), SHIPPED + 7 * DAY, "late", {"1": 2})
    assert no is not None
    assert (no.rule, no.facts["opens_at"]) == ("window_not_open", T0 + 10 * DAY)


def test_a_parcel_protects_the_lines_in_it() -> None:
    lines = (Line("1", 2, 100, 200), Line("2", 1, 100, 100))
    of = order(lines=lines, parcels=(parcel(),))
    entries = protection(of, terms(), SHIPPED)
    assert [(e.line, e.parcel, e.quantity) for e in entries] == [("1", "S1", 2), ("2", "", 1)]


def test_a_window_says_by_which_rule_and_source() -> None:
    (waiting,) = protection(shipped(), terms(), SHIPPED)
    assert [(w.rule, w.days, w.since, w.source) for w in waiting.why] == [
        ("opens_after_shipment", 6, SHIPPED, "004")
    ]
    (inside,) = protection(shipped(), terms(), SHIPPED + 6 * DAY)
    assert [w.days for w in inside.why] == [6, 23]
    (over,) = protection(shipped(), terms(), SHIPPED + 23 * DAY)
    assert [w.days for w in over.why] == [23]
    (unknown,) = protection(order(ship_by=None), terms(), SHIPPED)
    assert (unknown.why, unknown.state) == ((), "not_yet")


def test_a_closed_window_says_when_and_by_which_rule() -> None:
    no = refuse_unprotected(shipped(), terms(), SHIPPED + 23 * DAY, "late", {"1": 2})
    assert no is not None
    assert no.facts["closes_at"] == SHIPPED + 23 * DAY
    assert (no.facts["days"], no.facts["since"]) == (23, SHIPPED)


def test_a_cancelled_order_is_refunded_not_disputed() -> None:
    assert refusal(shipped(cancelled_at=SHIPPED), SHIPPED + 7 * DAY) == "order_cancelled"


def reasons(of: Order, at: Instant) -> tuple[str, ...]:
    return protection(of, terms(), at)[0].reasons


def test_every_reason_is_open_until_the_goods_are_known_to_have_come() -> None:
    assert reasons(shipped(), SHIPPED + 7 * DAY) == tuple(terms().reasons)
    received = reasons(shipped(received_at=SHIPPED), SHIPPED + 7 * DAY)
    assert set(terms().reasons) - set(received) == {"not_received"}
    assert protection(shipped(), terms(), SHIPPED)[0].remedies == (
        "refund", "return_and_refund", "replacement",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "received", "delivered"),
    [(0, None, None), (-1, SHIPPED, None), (0, SHIPPED, None), (-1, None, SHIPPED),
     (0, None, SHIPPED), (0, SHIPPED + DAY, SHIPPED)],
)  # fmt: skip
def test_a_change_of_mind_lasts_the_sellers_own_days_from_delivery(
    days: int, received: Instant | None, delivered: Instant | None
) -> None:
    of = order(
        parcels=(parcel(delivered_at=delivered),),
        received_at=received,
        return_policy=ReturnPolicy(change_of_mind_days=15),
    )
    fine = days < 0 or (received is None and delivered is None)
    at = SHIPPED + 15 * DAY + (days * SECOND if days else timedelta())
    assert ("changed_mind" in reasons(of, at)) == fine
    assert refusal(of, at, reason="changed_mind") == (None if fine else "change_of_mind_over")


@pytest.mark.parametrize("policy", [None, ReturnPolicy()])
def test_a_seller_may_take_nothing_back_without_a_fault(policy: ReturnPolicy | None) -> None:
    of = shipped(return_policy=policy)
    assert "changed_mind" not in reasons(of, SHIPPED + 7 * DAY)
    assert refusal(of, SHIPPED + 7 * DAY, reason="changed_mind") == "seller_takes_no_returns"


def test_one_parcel_of_the_line_that_can_be_given_back_is_enough() -> None:
    old = parcel(lines={"1": 1}, delivered_at=SHIPPED)
    new = parcel(lines={"1": 1}, id="S2", delivered_at=SHIPPED + 5 * DAY)
    of = order(parcels=(old, new))
    assert refusal(of, SHIPPED + 16 * DAY, reason="changed_mind") is None
    assert refusal(of, SHIPPED + 20 * DAY, reason="changed_mind") == "change_of_mind_over"


def test_the_whole_protection_ends_with_its_last_window() -> None:
    lines = (Line("1", 2, 100, 200),)
    first, second = parcel(lines={"1": 1}), parcel(id="S2", carrier="SF", lines={"1": 1})
    partly = order(lines=lines, parcels=(first,))
    assert protection_clock(partly, terms(), SHIPPED) is None
    ends = protection_clock(replace(partly, parcels=(first, second)), terms(), SHIPPED)
    assert ends is not None
    assert (ends.at, ends.since) == (SHIPPED + 27 * DAY, SHIPPED)
    assert ends.rule == terms().carrier_days("SF").rule
    last = (SHIPPED + 26 * DAY, SHIPPED + 27 * DAY - DAY / 12)
    assert ends.reminders == (SHIPPED + 13.5 * DAY, *last)
    late = protection_clock(replace(partly, parcels=(first, second)), terms(), SHIPPED + 13.5 * DAY)
    assert late is not None
    assert late.reminders == last


@pytest.mark.parametrize("changes", [{"protection_ended_at": T0}, {"cancelled_at": T0}])
def test_what_has_ended_does_not_end_again(changes: dict[str, Any]) -> None:
    assert protection_clock(shipped(**changes), terms(), SHIPPED) is None
