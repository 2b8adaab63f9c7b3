"""Whether a page that lies open is still the newest, and the catalogue of components."""

from __future__ import annotations

import re

from amends.kernel.people import Role
from tests.entrypoints.web.conftest import World


def test_an_open_page_learns_that_there_is_news(world: World) -> None:
    world.place()
    buyer = world.visitor(Role.BUYER, "b1")
    page = buyer.get("/orders/A-1")
    shown = re.search(r'data-shown="&#34;(\d+)&#34;"', page.html)
    assert shown is not None
    tag = {"If-None-Match": f'"{shown[1]}"'}
    assert buyer.client.get("/orders/A-1/version", headers=tag).status_code == 304
    hello = {"type": "send_message", "text": "It leaves tomorrow."}
    world.api("POST", "/orders/A-1/commands", hello, "seller.s1")
    answer = buyer.client.get("/orders/A-1/version", headers=tag)
    assert (answer.status_code, answer.content) == (200, b"")
    tag = {"If-None-Match": answer.headers["etag"]}
    assert buyer.client.get("/orders/A-1/version", headers=tag).status_code == 304
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]


def test_nobody_else_learns_anything_and_staffs_pages_do_not_ask(world: World) -> None:
    world.place()
    assert world.visitor(Role.BUYER, "b2").get("/orders/A-1/version").status == 404
    assert world.visitor(Role.BUYER, "b1").get("/orders/nowhere/version").status == 404
    support = world.visitor(Role.SUPPORT, "u1")
    assert support.get("/orders/A-1/version").status == 404
    assert "live.js" not in support.get("/orders/A-1").html


def test_the_catalogue_shows_each_component_to_everybody(world: World) -> None:
    page = world.visitor(Role.BUYER, "b1").get("/design")
    for title in (
        "Clock", "Order card with its window", "Offers compared", "Timeline", "A parcel's way",
        "Evidence", "Checklist", "Messages", "Banners", "Empty state", "Form with error summary",
    ):  # fmt: skip
        assert f"<h2>{title}</h2>".replace("'", "&#39;") in page.html, title
    assert world.browser().get("/design").status_code == 200
    after = world.browser().post("/design", data={}, follow_redirects=True)
    assert after.url.path == "/design"
