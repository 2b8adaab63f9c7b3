"""A word that is none of a field's is refused with those it may be, wherever it was sent."""

from __future__ import annotations

import pytest

from tests.entrypoints.sandbox import ADMIN, BUYER, FINANCE, SHOP, SUPERVISOR, Shop, claim, order


@pytest.fixture
def kind() -> str:
    """No database is asked."""
    return "sqlite"


@pytest.mark.parametrize(
    ("path", "name", "who", "one"),
    [
        ("/orders", "status", SHOP, "partly_shipped"),
        ("/disputes", "phase", BUYER, "awaiting_seller"),
        ("/disputes", "turn", BUYER, "platform"),
        ("/refunds", "state", FINANCE, "settled"),
        ("/refunds", "sort", FINANCE, "age"),
        ("/finance/tasks", "kind", FINANCE, "refund_late"),
        ("/finance/differences", "state", FINANCE, "resolved"),
        ("/support", "kind", SUPERVISOR, "goodwill"),
        ("/queue", "phase", SUPERVISOR, "appeal"),
        ("/queue", "turn", SUPERVISOR, "mediator"),
        ("/callbacks", "state", ADMIN, "waiting"),
    ],
)
def test_a_list_is_not_empty_for_a_slip_of_the_pen(
    shop: Shop, path: str, name: str, who: str, one: str
) -> None:
    assert shop.call("GET", f"{path}?{name}={one}", who).status_code == 200
    answer = shop.call("GET", f"{path}?{name}=nonsense", who)
    assert answer.status_code == 422
    refused = answer.json()
    assert (refused["rule"], refused["field"]) == ("field_invalid", name)
    assert one in refused["facts"]["known"]
    assert "'nonsense' is not one of " in refused["detail"]
    assert one in refused["detail"]


def test_a_field_says_what_it_may_be(shop: Shop) -> None:
    shop.move_to("2026-03-01T10:00:00Z")
    shop.put("/orders/A-1", order(), status=201)
    slip = {**claim(), "remedy": "refnd"}
    refused = shop.post("/orders/A-1/disputes", slip, BUYER, 422)
    assert refused["field"] == "remedy"
    assert "return_and_refund" in refused["facts"]["known"]
    assert "'refnd' is not one of refund, " in refused["detail"]
    within = order()
    within["seller"]["return_policy"]["return_postage_paid_by"] = "nobody"
    refused = shop.put("/orders/A-2", within, status=422)
    assert refused["field"] == "seller.return_policy.return_postage_paid_by"
    assert sorted(refused["facts"]["known"]) == ["buyer", "seller"]
    refused = shop.post("/sandbox/payments/behaviour", {"next": ["ok", "nope"]}, ADMIN, 422)
    assert refused["field"] == "next[1]"
    assert "timeout_but_done" in refused["facts"]["known"]
