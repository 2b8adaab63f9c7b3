"""The case file on a dispute's page: there for whoever sees the dispute, both sides alike."""

from __future__ import annotations

import re

import pytest

from amends.kernel.people import Role
from tests.entrypoints.web.conftest import World
from tests.entrypoints.web.test_order_page import CLAIM


@pytest.mark.parametrize(
    ("role", "person"), [(Role.BUYER, "b1"), (Role.SELLER, "s1"), (Role.SUPERVISOR, "v1")]
)
def test_it_is_taken_from_the_page(world: World, role: Role, person: str) -> None:
    world.place()
    world.deliver()
    world.api("POST", "/orders/A-1/disputes", CLAIM, "buyer.b1")
    visitor = world.visitor(role, person)
    links = re.findall(
        r'href="(/disputes/A-1-D1/casefile\?kind=(\w+))" download',
        visitor.get("/disputes/A-1-D1").html,
    )
    assert [kind for _, kind in links] == ["zip", "pdf"]
    for address, kind in links:
        taken = visitor.get(address)
        assert taken.status == 200
        assert taken.headers["content-type"] == f"application/{kind}"
        assert taken.headers["content-disposition"] == f'attachment; filename="case-A-1-D1.{kind}"'
        assert "default-src" in taken.headers["content-security-policy"]


def test_for_others_it_is_not_there(world: World) -> None:
    world.place()
    world.deliver()
    world.api("POST", "/orders/A-1/disputes", CLAIM, "buyer.b1")
    stranger = world.visitor(Role.BUYER, "b2")
    assert stranger.get("/disputes/A-1-D1/casefile?kind=zip").status == 404
    assert world.visitor(Role.BUYER, "b1").get("/disputes/A-1-D1/casefile?kind=doc").status == 404
