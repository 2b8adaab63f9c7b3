"""A sandbox in this process, spoken to over HTTP, and the worked example of the interface."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from itertools import count
from pathlib import Path
from typing import Any

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from amends.bootstrap import Settings, build_service
from amends.entrypoints.application import build_app
from amends.entrypoints.service import Service

Json = dict[str, Any]
SHOP, BUYER, SELLER = "marketplace.shop", "buyer.b1", "seller.s1"
MEDIATOR, APPEALS, SUPERVISOR = "mediator.m1", "appeals.a1", "supervisor.v1"
FINANCE, SUPPORT, ADMIN, AUDITOR = "finance.f1", "support.u1", "admin.root", "auditor.x1"


def rub(amount: int) -> Json:
    """Minor units of the example's currency."""
    return {"amount": amount, "currency": "RUB"}


_ORDER: Json = {
    "placed_at": "2026-03-01T10:00:00Z",
    "purchase": "P-77",
    "currency": "RUB",
    "policy": "aliexpress",
    "buyer": {
        "id": "b1", "name": "Olga", "email": "olga@example.com", "locale": "ru", "country": "RU",
    },
    "seller": {
        "id": "s1", "name": "Blouse House", "email": "shop@example.com", "locale": "zh",
        "country": "CN",
        "return_policy": {
            "change_of_mind_days": 15, "return_postage_paid_by": "buyer",
            "restocking_fee_percent": 0, "exchange": True,
        },
    },
    "lines": [
        {
            "id": "1", "sku": "BL-7", "title": "Blouse", "quantity": 2, "unit_price": rub(80_000),
            "discount": rub(0), "tax": rub(0), "weight_grams": 350, "category": "clothing",
            "listing": {
                "text": "White blouse, size S to L", "attributes": {"colour": "white"},
            },
        }
    ],
    "shipping": {
        "price": rub(0), "ship_by": "2026-03-05T10:00:00Z", "promised_by": "2026-04-01T10:00:00Z",
    },
    "payment": {
        "provider": "simulator", "reference": "pay_1", "method": "card", "captured": rub(160_000),
    },
}  # fmt: skip
_CLAIM: Json = {
    "received": True,
    "reason": "not_as_described",
    "remedy": "refund",
    "amount": rub(72_000),
    "lines": [{"line": "1", "quantity": 1}],
    "description": "The size chart says M, the blouse is an S.",
    "tried_to_settle": "Wrote on 9 March, no answer.",
    "evidence": [],
}


def order(**changes: Any) -> Json:
    """The example's order."""
    return {**deepcopy(_ORDER), **changes}


def claim(**changes: Any) -> Json:
    """The example's claim."""
    return {**deepcopy(_CLAIM), **changes}


class Shop:
    """Whoever speaks to the sandbox. ``who`` is ``role.id`` throughout."""

    def __init__(self, client: TestClient[Litestar], service: Service) -> None:
        self.client = client
        self.service = service
        self._keys = count(1)

    def call(
        self, method: str, path: str, who: str | None = SHOP, *, key: str | None = "", **rest: Any
    ) -> Response:
        """One request; ``key`` None sends no idempotency key, "" a fresh one."""
        headers = dict(rest.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer sandbox.{who}"
        if key is not None and method == "POST":
            headers["Idempotency-Key"] = key or f"k{next(self._keys)}"
        return self.client.request(method, f"/api/v1{path}", headers=headers, **rest)

    def get(self, path: str, who: str = SHOP, status: int = 200, **params: str) -> Json:
        """What is there."""
        return self._body(self.call("GET", path, who, params=params), status)

    def post(self, path: str, body: Any, who: str = SHOP, status: int = 200, **rest: Any) -> Json:
        """What came of it."""
        return self._body(self.call("POST", path, who, json=body, **rest), status)

    def put(self, path: str, body: Any, who: str = SHOP, status: int = 201) -> Json:
        """What came of it."""
        return self._body(self.call("PUT", path, who, json=body), status)

    @staticmethod
    def _body(response: Response, status: int) -> Json:
        assert response.status_code == status, response.text
        body: Json = response.json()
        return body

    def move_to(self, at: str) -> None:
        """Move the clock to an instant."""
        self.post("/sandbox/clock", {"to": at}, key=None)

    def advance(self, by: str) -> None:
        """Move the clock by a duration."""
        self.post("/sandbox/clock", {"advance": by}, key=None)

    def placed(self, name: str = "A-1001", **changes: Any) -> Json:
        """The example's order, on the day it was placed."""
        self.move_to("2026-03-01T10:00:00Z")
        return self.put(f"/orders/{name}", order(**changes))

    def shipped(self, name: str = "A-1001", **changes: Any) -> Json:
        """The same, shipped on 2 March at noon."""
        self.placed(name, **changes)
        self.move_to("2026-03-02T12:00:00Z")
        return self.on_order(name, "ship_order", carrier="DHL", tracking_number="1234567890")

    def disputed(self, name: str = "A-1001", **changes: Any) -> Json:
        """The same, delivered and disputed on 9 March at noon."""
        self.shipped(name)
        self.move_to("2026-03-09T12:00:00Z")
        return self.post(f"/orders/{name}/disputes", claim(**changes), BUYER, 201)

    def on_order(
        self, name: str, type_: str, who: str = SHOP, status: int = 200, **fields: Any
    ) -> Json:
        """A command on an order."""
        return self.post(f"/orders/{name}/commands", {"type": type_, **fields}, who, status)

    def on(self, dispute: str, type_: str, who: str, status: int = 200, **fields: Any) -> Json:
        """A command on a dispute."""
        return self.post(f"/disputes/{dispute}/commands", {"type": type_, **fields}, who, status)

    def dispute(self, name: str, who: str = BUYER) -> Json:
        """A dispute as it stands."""
        return self.get(f"/disputes/{name}", who)

    def booked(self) -> Json:
        """What the payment provider has booked."""
        return self.get("/sandbox/payments")


@contextmanager
def sandbox(database: Path | str, home: Path | None = None) -> Iterator[Shop]:
    """A sandbox on ``database``; on a server's, with its files in ``home``."""
    environment = {"AMENDS_HOME": str(home)} if home else {}
    service = build_service(Settings.read(database, sandbox=True, environment=environment))
    try:
        with TestClient(build_app(service)) as client:
            yield Shop(client, service)
    finally:
        service.close()
