"""The whole way in with a real browser: setting up, signing in, proving, ending sessions, a link by
mail; and nothing axe finds on any of these pages."""

from __future__ import annotations

from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, Page

from amends.entrypoints.staff.roster import Roster, SetUpLink
from amends.kernel.people import Role
from tests.browser.conftest import enter
from tests.browser.test_pages import _faults as faults
from tests.entrypoints.staff.people import PASSWORD, account
from tests.entrypoints.web.conftest import World


class Telephone:
    """An authenticator: each code of the clock's three steps once."""

    def __init__(self, world: World, secret: str) -> None:
        self.totp = pyotp.TOTP(secret.replace(" ", ""))
        self.next = int(world.service.clock.now().timestamp()) // 30 - 1

    def code(self) -> str:
        self.next += 1
        return self.totp.generate_otp(self.next - 1)


@pytest.fixture
def page(chromium: Browser, market: World) -> Iterator[Page]:
    """A page in a browser of its own, that nobody is signed in with."""
    context = chromium.new_context(base_url=market.base)
    yield context.new_page()
    context.close()


def test_from_a_link_to_a_session_that_is_ended_elsewhere(
    chromium: Browser, market: World, page: Page
) -> None:
    found: list[str] = []

    def look(name: str) -> None:
        page.locator("h1").first.wait_for()
        assert page.locator("h1").count() == 1, name
        found.extend(faults(page, name))

    roster = Roster(market.service.store, market.service.new_token)
    link = roster.add(account(market.service, "zoe", Role.ADMIN))
    assert isinstance(link, SetUpLink)
    page.goto(link.path)
    look("set up")
    telephone = Telephone(market, page.locator(".scan .code").inner_text())
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Set up and sign in").click()
    look("set up, refused")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("The same once more").fill(PASSWORD)
    page.get_by_label("The six digits it shows now").fill(telephone.code())
    page.get_by_role("button", name="Set up and sign in").click()
    look("recovery codes")
    recovery = page.locator(".codes li").all_inner_texts()
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("button", name="Sign out").first.click()
    page.goto("/account")
    look("sign in needed")
    page.get_by_role("link", name="Sign in for staff").click()
    page.get_by_label("E-mail").fill("zoe@amends.example")
    page.get_by_label("Password").fill("something else")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    look("sign in, refused")
    assert page.get_by_label("E-mail").input_value() == "zoe@amends.example"
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Code").fill(telephone.code())
    page.get_by_role("button", name="Sign in").click()
    assert page.url == f"{market.base}/account"
    look("account")
    page.goto("/staff")
    look("staff")
    page.get_by_role("link", name="Add somebody").click()
    page.get_by_label("Id").fill("leo")
    page.get_by_role("button", name="Add the account").click()
    look("new account, refused")
    page.get_by_label("Name").fill("Leo Varga")
    page.get_by_label("E-mail").fill("leo@amends.example")
    page.get_by_label("mediator").check()
    page.get_by_role("button", name="Add the account").click()
    look("link")
    page.goto("/staff/people/leo")
    look("an account")

    session = market.service.store.sessions.of("zoe", market.service.clock.now())[0]
    market.service.store.sessions.proven(session.id, market.service.clock.now().replace(year=2025))
    page.get_by_label("The most they may award alone").fill("500 USD")
    page.get_by_role("button", name="Change the account").click()
    look("is it you")
    page.get_by_label("Code").fill(recovery[0])
    page.get_by_role("button", name="Change the account").click()
    assert page.get_by_label("The most they may award alone").input_value() == "500.00 USD"

    other = chromium.new_context(base_url=market.base, java_script_enabled=False)
    second = other.new_page()
    second.goto("/staff/sign-in")
    second.get_by_label("E-mail").fill("zoe@amends.example")
    second.get_by_label("Password").fill(PASSWORD)
    second.get_by_label("Code").fill(recovery[1])
    second.get_by_label("Code").press("Enter")
    page.goto("/account")
    page.get_by_role("button", name="End it").click()
    second.goto("/staff")
    assert second.get_by_role("heading", level=1).inner_text() == "Sign in with a link"
    other.close()
    assert not found, "\n".join(found)


def test_a_link_that_was_used_gets_a_fresh_one(
    chromium: Browser, market: World, page: Page
) -> None:
    token = market.link(Role.BUYER, "b1", "/disputes/A-1-D1")
    market.browser().post(f"/enter/{token}")
    page.goto(f"/enter/{token}")
    page.get_by_role("button", name="Sign me in").click()
    found = faults(page, "spent")
    page.get_by_role("button", name="Send me a fresh link").click()
    found += faults(page, "sent")
    page.goto("/link")
    page.get_by_role("button", name="Send me a link").click()
    assert page.get_by_label("Your e-mail, or the number of your order").is_visible()
    found += faults(page, "link, refused")
    assert not found, "\n".join(found)


def test_ones_own_sessions(chromium: Browser, market: World) -> None:
    context, page = enter(chromium, market, Role.SELLER, "s1")
    page.goto("/account")
    found = faults(page, "account of a party")
    context.close()
    assert not found, "\n".join(found)
