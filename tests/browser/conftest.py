"""A marketplace with disputes in several phases, and a real browser to look at it."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from amends.bootstrap import Settings, build_service
from amends.engine.access import Link
from amends.entrypoints.application import build_app
from amends.entrypoints.reconciliation import reconcile
from amends.entrypoints.web.router import web_router
from amends.kernel.money import Money
from amends.kernel.people import Actor, Role
from tests.entrypoints.web.conftest import ORDER, World, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LISTING = {"text": "White blouse of cotton voile.", "attributes": {"colour": "white"}}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's own browser."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: apt-get install chromium, and run again")
    with sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A-1 is with a mediator, A-2 and A-6 wait for the seller, A-4 was not sent, A-8 was called off
    and refunded, the books differ about A-9; all others were delivered and have no dispute. All
    have the same buyer and seller."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        folder: Path = tmp_path_factory.mktemp("market")
        settings = Settings(database=folder / "pages.db", sandbox=True, base_url=base)
        service = build_service(settings)
        stack.callback(service.close)
        app = build_app(service, [web_router(service)])
        stack.enter_context(serving(app, listening))
        world = World(service, base, stack)
        _live(world)
        yield world


def _live(world: World) -> None:
    line = {**ORDER["lines"][0], "listing": LISTING}
    for n in (*range(1, 8), 10, 11):
        world.place(
            f"A-{n}", lines=[line], payment={**ORDER["payment"], "reference": f"pay_{n}"},
            placed_at="2026-01-01T00:00:00Z",
        )  # fmt: skip
    world.wait(10)
    for n in (1, 2, 3, 5, 6, 7, 10, 11):
        number = {"tracking_number": f"123456789{n}"}
        ship = {"type": "ship_order", "carrier": "DHL", **number, "insist": True}
        world.api("POST", f"/orders/A-{n}/commands", {**ship, "at": "2026-01-02T00:00:00Z"})
        told = {"type": "record_tracking", **number, "status": "delivered"}
        world.api("POST", f"/orders/A-{n}/commands", {**told, "at": "2026-01-10T00:00:00Z"})
    claim: dict[str, Any] = {
        "received": True, "reason": "not_as_described", "remedy": "refund",
        "amount": {"amount": 72000, "currency": "RUB"}, "description": "The chart says M.",
        "lines": [{"line": "1", "quantity": 1}], "evidence": [],
    }  # fmt: skip
    world.api("POST", "/orders/A-1/disputes", claim, "buyer.b1")
    hello = {"type": "send_message", "text": "Is it an S or an M?"}
    world.api("POST", "/orders/A-1/commands", hello, "buyer.b1")
    world.wait(6)
    assigned = {"type": "assign_mediator", "mediator": "m1"}
    world.api("POST", "/disputes/A-1-D1/commands", assigned, "supervisor.v1")
    raised = {"type": "raise_to_supervisor", "text": "Nobody answers."}
    world.api("POST", "/orders/A-1/commands", raised, "buyer.b1")
    called = {"type": "record_contact", "channel": "phone", "with_side": "buyer", "text": "Called."}
    promised = {**called, "follow_up": "2026-06-01T12:00:00Z"}
    world.api("POST", "/orders/A-1/commands", promised, "support.u1")
    for n in (2, 6):
        world.api("POST", f"/orders/A-{n}/disputes", claim, "buyer.b1")
    _refund(world)


def _refund(world: World) -> None:
    """A-8 was called off; of A-9 somebody refunded a part by hand, which finance has to decide."""
    service = world.service
    for n in (8, 9):
        world.place(
            f"A-{n}", payment={**ORDER["payment"], "reference": f"pay_{n}"},
            placed_at=service.clock.now().isoformat(),
        )  # fmt: skip
    world.api("POST", "/orders/A-8/commands", {"type": "cancel_order"})
    service.simulator.refund("", "pay_9", Money(5_000, "RUB"), "by hand")
    reconcile(service.engine, service.store, service.provider_for, service.clock)


Scheme = Literal["light", "dark"]


def enter(
    browser: Browser, world: World, role: Role, person: str, **options: Any
) -> tuple[BrowserContext, Page]:
    """Somebody signed in, in a browser of their own."""
    token = f"browser-{world.service.new_token()}"
    until = world.service.clock.now() + timedelta(hours=1)

    world.service.store.access.add_link(token, Link(Actor(person, role), "/"), until)
    context = browser.new_context(base_url=world.base, **options)
    page = context.new_page()
    page.goto(f"/enter/{token}")
    page.get_by_role("button", name="Sign me in").click()
    return context, page
