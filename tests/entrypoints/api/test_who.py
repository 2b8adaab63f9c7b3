"""Who may call what, and what does not exist for whom."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from amends.engine.access import ApiKey
from amends.entrypoints.api.calls import EVERYBODY
from amends.entrypoints.api.routes import ROUTES
from amends.entrypoints.api.server import PREFIX
from amends.kernel.people import Actor, Role
from tests.entrypoints.sandbox import (
    ADMIN,
    APPEALS,
    AUDITOR,
    BUYER,
    FINANCE,
    MEDIATOR,
    SELLER,
    SHOP,
    SUPERVISOR,
    SUPPORT,
    Shop,
    claim,
    rub,
)

ALL = (SHOP, BUYER, SELLER, MEDIATOR, APPEALS, SUPERVISOR, SUPPORT, FINANCE, AUDITOR, ADMIN)
OPEN_TO_ALL = {"/health", "/openapi.json", "/docs", "/casefile-key"}


@pytest.fixture
def kind() -> str:
    """Who may do what is known before any database is asked, so one kind is enough."""
    return "sqlite"


def test_every_address_is_in_the_table(shop: Shop) -> None:
    served = {
        (method, route.path_format.removeprefix(PREFIX))
        for route in shop.client.app.routes
        for method in getattr(route, "methods", ())
        if route.path_format.startswith(PREFIX) and method != "OPTIONS"
    }
    listed = {(route.method, route.path) for route in ROUTES}
    # Two more are made from the table itself and open to all.
    assert served - listed == {("GET", "/openapi.json"), ("GET", "/docs")}
    assert listed <= served


def test_only_what_says_nothing_of_anybody_needs_no_key(shop: Shop) -> None:
    for route in ROUTES:
        path = route.path.format(
            order_id="A",
            dispute_id="A-D1",
            evidence_id="E1",
            policy_id="p",
            version="1",
            seller_id="s",
            endpoint_id="we_1",
        )
        for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eA=="},
                        {"Authorization": "Bearer sandbox.provider.x"},
                        {"Authorization": "Bearer sandbox.clock.x"},
                        {"Authorization": "Bearer sandbox.buyer."}):  # fmt: skip
            answer = shop.call(route.method, path, None, headers=headers)
            if route.path in OPEN_TO_ALL:
                assert answer.status_code == 200
                continue
            assert answer.status_code == 401, route
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.json()["rule"] in ("credentials_missing", "credentials_unknown")


def test_a_role_an_address_is_not_for_is_refused(shop: Shop) -> None:
    for route in ROUTES:
        path = route.path.format(
            order_id="A",
            dispute_id="A-D1",
            evidence_id="E1",
            policy_id="p",
            version="1",
            seller_id="s",
            endpoint_id="we_1",
        )
        for role in EVERYBODY - route.roles if route.roles else ():
            answer = shop.call(route.method, path, f"{role.value}.x")
            assert (answer.status_code, answer.json()["rule"]) == (403, "not_for_this_role")


@pytest.mark.parametrize(
    "who", ["buyer.b2", "seller.s2", "seller.b1", "buyer.s1", MEDIATOR, APPEALS]
)
def test_what_one_may_not_see_is_what_does_not_exist(shop: Shop, who: str) -> None:
    shop.disputed()
    for there, not_there in (
        ("/orders/A-1001", "/orders/A-1002"),
        ("/orders/A-1001/protection", "/orders/A-1002/protection"),
        ("/orders/A-1001/messages", "/orders/A-1002/messages"),
        ("/orders/A-1001/evidence/E1", "/orders/A-1002/evidence/E1"),
        ("/disputes/A-1001-D1", "/disputes/A-1002-D1"),
        ("/disputes/A-1001-D1/events", "/disputes/A-1002-D1/events"),
    ):
        hidden, absent = shop.call("GET", there, who), shop.call("GET", not_there, who)
        assert hidden.status_code == absent.status_code == 404
        assert hidden.text.replace("A-1001", "A-1002") == absent.text
    for path, body in (
        ("/orders/{}/commands", {"type": "confirm_receipt"}),
        ("/orders/{}/disputes", claim()),
        ("/disputes/{}-D1/commands", {"type": "escalate"}),
    ):
        hidden = shop.call("POST", path.format("A-1001"), who, json=body)
        absent = shop.call("POST", path.format("A-1002"), who, json=body)
        assert hidden.status_code == absent.status_code == 404
        assert hidden.text.replace("A-1001", "A-1002") == absent.text


def test_a_party_is_refused_what_is_not_its_sides(shop: Shop) -> None:
    shop.disputed()
    assert shop.on("A-1001-D1", "cancel_dispute", SELLER, 403)["rule"] == "not_for_this_role"
    assert shop.on_order("A-1001", "confirm_receipt", SELLER, 403)["rule"] == "not_for_this_role"
    shop.post("/orders/A-1001/disputes", claim(), SELLER, 403)


def test_lists_hold_ones_own(shop: Shop) -> None:
    shop.disputed()
    seen = {who: len(shop.get("/disputes", who)["items"]) for who in ALL}
    assert seen == {who: 0 if who in (MEDIATOR, APPEALS) else 1 for who in ALL}
    assert shop.get("/disputes", "buyer.b2")["items"] == []
    assert shop.get("/disputes", BUYER, buyer="b2")["items"] == []
    assert shop.get("/orders", "seller.s2")["items"] == []
    assert [o["id"] for o in shop.get("/orders", SELLER)["items"]] == ["A-1001"]
    for who in (BUYER, SELLER, MEDIATOR, SUPPORT):
        shop.get("/refunds", who, 403)
    for who in (FINANCE, AUDITOR, ADMIN, SHOP):
        assert shop.get("/refunds", who)["items"] == []


def test_a_mediator_sees_what_is_assigned(shop: Shop) -> None:
    shop.disputed()
    shop.on("A-1001-D1", "make_offer", SELLER, remedy="refund", amount=rub(30_000), note="x")
    shop.on("A-1001-D1", "escalate", BUYER, note="Too little.")
    shop.on("A-1001-D1", "assign_mediator", SUPERVISOR, mediator="m1")
    assert [d["id"] for d in shop.get("/disputes", MEDIATOR)["items"]] == ["A-1001-D1"]
    assert shop.dispute("A-1001-D1", MEDIATOR)["mediator"] == "m1"
    shop.get("/disputes/A-1001-D1", "mediator.m2", 404)
    shown = shop.dispute("A-1001-D1", BUYER)
    assert shown["mediated"] is True
    assert "mediator" not in shown
    events = shop.call("GET", "/disputes/A-1001-D1/events", BUYER).text
    assert "m1" not in events
    for who in (BUYER, SELLER):
        assert shop.get("/disputes", who, 422, mediator="m1")["rule"] == "unknown_filter"
    assert len(shop.get("/disputes", SUPERVISOR, mediator="m1")["items"]) == 1
    assert "v1" not in events.replace("/api/v1", "")
    assert '"mediator":"m1"' in shop.call("GET", "/disputes/A-1001-D1/events", ADMIN).text


def test_addresses_for_mail_are_not_shown_to_the_other_side(shop: Shop) -> None:
    shop.placed()
    assert "olga@example.com" not in shop.call("GET", "/orders/A-1001", SELLER).text
    assert "shop@example.com" not in shop.call("GET", "/orders/A-1001", BUYER).text
    assert shop.get("/orders/A-1001", BUYER)["buyer"]["email"] == "olga@example.com"


def test_a_key_has_its_actor_and_its_scopes(shop: Shop) -> None:
    shop.placed()
    access, now = shop.service.store.access, datetime(2026, 1, 1, tzinfo=UTC)
    access.add_key(ApiKey("k1", Actor("shop", Role.MARKETPLACE), ("read",), now), "s" * 43)
    access.add_key(ApiKey("k2", Actor("b2", Role.BUYER), (), now), "t" * 43)
    reader = {"Authorization": f"Bearer {'s' * 43}"}
    assert shop.call("GET", "/orders/A-1001", None, headers=reader).status_code == 200
    refused = shop.call("PUT", "/orders/A-1001", None, headers=reader, json={})
    assert (refused.status_code, refused.json()["rule"]) == (403, "scope_missing")
    other = {"Authorization": f"Bearer {'t' * 43}"}
    assert shop.call("GET", "/orders/A-1001", None, headers=other).status_code == 404
    access.revoke_key("k1", now)
    assert shop.call("GET", "/orders/A-1001", None, headers=reader).status_code == 401


def test_every_answer_bears_the_headers_of_safety(shop: Shop) -> None:
    for method, path, who in (("GET", "/health", None), ("GET", "/orders", None),
                              ("GET", "/nothing", SHOP), ("GET", "/docs", None)):  # fmt: skip
        headers = shop.call(method, path, who).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
