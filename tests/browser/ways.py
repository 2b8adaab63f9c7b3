"""Two ways through a page: with a pointer, and with the keys of a keyboard alone."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page

from tests.browser import pseudo

# Whether the focus is where it should be, can be seen, and is not under something else.
_AT = """(wanted) => { const e = document.activeElement;
if (e !== wanted && !(e.type === "radio" && e.name === wanted.name && e.form === wanted.form))
  return "elsewhere";
const box = e.getBoundingClientRect();
const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
if (getComputedStyle(e).outlineStyle === "none") return "cannot be seen";
return e.contains(top) || top === null || e.closest("label") === top.closest("label")
  ? "there" : "is covered"; }"""
_FOLDED = "e => e.closest('details:not([open])') && !e.matches('summary')"
_MOST_KEYS = 150


class Pointer:
    """Clicks, and counts the pages that were shown."""

    def __init__(self, page: Page, *, marked: bool) -> None:
        """``marked``: each page is looked through for what was not marked for translation."""
        self.page = page
        self.pages = 0
        self._marked = marked

    def open(self, path: str) -> None:
        """A page by its address."""
        self.page.goto(path)
        self.shown()

    def shown(self) -> None:
        """Another page is there."""
        self.pages += 1
        if self._marked:
            found: Any = self.page.evaluate(pseudo.UNMARKED)
            assert not found, f"{self.page.url}: {found}"

    def press(self, selector: str) -> None:
        """A button or link, and on to the page it leads to."""
        with self.page.expect_navigation():
            self.activate(self.page.locator(selector).first)
        self.shown()

    def choose(self, selector: str) -> None:
        """A radio button or a tick."""
        self.tick(self.page.locator(selector).first)

    def write(self, selector: str, text: str) -> None:
        """Into a field."""
        self.type(self.page.locator(selector).first, text)

    def attach(self, selector: str) -> None:
        """A file, which a browser asks for in a window of its own."""
        field = self.page.locator(selector)
        self.go_to(field)
        field.set_input_files(
            {"name": "SIZE.TXT", "mimeType": "text/plain", "buffer": b"bust 86 cm"}
        )

    def go_to(self, what: Locator) -> None:
        """Unfold what it stands in."""
        if what.evaluate(_FOLDED):
            what.locator("xpath=ancestor::details[1]").locator("summary").first.click()

    def activate(self, what: Locator) -> None:
        """Click it."""
        self.go_to(what)
        what.click()

    def tick(self, what: Locator) -> None:
        """Click it, if it is not chosen yet."""
        self.go_to(what)
        what.check()

    def type(self, what: Locator, text: str) -> None:
        """Put the text into it."""
        self.go_to(what)
        what.fill(text)


class Keyboard(Pointer):
    """The same with Tab, Enter, Space and the arrows; the focus can always be seen."""

    def go_to(self, what: Locator) -> None:
        """Press Tab until it has the focus."""
        if what.evaluate(_FOLDED):
            self.activate(what.locator("xpath=ancestor::details[1]").locator("summary").first)
        for _ in range(_MOST_KEYS):
            at = what.evaluate(_AT)
            if at == "there":
                return
            assert at == "elsewhere", f"{self.page.url}: the focus {at}: {what}"
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{self.page.url}: Tab does not lead to {what}")

    def activate(self, what: Locator) -> None:
        """Press Enter on it."""
        self.go_to(what)
        self.page.keyboard.press("Enter")

    def tick(self, what: Locator) -> None:
        """Space, and arrows among radio buttons."""
        self.go_to(what)
        if not what.is_checked():
            self.page.keyboard.press("Space")
        for _ in range(_MOST_KEYS):
            if what.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{self.page.url}: the arrows do not lead to {what}")

    def type(self, what: Locator, text: str) -> None:
        """Key by key, in place of what stands there."""
        self.go_to(what)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
