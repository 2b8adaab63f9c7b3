"""Links by which a marketplace sends its buyers and sellers to their pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from amends.kernel.people import Actor, Role
from tests.entrypoints.sandbox import BUYER, MEDIATOR, SHOP, Json, Shop

LINKS = "/portal-sessions"


def redeemed(shop: Shop, made: Json) -> tuple[Actor, str] | None:
    token = str(made["url"]).rpartition("/enter/")[2]
    link = shop.service.store.access.redeem_link(token, shop.service.clock.now())
    return (link.actor, link.leads_to) if link else None


def test_a_link_leads_to_the_orders_page(shop: Shop) -> None:
    shop.placed()
    for role, person in ((Role.BUYER, "b1"), (Role.SELLER, "s1")):
        made = shop.post(LINKS, {"role": role.value, "order": "A-1001"}, status=201)
        until = datetime.fromisoformat(made["expires_at"])
        assert until.astimezone(UTC) - shop.service.clock.now() == timedelta(minutes=30)
        assert redeemed(shop, made) == (Actor(person, role), "/orders/A-1001")
        assert redeemed(shop, made) is None


def test_a_link_leads_to_a_dispute_or_to_the_list(shop: Shop) -> None:
    shop.disputed()
    made = shop.post(LINKS, {"role": "seller", "dispute": "A-1001-D1"}, status=201)
    assert redeemed(shop, made) == (Actor("s1", Role.SELLER), "/disputes/A-1001-D1")
    made = shop.post(LINKS, {"role": "buyer", "person": "b9"}, status=201, key=None)
    assert redeemed(shop, made) == (Actor("b9", Role.BUYER), "/")


def test_each_call_makes_a_link_of_its_own_whatever_key_it_carries(shop: Shop) -> None:
    shop.placed()
    asked = {"role": "buyer", "order": "A-1001"}
    first, second = (shop.post(LINKS, asked, status=201, key="same") for _ in range(2))
    assert first["url"] != second["url"]
    assert all(redeemed(shop, made) for made in (first, second))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"role": "buyer", "order": "none"}, 404),
        ({"role": "buyer", "dispute": "A-1001-D7"}, 404),
        ({"role": "buyer", "dispute": "nonsense"}, 404),
        ({"role": "mediator", "person": "m1"}, 422),
        ({"role": "buyer"}, 422),
        ({"role": "buyer", "person": "b1", "order": "A-1001"}, 422),
    ],
)
def test_what_cannot_be(shop: Shop, body: Json, status: int) -> None:
    shop.disputed()
    shop.post(LINKS, body, status=status)


def test_only_the_marketplace_asks(shop: Shop) -> None:
    shop.placed()
    for who in (BUYER, MEDIATOR):
        shop.post(LINKS, {"role": "seller", "order": "A-1001"}, who, 403)
    shop.post(LINKS, {"role": "seller", "order": "A-1001"}, SHOP, 201)
