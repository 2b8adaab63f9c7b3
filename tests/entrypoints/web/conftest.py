"""A whole server on a sandbox's clock, and people who visit its pages with nothing but forms."""

from __future__ import annotations

import html
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from litestar import Litestar

from amends.bootstrap import Settings, build_service
from amends.engine.access import Link
from amends.entrypoints.application import build_app
from amends.entrypoints.service import Service
from amends.entrypoints.web.router import web_router
from amends.kernel.people import Actor, Role

ORDER: dict[str, Any] = {
    "placed_at": "2026-01-01T00:00:00Z", "currency": "RUB", "policy": "aliexpress",
    "buyer": {"id": "b1", "name": "Olga", "email": "olga@example.com", "locale": "ru",
              "country": "RU"},
    "seller": {"id": "s1", "name": "Blouse House", "email": "shop@example.com", "locale": "zh",
               "country": "CN",
               "return_policy": {"change_of_mind_days": 15, "return_postage_paid_by": "buyer",
                                 "restocking_fee_percent": 0, "exchange": True}},
    "lines": [{"id": "1", "title": "White <b>blouse</b>", "quantity": 2,
               "unit_price": {"amount": 80000, "currency": "RUB"}}],
    "payment": {"provider": "simulator", "reference": "pay_1", "method": "card",
                "captured": {"amount": 160000, "currency": "RUB"}},
}  # fmt: skip


class Page:
    """What came back, read the way a person reads it."""

    def __init__(self, status: int, text: str, url: str, headers: Any) -> None:
        self.status = status
        self.html = text
        self.url = url
        self.headers = headers

    @property
    def words(self) -> str:
        """The visible text, on one line."""
        body = re.sub(r"<(title|style)>.*?</\1>", " ", self.html, flags=re.S)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())

    def form(self, action: str) -> dict[str, list[str]]:
        """The form that posts to ``action``, with what stands in it."""
        for found in re.finditer(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', self.html, re.S):
            if html.unescape(found[1]) == action:
                return _filled(found[2])
        raise AssertionError(f"{self.url} has no form for {action}:\n{self.words}")

    @property
    def csrf(self) -> list[str]:
        """The token in every form of the page."""
        return self.form("/sign-out")["csrf"]

    def has_form(self, action: str) -> bool:
        """Whether there is such a form."""
        return f'action="{action}"' in self.html


def _filled(inner: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", inner):
        got = {k: html.unescape(v) for k, v in re.findall(r'([a-z-]+)="([^"]*)"', tag)}
        name, kind = got.get("name"), got.get("type", "text")
        if not name or kind == "file":
            continue
        if kind in ("radio", "checkbox") and not re.search(r"\schecked", tag):
            continue
        fields.setdefault(name, []).append(got.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', inner,
                                 re.S):  # fmt: skip
        fields.setdefault(name, []).append(html.unescape(text))
    return fields


class Visitor:
    """A person in a browser without JavaScript, signed in by a link."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def get(self, path: str, **query: str) -> Page:
        """Open an address."""
        return _page(self.client.get(path, params=query or None, follow_redirects=True))

    def post(self, path: str, fields: dict[str, list[str]], files: Any = None) -> Page:
        """Send fields as they are."""
        sent = self.client.post(path, data=fields, files=files, follow_redirects=True)
        return _page(sent)

    def fill(self, page: Page, action: str, **answers: str | list[str]) -> Page:
        """Answer a form of the page and send it."""
        fields = page.form(action)
        for name, answer in answers.items():
            path = name.replace("__", ".")
            fields[path] = answer if isinstance(answer, list) else [answer]
        return self.post(action, fields)

    def does(self, dispute: str, command: str, **answers: str | list[str]) -> Page:
        """Give a command on a dispute by its form, and confirm it where it asks for that."""
        return self._give(f"/disputes/{dispute}", command, answers)

    def does_on_order(self, order: str, command: str, **answers: str | list[str]) -> Page:
        """Give a command on an order by its form, likewise."""
        return self._give(f"/orders/{order}", command, answers)

    def judges(self, dispute: str, command: str, **answers: str | list[str]) -> Page:
        """Decide a dispute on the workbench: written, seen beforehand, issued."""
        bench = f"/disputes/{dispute}/workbench"
        seen = self.fill(self.get(bench), f"{bench}/draft", then="preview", **answers)
        action = f"{bench}/commands/{command}"
        after = self.post(action, seen.form(action))
        assert after.url.endswith(f"?done={command}"), after.words
        return after

    def _give(self, where: str, command: str, answers: dict[str, str | list[str]]) -> Page:
        action = f"{where}/commands/{command}"
        after = self.fill(self.get(where), action, **answers)
        if "This step is final" in after.words:
            after = self.post(action, after.form(action))
        assert after.status == 200, after.words
        assert after.url.endswith(f"?done={command}"), after.words
        return after


def _page(response: Any) -> Page:
    return Page(response.status_code, response.text, str(response.url), response.headers)


class World:
    """The server, its clock, and whoever visits."""

    def __init__(self, service: Service, base: str, stack: ExitStack) -> None:
        self.service = service
        self.base = base
        self._stack = stack
        self._links = 0
        self.shop = self.browser()

    def browser(self) -> httpx.Client:
        """A browser of its own, with its own cookies."""
        return self._stack.enter_context(httpx.Client(base_url=self.base, timeout=20))

    def link(self, role: Role, person: str, leads_to: str = "/") -> str:
        """A one-time link's token."""
        self._links += 1
        token = f"link-{self._links:032d}"
        until = self.service.clock.now() + timedelta(hours=1)
        self.service.store.access.add_link(token, Link(Actor(person, role), leads_to), until)
        return token

    def visitor(self, role: Role, person: str) -> Visitor:
        """Somebody signed in."""
        browser = self.browser()
        entered = browser.post(f"/enter/{self.link(role, person)}", follow_redirects=True)
        assert entered.status_code == 200, entered.text
        return Visitor(browser)

    def api(self, method: str, path: str, body: Any, who: str = "marketplace.shop") -> Any:
        """A call of the marketplace's server, which has no pages."""
        self._links += 1
        headers = {"Authorization": f"Bearer sandbox.{who}", "Idempotency-Key": f"k{self._links}"}
        answer = self.shop.request(method, f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def place(self, order: str = "A-1", **changes: Any) -> None:
        """An order, placed."""
        self.api("PUT", f"/orders/{order}", {**ORDER, **changes})

    def deliver(self, *orders: str) -> None:
        """A-1, or those named: sent the day after, delivered on the tenth."""
        at = {"at": "2026-01-02T00:00:00Z"}
        self.wait(10)
        for order in orders or ("A-1",):
            self.api("POST", f"/orders/{order}/commands",
                     {"type": "ship_order", "carrier": "DHL", "tracking_number": "1234567890",
                      "insist": True, **at})  # fmt: skip
            delivered = {"tracking_number": "1234567890", "status": "delivered"}
            told = {"type": "record_tracking", **delivered, "at": "2026-01-10T00:00:00Z"}
            self.api("POST", f"/orders/{order}/commands", told)

    def wait(self, days: float) -> None:
        """Let time pass; every deadline that falls due meanwhile expires."""
        self.api("POST", "/sandbox/clock", {"advance": f"PT{int(days * 24)}H"})


@contextmanager
def serving(app: Litestar, listening: socket.socket) -> Iterator[None]:
    """The app on a real server, in a thread of its own."""
    config = uvicorn.Config(app, log_level="error", lifespan="on", ws="none", loop="asyncio")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """Its parameter, if it has one: what support may grant a month, by currency."""
    budgets: dict[str, int] = getattr(request, "param", {})
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = Settings(
            tmp_path / "pages.db", sandbox=True, base_url=base, goodwill_budgets=budgets
        )
        service = build_service(settings)
        stack.callback(service.close)
        app = build_app(service, [web_router(service)])
        stack.enter_context(serving(app, listening))
        yield World(service, base, stack)
