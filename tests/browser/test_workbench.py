"""Judging with the keyboard alone, and what axe has to say of the workbench."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from amends.kernel.people import Role
from tests.browser.conftest import enter
from tests.browser.test_pages import _faults as faults
from tests.entrypoints.web.conftest import World

BENCH = "/disputes/A-7-D1/workbench"
MOST_KEYS = 25
CODE_KEYS = 7  # six digits and Enter, for whoever has an account, in the last ten minutes


@pytest.fixture(scope="module")
def mediated(market: World) -> World:
    """A-7 is in mediation too, with nobody left who has time to answer."""
    claim: dict[str, Any] = {
        "received": True, "reason": "not_as_described", "remedy": "refund",
        "amount": {"amount": 72000, "currency": "RUB"}, "description": "It is 91 cm wide.",
        "lines": [{"line": "1", "quantity": 1}], "evidence": [],
    }  # fmt: skip
    market.api("POST", "/orders/A-7/disputes", claim, "buyer.b1")
    buyer = market.visitor(Role.BUYER, "b1")
    photo = {"file": ("tape.png", _png(), "image/png")}
    form = buyer.get("/disputes/A-7-D1").form("/orders/A-7/evidence")
    assert buyer.post("/orders/A-7/evidence", form, photo).status == 200
    no = {"type": "make_offer", "remedy": "refund", "amount": {"amount": 0, "currency": "RUB"},
          "note": "It is as shown."}  # fmt: skip
    market.api("POST", "/disputes/A-7-D1/commands", no, "seller.s1")
    market.api("POST", "/disputes/A-7-D1/commands", {"type": "escalate"}, "buyer.b1")
    assigned = {"type": "assign_mediator", "mediator": "m7"}
    market.api("POST", "/disputes/A-7-D1/commands", assigned, "supervisor.v1")
    return market


def _png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 30, 30)).save(file, "PNG")
    return file.getvalue()


class Keys:
    """A keyboard that counts, prose aside."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0
        self.keyboard = page.context.new_cdp_session(page)

    def press(self, *keys: str) -> None:
        """Each one keystroke."""
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1

    def with_alt(self, letter: str) -> None:
        """One keystroke. Access keys follow the letter's own event, as a real keyboard sends it."""
        key = {"key": letter, "code": f"Key{letter.upper()}", "modifiers": 1}
        down = {"type": "keyDown", "text": letter, "unmodifiedText": letter}
        self.keyboard.send("Input.dispatchKeyEvent", {**key, **down})
        self.keyboard.send("Input.dispatchKeyEvent", {**key, "type": "keyUp"})
        self.count += 1

    def jump(self, letter: str, part: str) -> None:
        """To the first input of a part, as quick as the browser follows the key."""
        self.with_alt(letter)
        self.page.locator(f"#{part}:focus").wait_for(state="attached", timeout=5000)
        self.press("Tab")

    def write(self, prose: str) -> None:
        """Prose, which is not counted."""
        self.page.keyboard.type(prose)


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without"])
def test_the_workbench_can_be_used_by_everybody(
    chromium: Browser, mediated: World, *, scripts: bool
) -> None:
    context, page = enter(chromium, mediated, Role.MEDIATOR, "m7", java_script_enabled=scripts)
    page.goto(BENCH)
    assert page.locator("h1").count() == 1
    assert page.locator("#draft").is_visible()
    assert page.locator("#draft textarea[name=text]").is_visible()
    if scripts:
        found = faults(page, BENCH)
        _write(page)
        page.get_by_role("button", name="See what would come of it").click()
        page.get_by_role("button", name="Issue it").wait_for()
        found += faults(page, "preview")
        assert not found, "\n".join(found)
    context.close()


def _write(page: Page) -> None:
    page.locator("#draft").get_by_label("For the buyer").first.check()
    page.locator("#draft input[name=reasons]").first.check()
    page.locator("#draft input[name=evidence]").check()
    page.locator("#draft textarea[name=text]").fill("The chart says 96.")


def test_a_draft_saves_itself_while_it_is_written(chromium: Browser, mediated: World) -> None:
    context, page = enter(chromium, mediated, Role.MEDIATOR, "m7")
    page.goto(BENCH)
    page.locator("#draft textarea[name=text]").fill("Half a sen")
    page.get_by_text("Saved.", exact=True).wait_for()
    page.goto(BENCH)
    assert page.locator("#draft textarea[name=text]").input_value() == "Half a sen"
    page.locator("#draft textarea[name=text]").fill("")
    page.get_by_text("Saved.", exact=True).wait_for()
    context.close()


def test_from_the_queue_to_an_issued_ruling_by_keyboard(chromium: Browser, mediated: World) -> None:
    mediated.service.store.drafts.drop("A-7", "m7")  # what the tests before this one wrote
    context, page = enter(chromium, mediated, Role.MEDIATOR, "m7")
    page.goto("/queue")
    keys = Keys(page)
    keys.press("j", "Enter")
    page.wait_for_url(f"**{BENCH}")
    keys.jump("f", "finding")
    keys.press("Space")
    assert page.locator("input[name=finding]:checked").input_value() == "for_buyer"
    keys.jump("b", "because")
    keys.press("Space")
    assert page.locator("input[name=reasons]:checked").count() == 1
    # Ticked, for the tests before this one have shown it to this mediator.
    keys.jump("e", "proofs")
    assert page.locator("input[name=evidence]:focus").is_checked()
    keys.jump("w", "words")
    keys.write("The chart says 96 cm, the tape 91.")
    keys.with_alt("p")
    page.get_by_role("button", name="Issue it").wait_for()
    assert "that you have not opened" not in page.inner_text("main")
    keys.with_alt("i")
    page.wait_for_url("**/disputes/A-7-D1?done=issue_ruling")
    assert "The chart says 96 cm, the tape 91." in page.inner_text("main")
    print(f"{keys.count} keystrokes besides prose, {keys.count + CODE_KEYS} with a code")  # noqa: T201
    assert keys.count + CODE_KEYS <= MOST_KEYS
    context.close()
