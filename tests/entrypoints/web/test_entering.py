"""Signing in by a link that works once, and what a session may see."""

from __future__ import annotations

from datetime import timedelta

from amends.kernel.people import Role
from tests.entrypoints.web.conftest import World


def test_looking_at_a_link_uses_nothing_up(world: World) -> None:
    token, browser = world.link(Role.BUYER, "b1"), world.browser()
    for _ in range(3):
        assert "Sign me in" in browser.get(f"/enter/{token}").text
        assert not browser.cookies
    assert browser.post(f"/enter/{token}", follow_redirects=False).status_code == 303


def test_a_link_signs_in_once(world: World) -> None:
    token = world.link(Role.BUYER, "b1")
    world.browser().post(f"/enter/{token}")
    again = world.browser().post(f"/enter/{token}")
    assert again.status_code == 410
    assert "no longer works" in again.text


def test_whoever_is_in_already_is_led_on_and_uses_nothing_up(world: World) -> None:
    world.place()
    token, olga = world.link(Role.BUYER, "b1", "/orders/A-1"), world.visitor(Role.BUYER, "b1")
    assert olga.get(f"/enter/{token}").url == f"{world.base}/orders/A-1"
    other = world.visitor(Role.SELLER, "s1")
    assert "Sign me in" in other.get(f"/enter/{token}").words, "it is for somebody else"
    assert world.browser().post(f"/enter/{token}").status_code == 303


def test_an_old_link_does_not_sign_in(world: World) -> None:
    token = world.link(Role.BUYER, "b1")
    world.wait(1)
    assert world.browser().post(f"/enter/{token}").status_code == 410


def test_a_link_leads_to_its_page_and_never_to_another_site(world: World) -> None:
    world.place()
    browser = world.browser()
    own = browser.post(
        f"/enter/{world.link(Role.BUYER, 'b1', '/orders/A-1')}", follow_redirects=True
    )
    assert str(own.url) == f"{world.base}/orders/A-1"
    for elsewhere in ("//evil.example/", "https://evil.example/", "/\\evil.example"):
        link = world.link(Role.BUYER, "b1", elsewhere)
        answer = world.browser().post(f"/enter/{link}", follow_redirects=False)
        assert not answer.headers["location"].startswith(("//", "/\\", "http"))


def test_another_site_cannot_sign_somebody_in(world: World) -> None:
    token = world.link(Role.BUYER, "b1")
    refused = world.browser().post(f"/enter/{token}", headers={"Origin": "https://evil.example"})
    assert refused.status_code == 403
    assert world.browser().post(f"/enter/{token}").status_code == 303


def test_the_cookie_is_kept_from_scripts_and_other_sites(world: World) -> None:
    token = world.link(Role.BUYER, "b1")
    answer = world.browser().post(f"/enter/{token}", follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie  # this server is not behind TLS


def test_signing_out_ends_the_session_everywhere(world: World) -> None:
    olga = world.visitor(Role.BUYER, "b1")
    copied = dict(olga.client.cookies)
    page = olga.get("/orders")
    left = olga.post("/sign-out", page.form("/sign-out"))
    assert "signed out" in left.words
    thief = world.browser()
    thief.cookies.update(copied)
    assert thief.get("/orders").status_code == 401


def test_a_session_ends_by_itself(world: World) -> None:
    olga, vera = world.visitor(Role.BUYER, "b1"), world.visitor(Role.SUPERVISOR, "v1")
    world.wait(1)
    assert olga.get("/orders").status == 200
    assert vera.get("/disputes").status == 401
    world.wait(timedelta(days=7).days)
    assert olga.get("/orders").status == 401


def test_nobody_sees_anything_without_signing_in(world: World) -> None:
    world.place()
    browser = world.browser()
    for path in ("/orders", "/orders/A-1", "/orders/none", "/disputes", "/disputes/A-1-D1",
                 "/notices", "/orders/A-1/dispute/new", "/orders/A-1/evidence/E1"):  # fmt: skip
        assert browser.get(path).status_code == 401, path


def test_everybody_starts_at_their_own_work(world: World) -> None:
    for role, start in (
        (Role.BUYER, "/orders"), (Role.SELLER, "/disputes"), (Role.MEDIATOR, "/queue"),
        (Role.FINANCE, "/finance"), (Role.SUPPORT, "/support"),
    ):  # fmt: skip
        assert world.visitor(role, "p1").get("/").url == world.base + start
