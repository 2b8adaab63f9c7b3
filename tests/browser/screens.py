"""Pictures of the pages, on a phone and a desktop, light and dark, and of some on paper, into
``docs/screens``.

    python -m tests.browser.screens [--only NAME ...]

They are of the sample marketplace, made afresh in a folder that is thrown away.
"""

from __future__ import annotations

import argparse
import io
import socket
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from amends.bootstrap import Settings, build_service, toolkit
from amends.entrypoints.application import build_app
from amends.entrypoints.cli.sampling import make_demo
from amends.entrypoints.web.router import web_router
from tests.browser.conftest import CHROMIUM, Scheme
from tests.entrypoints.web.conftest import serving

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
_HIGHEST = 1400
_QUALITY = 16
CLAIM = "/orders/A-1017/dispute/new"
# A picture's name: who looks (role and id, or nobody), and at which page.
SCREENS = {
    "sandbox": ("", "/sandbox"),
    "sign-in": ("", "/staff/sign-in"),
    "orders": ("buyer olga", "/orders"),
    "order": ("buyer olga", "/orders/A-1002"),
    "disputes": ("buyer olga", "/disputes"),
    "dispute-buyer": ("buyer olga", "/disputes/A-1002-D1"),
    "claim-reason": ("buyer olga", f"{CLAIM}/reason"),
    "claim-remedy": ("buyer olga", f"{CLAIM}/remedy"),
    "claim-story": ("buyer olga", f"{CLAIM}/story"),
    "claim-proof": ("buyer olga", f"{CLAIM}/proof"),
    "claim-check": ("buyer olga", f"{CLAIM}/check"),
    "notices": ("buyer olga", "/notices"),
    "seller-to-do": ("seller blouse-house", "/disputes"),
    "dispute-seller": ("seller blouse-house", "/disputes/A-1001-D1"),
    "mediator-cases": ("mediator mikhail", "/disputes"),
    "dispute-mediator": ("mediator mikhail", "/disputes/A-1003-D1"),
    "ruling": ("buyer olga", "/disputes/A-1004-D1"),
    "appeal": ("appeals anton", "/disputes/A-1005-D1"),
    "supervisor-disputes": ("supervisor vera", "/disputes"),
    "order-finance": ("finance frank", "/orders/A-1002"),
    "money": ("buyer olga", "/refunds/B-3267-R1"),
    "account": ("buyer olga", "/account"),
    "balance": ("seller blouse-house", "/balance"),
    "seller-shop": ("seller blouse-house", "/shop"),
    "seller-order": ("seller blouse-house", "/orders/A-1001"),
    "queue": ("mediator mikhail", "/queue"),
    "workbench": ("mediator mikhail", "/disputes/A-1003-D1/workbench"),
    "rulings": ("supervisor vera", "/rulings"),
    "queue-load": ("supervisor vera", "/queue/load"),
    "support": ("support ines", "/support"),
    "finance": ("finance frank", "/finance"),
    "finance-tasks": ("finance frank", "/finance/tasks"),
    "finance-differences": ("finance frank", "/finance/differences"),
    "finance-refunds": ("finance frank", "/finance/refunds"),
    "finance-ledger": ("finance frank", "/finance/ledger"),
    "staff": ("admin ada", "/staff"),
    "staff-new": ("admin ada", "/staff/people/new"),
    "staff-person": ("admin ada", "/staff/people/sofia"),
    "link": ("", "/link"),
    "design": ("", "/design"),
}
_ANSWERS = {
    "reason": "damaged",
    "remedy": "refund",
    "description": "The stone has a crack across, as wide as a hair. It was there at unpacking.",
}
PRINTED = ("order", "dispute-buyer", "ruling")
_PAPER = (720, 1018)  # A4 within its margins, at 96 dots an inch


def main(arguments: list[str]) -> None:
    """Makes the marketplace, and the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=sorted(SCREENS), default=list(SCREENS), help="of these pages"
    )
    only = parser.parse_args(arguments).only
    chosen = {name: at for name, at in SCREENS.items() if name in only}
    FOLDER.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = make_demo(toolkit(), folder / "demo")
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        service = build_service(Settings(database, sandbox=True, base_url=base))
        stack.callback(service.close)
        stack.enter_context(serving(build_app(service, [web_router(service)]), listening))
        playing = stack.enter_context(sync_playwright())
        browser = playing.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        stack.callback(browser.close)
        _begin_claim(browser, base)
        for name, (who, path) in chosen.items():
            for size, (width, height) in SIZES.items():
                for scheme in SCHEMES:
                    shown: dict[str, Any] = {"viewport": {"width": width, "height": height}}
                    picture = _picture(browser, base, who, path, color_scheme=scheme, **shown)
                    _keep(f"{name}-{size}-{scheme}", picture)
            if name in PRINTED:
                shown = {"viewport": dict(zip(("width", "height"), _PAPER, strict=True))}
                _keep(f"{name}-print", _picture(browser, base, who, path, media="print", **shown))


def _keep(name: str, picture: bytes) -> None:
    file = FOLDER / f"{name}.webp"
    file.write_bytes(picture)
    print(f"{len(picture):7d} bytes {file.name}", flush=True)  # noqa: T201


def _picture(
    browser: Browser,
    base: str,
    who: str,
    path: str,
    *,
    media: Literal["screen", "print"] = "screen",
    **options: Any,
) -> bytes:
    context = browser.new_context(base_url=base, **options)
    page = context.new_page()
    if who:
        _be(page, *who.split())
    answer = page.goto(path)
    if answer is None or not answer.ok:
        raise SystemExit(f"{path} cannot be shown to {who or 'a visitor'}")
    page.evaluate("for (const picture of document.images) picture.loading = 'eager'")
    page.wait_for_load_state("networkidle")
    page.emulate_media(media=media)
    shot = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    context.close()
    file = io.BytesIO()
    shot.crop((0, 0, shot.width, min(shot.height, _HIGHEST))).save(file, "WEBP", quality=_QUALITY)
    return file.getvalue()


def _begin_claim(browser: Browser, base: str) -> None:
    """Answers all questions of a claim and does not send it, so that each of its pages is there."""
    context = browser.new_context(base_url=base)
    page = context.new_page()
    _be(page, "buyer", "olga")
    page.goto(CLAIM)
    while not page.url.endswith("/check"):
        for answer in ("reason", "remedy"):
            if page.locator(f'[name="{answer}"]').count():
                page.check(f'[name="{answer}"][value="{_ANSWERS[answer]}"]')
        if page.locator('[name="description"]').count():
            page.fill('[name="description"]', _ANSWERS["description"])
        with page.expect_navigation():
            page.click(".buttons button:not([name])")
    context.close()


def _be(page: Page, role: str, person: str) -> None:
    page.goto("/sandbox")
    page.get_by_label("Role").select_option(role)
    page.get_by_label("Their id").fill(person)
    page.get_by_role("button", name="Sign in as them").click()


if __name__ == "__main__":
    main(sys.argv[1:])
