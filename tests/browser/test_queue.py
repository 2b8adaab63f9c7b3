"""The queue with a keyboard alone, and nothing axe finds on its pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from amends.entrypoints.judging import own, watching
from amends.kernel.people import Role
from tests.browser.conftest import enter
from tests.browser.test_pages import _faults as faults
from tests.entrypoints.web.conftest import World


@pytest.fixture
def page(chromium: Browser, market: World) -> Iterator[Page]:
    store, now = market.service.store, market.service.clock.now()
    watching.watch(store, "v1", ("chart",), now)
    own.remind(store.drafts, "v1", "A-1-D1", f"{now:%Y-%m-%d}", "Call them.", now)
    context, page = enter(chromium, market, Role.SUPERVISOR, "v1")
    yield page
    context.close()


def test_the_keys_go_through_the_queue(page: Page) -> None:
    page.goto("/queue")
    page.keyboard.press("?")
    expect(page.get_by_text("leave a field")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_text("leave a field")).to_be_hidden()
    page.keyboard.press("j")
    expect(page.locator("[data-case]").first).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("[data-case]").first).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys summary")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("[data-case]").first).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("sj")
    expect(page.locator("#find")).to_have_value("sj")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/disputes/A-1-D1")
    page.goto("/queue")
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_url("**/disputes/A-1-D1")


@pytest.mark.parametrize("path", ["/queue", "/queue?who=nobody", "/queue/load"])
def test_its_pages_have_no_faults(page: Page, path: str) -> None:
    page.goto(path)
    assert faults(page, path) == []


def test_a_mediators_queue_has_no_faults(chromium: Browser, market: World) -> None:
    context, page = enter(chromium, market, Role.MEDIATOR, "m1")
    page.goto("/queue")
    assert page.get_by_role("button", name="Give it back").count() == 1
    assert faults(page, "queue of a mediator") == []
    context.close()
