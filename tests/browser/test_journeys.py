"""How far it is from an order to a sent claim, and from a notice to an answer, on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page

from amends.kernel.people import Role
from tests.browser.conftest import enter
from tests.entrypoints.web.conftest import ORDER, World

PHONE = {"width": 360, "height": 740}
BOUGHT = ("Blouse", "Skirt", "Scarf")


class Counted:
    """A page, and what somebody has to do on it. ``pages`` counts those shown so far."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pages, self.inputs, self.clicks = 1, 0, 0

    def click(self, what: Locator) -> None:
        """A click; the page it leads to counts."""
        before = self.page.url.partition("#")[0]
        what.click()
        self.page.wait_for_load_state()
        self.clicks += 1
        self.pages += self.page.url.partition("#")[0] != before

    def button(self, name: str) -> None:
        """Click a button."""
        self.click(self.page.get_by_role("button", name=name, exact=True))

    def type(self, label: str, text: str) -> None:
        """Type into a field."""
        self.page.get_by_label(label).fill(text)
        self.inputs += 1


def _of_several_lines(market: World) -> str:
    """An order of three units each of three lines, delivered like the others."""
    order, number = "A-21", {"tracking_number": "12345678921"}
    line = {**ORDER["lines"][0], "quantity": 3}
    lines = [{**line, "id": str(n), "title": title} for n, title in enumerate(BOUGHT, 1)]
    paid = {"amount": 720_000, "currency": "RUB"}
    payment = {**ORDER["payment"], "reference": "pay_21", "captured": paid}
    market.place(order, lines=lines, payment=payment)
    ship = {"type": "ship_order", "carrier": "DHL", **number, "insist": True}
    market.api("POST", f"/orders/{order}/commands", {**ship, "at": "2026-01-02T00:00:00Z"})
    told = {"type": "record_tracking", **number, "status": "delivered"}
    market.api("POST", f"/orders/{order}/commands", {**told, "at": "2026-01-10T00:00:00Z"})
    return order


@pytest.mark.parametrize(
    ("order", "script", "wrong"),
    [
        ("A-11", False, {"White <b>blouse</b>": "1"}),
        ("A-10", True, {"White <b>blouse</b>": "1"}),
        ("", False, {"Blouse": "2", "Skirt": "1", "Scarf": "0"}),
    ],
)
def test_from_my_orders_to_a_sent_claim(
    chromium: Browser, market: World, order: str, script: bool, wrong: dict[str, str]
) -> None:
    order = order or _of_several_lines(market)
    context, page = enter(
        chromium, market, Role.BUYER, "b1", viewport=PHONE, java_script_enabled=script
    )
    page.goto("/orders")
    way = Counted(page)
    card = page.locator(".card").filter(has_text=f"Order {order} ")
    way.click(card.get_by_role("link", name="Problem with this order?"))
    way.button("Yes, it came")
    way.click(page.get_by_label("It is not what was described"))
    way.button("Continue")
    for title, units in wrong.items():
        numbers = page.get_by_role("radiogroup", name=title, exact=True)
        way.click(numbers.get_by_label(units, exact=True))
    way.button("Continue")
    way.click(page.get_by_label("Money back, and the goods are kept"))
    way.type("How much do you ask for?", "720")
    way.button("Continue")
    way.type("What happened?", "The chart says M, the blouse is an S.")
    way.type("What came of writing to the seller?", "Wrote on 9 January, no answer.")
    way.button("Continue")
    page.get_by_label("Add a file").set_input_files(
        {"name": "size.txt", "mimeType": "text/plain", "buffer": b"bust 86 cm"}
    )
    way.clicks += 1  # what the phone asks then is its own
    way.button("Continue")
    assert page.get_by_role("heading", name="Check your answers").is_visible()
    pages = way.pages
    way.button("Send my claim to the seller")
    assert page.get_by_text("Your dispute is open").is_visible()
    print(f"claim: {pages} pages, {way.inputs} typed inputs, {way.clicks} clicks")  # noqa: T201
    assert pages <= 8
    assert way.inputs <= 3
    assert way.clicks <= 14
    context.close()


@pytest.mark.parametrize(("order", "script"), [("A-6", False), ("A-2", True)])
def test_a_seller_answers_in_two_pages(
    chromium: Browser, market: World, order: str, script: bool
) -> None:
    context, page = enter(
        chromium, market, Role.SELLER, "s1", viewport=PHONE, java_script_enabled=script
    )
    page.goto("/notices")
    way = Counted(page)
    way.pages = 0  # the notice is where they start
    way.click(page.locator(f'a[href="/disputes/{order}-D1"]').first)
    assert page.get_by_text("Your turn").is_visible()
    form = page.locator('form[action$="/accept_offer"]')
    form.get_by_label("Buyer: ").check()
    way.click(form.get_by_role("button"))
    assert page.get_by_text("This step is final").is_visible()
    pages = way.pages
    way.button("Yes, this is final")
    assert page.get_by_text("You agreed to the offer").is_visible()
    print(f"answer: {pages} pages")  # noqa: T201
    assert pages <= 2
    context.close()


def _tab_to(page: Page, there: Callable[[str], bool]) -> None:
    """Press Tab until what has the focus is the wanted thing, and the focus can be seen."""
    for _ in range(80):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => { const e = document.activeElement, box = e.getBoundingClientRect();
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return [(e.name || "") + "=" + (e.value || "") + " " + e.textContent.trim(),
                getComputedStyle(e).outlineStyle, e.contains(top) || top === null
                || e.closest("label") === top.closest("label")] }"""
        )
        if there(found[0]):
            assert found[1] != "none", f"{found[0]}: the focus cannot be seen"
            assert found[2], f"{found[0]}: something covers the focus"
            return
    raise AssertionError(f"{page.url}: Tab does not lead there")


def test_a_claim_by_keyboard_alone(chromium: Browser, market: World) -> None:
    context, page = enter(
        chromium, market, Role.BUYER, "b1", viewport=PHONE, java_script_enabled=False
    )
    page.goto("/orders/A-5")

    def presses(key: str, on: str) -> None:
        _tab_to(page, lambda text: text.startswith(on) or text.endswith(on))
        page.keyboard.press(key)
        page.wait_for_load_state()

    def goes_on() -> None:
        before = page.url
        presses("Enter", "Continue")
        page.wait_for_url(lambda url: url != before)

    presses("Enter", "Problem with this order?")
    page.wait_for_url("**/received")
    presses("Enter", "received=yes")
    page.wait_for_url("**/reason")
    presses("Space", "reason=")
    while not page.locator('input[value="damaged"]').is_checked():
        page.keyboard.press("ArrowDown")
    goes_on()
    goes_on()
    presses("Space", "remedy=")
    goes_on()
    _tab_to(page, lambda text: text.startswith("description="))
    page.keyboard.type("Torn at the seam.")
    goes_on()
    goes_on()
    presses("Enter", "Send my claim to the seller")
    page.wait_for_url("**/disputes/A-5-D1?done=open_dispute")
    context.close()


def test_news_shows_on_a_page_that_lies_open(chromium: Browser, market: World) -> None:
    context, page = enter(chromium, market, Role.BUYER, "b1", viewport=PHONE)
    page.goto("/orders/A-4")
    page.get_by_label("Your message").fill("Where is")
    page.evaluate("document.activeElement.blur()")
    hello = {"type": "send_message", "text": "It leaves our house tomorrow."}
    market.api("POST", "/orders/A-4/commands", hello, "seller.s1")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_text("It leaves our house tomorrow.").wait_for()
    assert page.get_by_text("There is news").count() == 1
    assert page.get_by_label("Your message").input_value() == "Where is"
    context.close()
