"""Finance's desk over HTTP: tasks come and go, differences are decided, figures are told."""

from __future__ import annotations

from typing import Any

import pytest

from amends.entrypoints.reconciliation import reconcile
from amends.kernel.money import Money
from tests.entrypoints.sandbox import (
    ADMIN,
    AUDITOR,
    BUYER,
    FINANCE,
    SELLER,
    SHOP,
    SUPPORT,
    Json,
    Shop,
    rub,
)
from tests.entrypoints.sandbox import order as placing

D1 = "A-1001-D1"
PATHS = ("/finance/tasks", "/finance/differences", "/finance/summary")


def agreed(shop: Shop, *behaviour: str) -> None:
    """A refund of 720 roubles, met by the provider as told."""
    shop.disputed()
    shop.post("/sandbox/payments/behaviour", {"next": list(behaviour)}, key=None)
    shop.on(D1, "accept_offer", SELLER, offer="O1", amount=rub(72_000))
    shop.advance("PT1M")


def compared(shop: Shop) -> None:
    """What a running server does once a day."""
    service = shop.service
    reconcile(service.engine, service.store, service.provider_for, service.clock)


def by_hand(shop: Shop, amount: int = 5_000) -> None:
    shop.service.simulator.refund("", "pay_1", Money(amount, "RUB"), f"by hand {amount}")
    compared(shop)


def items(shop: Shop, path: str, **query: Any) -> list[Json]:
    found: list[Json] = shop.get(path, FINANCE, **query)["items"]
    return found


def test_a_refund_whose_means_are_used_up_is_a_task_until_it_is_seen_to(shop: Shop) -> None:
    agreed(shop, *["decline"] * 9)
    assert items(shop, "/finance/tasks") == [], "the machine is still at it"
    shop.advance("P4D")
    (task,) = items(shop, "/finance/tasks")
    assert (task["kind"], task["subject"], task["amount"]) == (
        "refund_failed", "A-1001-R4", rub(72_000),
    )  # fmt: skip
    assert items(shop, "/finance/tasks", kind="refund_failed") == [task]
    assert items(shop, "/finance/tasks", order="A-1001") == [task]
    assert items(shop, "/finance/tasks", kind="difference") == []
    told: dict[str, Any] = {
        "refund": "A-1001-R4",
        "outcome": "paid_another_way",
        "note": "By transfer.",
    }
    shop.on_order("A-1001", "record_trace", FINANCE, **told)
    assert items(shop, "/finance/tasks") == []
    assert shop.dispute(D1)["phase"] == "closed"


def test_nothing_is_lost_while_a_person_is_waited_for(shop: Shop) -> None:
    agreed(shop, *["decline"] * 9)
    shop.advance("P60D")
    (task,) = items(shop, "/finance/tasks")
    assert task["due_at"] > shop.get("/sandbox/clock")["now"]
    assert task["since"] < task["due_at"]


def test_a_difference_is_listed_decided_and_kept(shop: Shop) -> None:
    agreed(shop, "ok")
    by_hand(shop)
    (difference,) = items(shop, "/finance/differences", state="open")
    assert (difference["id"], difference["kind"], difference["about"]) == (
        "A-1001-X1", "not_recorded", "re_2",
    )  # fmt: skip
    assert (difference["ours"], difference["theirs"]) == (None, rub(5_000))
    (task,) = items(shop, "/finance/tasks")
    assert (task["kind"], task["subject"]) == ("difference", "A-1001-X1")
    order = shop.get("/orders/A-1001", FINANCE)
    assert [d["resolution"] for d in order["differences"]] == [None]
    assert "differences" not in shop.get("/orders/A-1001", BUYER)
    allowed = {o["type"]: o for o in order["options"]}
    assert allowed["resolve_difference"]["allowed"]
    cancel = {o["type"]: o for o in shop.get("/orders/A-1001", SUPPORT)["options"]}
    assert not cancel["open_goodwill_case"]["allowed"]
    decided: dict[str, Any] = {
        "difference": "A-1001-X1",
        "resolution": "count_as_refund",
        "reason": "A gift.",
    }
    shop.on_order("A-1001", "resolve_difference", FINANCE, **decided)
    assert items(shop, "/finance/differences", state="open") == []
    (kept,) = items(shop, "/finance/differences", order="A-1001")
    assert (kept["state"], kept["resolution"]) == ("resolved", "count_as_refund")
    assert items(shop, "/finance/differences") == [kept]
    compared(shop)
    assert items(shop, "/finance/differences", state="open") == []


def test_finance_alone_decides(shop: Shop) -> None:
    agreed(shop, "ok")
    by_hand(shop)
    decided: dict[str, Any] = {
        "difference": "A-1001-X1",
        "resolution": "explained",
        "reason": "Mine.",
    }
    for who in (SHOP, SELLER, BUYER, SUPPORT, AUDITOR, ADMIN):
        refused = shop.on_order("A-1001", "resolve_difference", who, 403, **decided)
        assert refused["rule"] == "not_for_this_role"


def test_the_figures_of_the_desk(shop: Shop) -> None:
    agreed(shop, "timeout", "timeout", "timeout")
    shop.put("/orders/B-2", placing(payment={**placing()["payment"], "reference": "pay_2"}))
    found = shop.get("/finance/summary", FINANCE)
    counts = {of["state"]: of["count"] for of in found["refunds"]}
    assert counts == {
        "recorded": 0, "sent": 0, "unknown": 1, "pending": 0, "settled": 0, "failed": 0,
        "reversed": 0,
    }  # fmt: skip
    assert (len(found["per_day"]), found["per_day"][-1]["count"]) == (30, 1)
    assert (found["tasks"], found["differences"]) == (0, 0)
    assert [(a["days"], a["count"]) for a in found["unknown_age"] if a["count"]] == [(0, 1)]
    assert found["oldest_unknown"] is not None
    (unclear,) = items(shop, "/refunds", state="unknown", sort="age")
    assert unclear["since"] == found["oldest_unknown"]


def test_how_old_what_is_unclear_is(shop: Shop) -> None:
    agreed(shop, *["unavailable"] * 500)
    for days, age in ((2, 2), (14, 14), (20, 14)):
        shop.move_to(f"2026-03-{9 + days:02d}T13:00:00Z")
        found = shop.get("/finance/summary", FINANCE)["unknown_age"]
        assert [a["days"] for a in found if a["count"]] == [age]
        assert len(found) == 15


@pytest.mark.parametrize("path", PATHS)
def test_the_desk_is_for_finance(shop: Shop, path: str) -> None:
    for who in (SHOP, BUYER, SELLER, SUPPORT, "mediator.m1", "appeals.a1", "supervisor.v1"):
        assert shop.get(path, who, 403)["rule"] == "not_for_this_role"
    for who in (FINANCE, AUDITOR, ADMIN):
        shop.get(path, who)
    assert shop.get(path, FINANCE, 422, nonsense="x")["rule"] == "unknown_filter"
