"""Pages of both sides from right to left, on the narrowest telephone: nothing axe finds, nothing
to be scrolled sideways, and each text on its own side."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from amends.kernel.people import Role
from tests.browser.conftest import enter
from tests.browser.test_pages import AXE, NEW, VIOLATIONS
from tests.entrypoints.web.conftest import World

WIDTH = 320
PAGES = {
    (Role.BUYER, "b1"): (
        "/orders", "/orders/A-1", "/disputes", "/disputes/A-1-D1", f"{NEW}/reason", f"{NEW}/proof",
        "/refunds/A-8-R1", "/notices",
    ),
    (Role.SELLER, "s1"): (
        "/disputes", "/disputes/A-2-D1", "/orders/A-1", "/balance", "/shop",
    ),
}  # fmt: skip
# What is drawn over the text of an entry: its mark has to stay beside it.
COVERED = """() => [...document.querySelectorAll('.story > li, .way > li')].filter(entry => {
  const text = document.createRange();
  text.selectNodeContents(entry);
  return text.getBoundingClientRect().right > entry.getBoundingClientRect().right - 8;
}).map(entry => entry.textContent.slice(0, 80))"""


@pytest.mark.parametrize(("role", "person"), PAGES, ids=str)
def test_pages_run_from_right_to_left(
    chromium: Browser, market: World, role: Role, person: str
) -> None:
    context, page = enter(chromium, market, role, person, viewport={"width": WIDTH, "height": 800})
    context.add_cookies([{"name": "language", "value": "ar", "url": market.base}])
    found: list[str] = []
    for path in PAGES[role, person]:
        answer = page.goto(path)
        assert answer is not None
        assert answer.ok, path
        root = page.locator("html")
        assert (root.get_attribute("lang"), root.get_attribute("dir")) == ("ar", "rtl"), path
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > WIDTH:
            found.append(f"{path}: has to be scrolled sideways, {wide} px")
        found += [f"{path}: lies on its mark: {entry}" for entry in page.evaluate(COVERED)]
        page.evaluate(AXE)
        found += [f"{path}: {violation}" for violation in page.evaluate(VIOLATIONS)]
    context.close()
    assert not found, "\n".join(found)
