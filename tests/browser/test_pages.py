"""Every kind of page: nothing axe finds, targets large enough, and light to load."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from amends.kernel.people import Role
from tests.browser.conftest import Scheme, enter
from tests.entrypoints.web.conftest import World

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
WIDTHS = (320, 768, 1280)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
MOST_BYTES = 60_000
NEW = "/orders/A-3/dispute/new"
PAGES = {
    (Role.BUYER, "b1"): (
        "/orders", "/orders?find=none", "/orders/A-1", "/orders/A-4", "/disputes",
        "/disputes/A-1-D1", "/disputes/A-2-D1", "/notices", "/nowhere",
        f"{NEW}/received", f"{NEW}/reason", f"{NEW}/items", f"{NEW}/remedy", f"{NEW}/story",
        f"{NEW}/proof", f"{NEW}/check", "/orders/A-4/dispute/new", "/orders/A-8",
        "/refunds/A-8-R1", "/design", "/orders/A-4/help",
    ),
    (Role.SELLER, "s1"): (
        "/orders", "/orders/A-1", "/disputes", "/disputes/A-1-D1", "/disputes/A-2-D1", "/notices",
        "/balance", "/shop", "/disputes?sort=amount",
    ),
    (Role.MEDIATOR, "m1"): (
        "/disputes", "/disputes/A-1-D1", "/notices", "/queue", "/disputes/A-1-D1/workbench",
    ),
    (Role.SUPERVISOR, "v1"): (
        "/disputes", "/disputes/A-2-D1", "/orders", "/orders/A-1", "/notices", "/queue", "/rulings",
    ),
    (Role.FINANCE, "f1"): (
        "/orders/A-1", "/finance", "/finance/tasks", "/finance/refunds", "/finance/differences",
        "/finance/ledger", "/finance/orders/A-8", "/finance/orders/A-9",
    ),
    (Role.APPEALS, "a1"): ("/disputes",),
    (Role.ADMIN, "d1"): ("/staff", "/staff/people/new", "/queue", "/queue/load", "/account"),
    (Role.SUPPORT, "u1"): ("/support", "/support?kind=goodwill", "/orders/A-1"),
}  # fmt: skip
# Links within a sentence may be smaller: WCAG 2.2, 2.5.8, exception "inline".
SMALL = """() => [...document.querySelectorAll(
    'a, button, input:not([type=hidden]), select, textarea, summary')].filter(e => {
  const box = (e.closest('label') || e).getBoundingClientRect();
  if (!e.checkVisibility() || box.width === 0 || e.classList.contains('skip')) return false;
  if (e.matches('p a, li p a, dd a, .note a') && getComputedStyle(e).display === 'inline')
    return false;
  return box.width < 24 || box.height < 24;
}).map(e => e.outerHTML.slice(0, 120))"""
VIOLATIONS = """async () => (await axe.run()).violations.map(
    v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | '))"""


def _fill_in_a_claim(page: Page) -> None:
    """Up to the check, so that each of its pages can be shown.

    Each question by its own address: a claim that was begun before goes on at its first open one.
    """
    page.goto(f"{NEW}/received")
    page.get_by_role("button", name="Yes, it came").click()
    page.goto(f"{NEW}/reason")
    page.get_by_label("It was damaged on the way").check()
    page.get_by_role("button", name="Continue").click()
    page.goto(f"{NEW}/items")
    page.get_by_role("button", name="Continue").click()
    page.goto(f"{NEW}/remedy")
    page.get_by_label("Money back, and the goods are kept").check()
    page.get_by_role("button", name="Continue").click()
    page.goto(f"{NEW}/story")
    page.get_by_label("What happened?").fill("Torn.")
    page.get_by_role("button", name="Continue").click()
    page.goto(f"{NEW}/proof")
    page.get_by_role("button", name="Continue").click()


def _faults(page: Page, path: str) -> list[str]:
    found: list[str] = []
    page.evaluate(AXE)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found += [f"{path} {width} {scheme}: {v}" for v in page.evaluate(VIOLATIONS)]
        found += [f"{path} {width}: small: {e}" for e in page.evaluate(SMALL)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{path} {width}: has to be scrolled sideways, {wide} px")
    return found


@pytest.mark.parametrize(("role", "person"), PAGES, ids=str)
def test_pages_can_be_used_by_everybody(
    chromium: Browser, market: World, role: Role, person: str
) -> None:
    context, page = enter(chromium, market, role, person)
    if role is Role.BUYER:
        _fill_in_a_claim(page)
    found: list[str] = []
    for path in PAGES[role, person]:
        page.goto(path)
        assert page.locator("h1").count() == 1, path
        found += _faults(page, path)
    context.close()
    assert not found, "\n".join(found)


def test_a_word_without_end_stays_on_a_phone_s_page(chromium: Browser, market: World) -> None:
    context, page = enter(
        chromium, market, Role.SELLER, "s1", viewport={"width": 320, "height": 640}
    )
    page.goto("/disputes/A-1-D1")
    for place in (".said", ".facts dd"):
        page.locator(place).first.evaluate("e => { e.textContent = 'Donaudampfschiff'.repeat(20) }")
        assert page.evaluate("document.documentElement.scrollWidth") == 320, place
    context.close()


def test_pages_before_signing_in(chromium: Browser, market: World) -> None:
    context = chromium.new_context(base_url=market.base)
    page = context.new_page()
    found: list[str] = []
    for path in ("/", f"/enter/{'x' * 32}", "/help", "/help/reasons", "/help/elsewhere?country=DE"):
        page.goto(path)
        found += _faults(page, path)
    context.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("role", "person"), list(PAGES)[:2], ids=str)
def test_pages_are_light(chromium: Browser, market: World, role: Role, person: str) -> None:
    context, page = enter(chromium, market, role, person)
    if role is Role.BUYER:
        _fill_in_a_claim(page)
    sizes: dict[str, int] = {}
    for path in PAGES[role, person]:
        answer = page.goto(path)
        assert answer is not None
        loaded: list[str] = page.evaluate(
            "performance.getEntriesByType('resource').map(entry => entry.name)"
        )
        parts = [answer.body(), *(context.request.get(url).body() for url in loaded)]
        sizes[path] = sum(len(gzip.compress(part)) for part in parts)
    for path, size in sorted(sizes.items(), key=lambda item: -item[1]):
        print(f"{size:6d} bytes {role.value} {path}")  # noqa: T201
    context.close()
    assert max(sizes.values()) <= MOST_BYTES
