"""A whole server with two orders of everything, and everybody's key and session."""

from __future__ import annotations

import hashlib
import hmac
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient
from PIL import Image

from amends.bootstrap import Settings, build_service
from amends.engine.access import ApiKey
from amends.engine.staff import StaffAccount
from amends.engine.webhooks import Endpoint
from amends.entrypoints.application import build_app
from amends.entrypoints.service import Service
from amends.entrypoints.web.router import web_router
from amends.entrypoints.web.site import site_for
from amends.kernel.people import Actor, Member, Role
from tests.entrypoints.sandbox import Json, Shop, claim, order, rub

# One of each role, to whom the first order and its disputes belong as far as it can belong to them.
PEOPLE = {
    who.role.value: who
    for who in (
        Actor("b1", Role.BUYER), Actor("s1", Role.SELLER), Actor("shop", Role.MARKETPLACE),
        Actor("m1", Role.MEDIATOR), Actor("a1", Role.APPEALS), Actor("v1", Role.SUPERVISOR),
        Actor("u1", Role.SUPPORT), Actor("f1", Role.FINANCE), Actor("x1", Role.AUDITOR),
        Actor("o1", Role.ADMIN),
    )
}  # fmt: skip
# By kind: the asker's, somebody else's, and one that nobody has, spelt alike.
IDS: dict[str, dict[str, tuple[str, str, str]]] = {
    "order": {"order_id": ("A-1", "A-2", "A-9")},
    "dispute": {"dispute_id": ("A-1-D1", "A-2-D1", "A-9-D1")},
    "refund": {"refund_id": ("A-3-R1", "A-4-R1", "A-9-R1")},
    "evidence": {"order_id": ("A-1", "A-2", "A-9"), "evidence_id": ("E1", "E1", "E1")},
}
_RULING: Json = {
    "remedy": "refund", "amount": rub(72_000), "finding": "for_buyer", "text": "The chart says M.",
    "reasons": ["item_differs_from_listing"], "clauses": ["not_as_described"], "evidence": ["E1"],
}  # fmt: skip


class Signed(NamedTuple):
    """A session: its cookie's value, and what its forms carry."""

    id: str
    token: str

    @property
    def csrf(self) -> str:
        """The token in its forms."""
        return hmac.new(self.token.encode(), b"form", hashlib.sha256).hexdigest()


class House:
    """The server, and how to speak to it as somebody."""

    def __init__(self, client: TestClient[Litestar], service: Service) -> None:
        self.client = client
        self.service = service
        self.site = site_for(service)
        self._calls = 0

    def key(self, who: Actor, name: str) -> str:
        """A new key's secret."""
        secret = f"the key of {name} that nobody guesses"
        key = ApiKey(f"key-{name}", who, (), self.service.clock.now())
        self.service.store.access.add_key(key, secret)
        return secret

    def session(self, who: Actor) -> Signed:
        """A new session, begun with a second factor."""
        now = self.service.clock.now()
        cookie = self.site.sessions.begin(who, now, "Firefox", proven=True)
        token = str(cookie.value)
        found = self.service.store.sessions.find(token, now)
        assert found is not None
        return Signed(found.id, token)

    def call(self, method: str, path: str, secret: str | None, **sent: Any) -> Response:
        """A call of the interface; without a key when there is no ``secret``."""
        self._calls += 1
        headers = {"Idempotency-Key": f"h{self._calls}"} if method == "POST" else {}
        if secret is not None:
            headers["Authorization"] = f"Bearer {secret}"
        self.client.cookies.clear()
        return self.client.request(method, f"/api/v1{path}", headers=headers, **sent)

    def visit(
        self,
        method: str,
        path: str,
        session: Signed | None,
        csrf: str | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Response:
        """A page, or its ``form`` sent with the session's token (or ``csrf``)."""
        self.client.cookies.clear()
        headers = {}
        if session is not None:
            headers["Cookie"] = f"{self.site.sessions.cookie}={session.token}"
        token = csrf if csrf is not None else session.csrf if session else ""
        data = {"csrf": token, **(form or {})} if method == "POST" else None
        return self.client.request(method, path, headers=headers, follow_redirects=False, data=data)


@contextmanager
def house(database: Path) -> Iterator[House]:
    """A sandbox with keys of its own, and two orders each in appeal and refunded."""
    service = build_service(Settings.read(database, sandbox=True, environment={}))
    try:
        with TestClient(build_app(service, [web_router(service)])) as client:
            _furnish(Shop(client, service))
            now = service.clock.now()
            mia = Member("mia", Role.MEDIATOR)
            service.store.staff.add(StaffAccount(mia, "Mia", "mia@amends.example", now))
            for name in ("we_1", "we_2"):
                heard = Endpoint(name, "shop", "https://127.0.0.1:9/", ("test",), now, off="asked")
                service.store.webhooks.add(heard, "whsec_MDEyMzQ1Njc4OWFiY2RlZg==")
            yield House(client, service)
    finally:
        service.close()


def _furnish(shop: Shop) -> None:
    shop.move_to("2026-03-01T10:00:00Z")
    for number in (1, 2, 3, 4):
        whose = 2 - number % 2
        paid = {"provider": "simulator", "reference": f"pay_{number}", "method": "card",
                "captured": rub(160_000)}  # fmt: skip
        like = order()
        shop.put(f"/orders/A-{number}", order(
            buyer={**like["buyer"], "id": f"b{whose}", "email": f"b{whose}@example.com"},
            seller={**like["seller"], "id": f"s{whose}", "email": f"s{whose}@example.com"},
            purchase=f"P-{number}", payment=paid,
        ))  # fmt: skip
    shop.move_to("2026-03-02T12:00:00Z")
    for number in (1, 2, 3, 4):
        number_of = f"123456789{number}"
        shop.on_order(f"A-{number}", "ship_order", carrier="DHL", tracking_number=number_of)
    shop.move_to("2026-03-09T12:00:00Z")
    for whose in (1, 2):
        _in_appeal(shop, f"A-{whose}", whose)
        dispute = shop.post(f"/orders/A-{whose + 2}/disputes", claim(), f"buyer.b{whose}", 201)
        shop.on(dispute["id"], "accept_offer", f"seller.s{whose}", offer="O1", amount=rub(72_000))


def _in_appeal(shop: Shop, name: str, whose: int) -> None:
    buyer, seller = f"buyer.b{whose}", f"seller.s{whose}"
    sent = shop.call("POST", f"/orders/{name}/evidence", buyer, files={"file": ("a.png", photo())})
    assert sent.status_code == 201, sent.text
    dispute = shop.post(f"/orders/{name}/disputes", claim(evidence=["E1"]), buyer, 201)["id"]
    shop.on(dispute, "make_offer", seller, remedy="refund", amount=rub(20_000), note="Sorry.")
    shop.on(dispute, "escalate", buyer)
    shop.on(dispute, "assign_mediator", "supervisor.v1", mediator=f"m{whose}")
    shop.on(dispute, "issue_ruling", f"mediator.m{whose}", **_RULING)
    shop.on(dispute, "appeal", seller, grounds="named_error", text="It was read wrongly.")
    shop.on(dispute, "assign_appeals_officer", f"appeals.a{whose}")


def photo() -> bytes:
    """A small picture."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 30, 30)).save(file, "PNG")
    return file.getvalue()
