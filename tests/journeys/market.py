"""A marketplace's back end as an integrator would write it: HTTP, and nothing of the product's."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

SHOP = "marketplace.shop"
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
# Numbers that pass the carriers' own checks.
POST_NUMBER = "RB473124829CN"
RETURN_NUMBER = "RB473124832CN"

STAFF = {"mediator": "m1", "appeals": "a1", "supervisor": "v1", "support": "u1", "finance": "f1",
         "auditor": "z1", "admin": "o1"}  # fmt: skip

_numbers = itertools.count(1)


def instant(text: str) -> datetime:
    """An instant of an answer."""
    return datetime.fromisoformat(text)


def text_of(at: datetime) -> str:
    """An instant as requests carry it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Market:
    """One running sandbox, and whoever calls it."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=f"{address}/api/v1", timeout=60)

    def call(
        self,
        method: str,
        path: str,
        who: str | None,
        body: object = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
    ) -> httpx.Response:
        """A request as ``who`` (role and id), with a fresh idempotency key where one is due."""
        sent = dict(headers or {})
        if who is not None:
            sent["Authorization"] = f"Bearer sandbox.{who}"
        if method == "POST":
            sent["Idempotency-Key"] = key or uuid.uuid4().hex
        return self.http.request(
            method, path, json=body, headers=sent, params=dict(params or {}) or None
        )

    def get(self, path: str, who: str, **params: str | int) -> Any:
        """The JSON of a successful GET."""
        answer = self.call("GET", path, who, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @property
    def now(self) -> datetime:
        """Where the sandbox's clock stands."""
        return instant(self.get("/sandbox/clock", SHOP)["now"])

    def to(self, at: datetime) -> None:
        """Move the clock to ``at``."""
        answer = self.call("POST", "/sandbox/clock", SHOP, {"to": text_of(at)})
        assert answer.status_code == 200, answer.text
        assert instant(answer.json()["now"]) == at

    def ahead(self, span: timedelta) -> datetime:
        """Move the clock by ``span``; where it stands then."""
        self.to(self.now + span)
        return self.now

    def behave(self, *behaviours: str) -> None:
        """What the payment provider does with its next calls to refund."""
        answer = self.call("POST", "/sandbox/payments/behaviour", SHOP, {"next": list(behaviours)})
        assert answer.status_code == 200, answer.text

    def place(self, *, prefix: str = "A", **changes: Any) -> Order:
        """An order of its own people, payment and id, placed now; ``changes`` replace its parts."""
        number = next(_numbers)
        key = f"{prefix}-{number}"
        order = Order(self, key, f"b{number}", f"s{number}", f"pay_{number}")
        order.body = body(order, self.now, **changes)
        answer = self.call("PUT", f"/orders/{key}", SHOP, order.body)
        assert answer.status_code == 201, answer.text
        return order


def money(amount: int, currency: str = "RUB") -> dict[str, Any]:
    """An amount in minor units."""
    return {"amount": amount, "currency": currency}


def body(order: Order, now: datetime, **changes: Any) -> dict[str, Any]:
    """An order for two blouses; ``price``, ``quantity``, ``currency`` and ``lines`` shape it."""
    currency = changes.pop("currency", "RUB")
    price, quantity = changes.pop("price", 80000), changes.pop("quantity", 2)
    returns = changes.pop(
        "return_policy",
        {"change_of_mind_days": 15, "return_postage_paid_by": "buyer",
         "restocking_fee_percent": 0, "exchange": True},
    )  # fmt: skip
    shipping = changes.pop("shipping", None)
    captured = changes.pop("captured", price * quantity)
    promised = {"price": money(0, currency), "ship_by": text_of(now + 4 * DAY),
                "promised_by": text_of(now + 31 * DAY)}  # fmt: skip
    return {
        "placed_at": text_of(now), "purchase": f"P-{order.id}", "currency": currency,
        "policy": "aliexpress",
        "buyer": {"id": order.buyer, "name": "Olga", "email": f"{order.buyer}@example.com",
                  "locale": "ru", "country": "RU"},
        "seller": {"id": order.seller, "name": "Blouse House",
                   "email": f"{order.seller}@example.com", "locale": "zh", "country": "CN",
                   "return_policy": returns},
        "lines": [{"id": "1", "sku": "BL-7", "title": "Blouse", "quantity": quantity,
                   "unit_price": money(price, currency), "discount": money(0, currency),
                   "tax": money(0, currency), "weight_grams": 350, "category": "clothing",
                   "listing": {"text": "White blouse", "attributes": {"colour": "white"}}}],
        "shipping": promised if shipping is None else shipping,
        "payment": {"provider": "simulator", "reference": order.reference, "method": "card",
                    "captured": money(captured, currency)},
        **changes,
    }  # fmt: skip


class Order:
    """An order, its people, and the disputes about it."""

    def __init__(self, market: Market, key: str, buyer: str, seller: str, reference: str) -> None:
        self.market = market
        self.id, self.buyer, self.seller, self.reference = key, buyer, seller, reference
        self.body: dict[str, Any] = {}

    def who(self, role: str) -> str:
        """The end of a role's token; the people are the order's, the staff everybody's."""
        match role:
            case "buyer":
                return f"buyer.{self.buyer}"
            case "seller":
                return f"seller.{self.seller}"
            case "marketplace":
                return SHOP
            case _:
                return role if "." in role else f"{role}.{STAFF[role]}"

    def post(self, path: str, role: str, body: object, **more: Any) -> httpx.Response:
        """A POST below the order's address."""
        return self.market.call("POST", f"/orders/{self.id}{path}", self.who(role), body, **more)

    def do(self, role: str, type_: str, /, **fields: Any) -> dict[str, Any]:
        """A command on the order that is accepted; the order after it."""
        answer = self.post("/commands", role, {"type": type_, **fields})
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    def refused(self, wanted: int, role: str, type_: str, /, **fields: Any) -> str:
        """A command on the order that is refused with the status ``wanted``; its rule."""
        return rule_of(self.post("/commands", role, {"type": type_, **fields}), wanted)

    def ship(self, carrier: str = "DHL", number: str = "1234567890", **more: Any) -> datetime:
        """Shipped now; when that is."""
        self.do("marketplace", "ship_order", carrier=carrier, tracking_number=number, **more)
        return self.market.now

    def track(self, number: str, status: str = "delivered", **more: Any) -> dict[str, Any]:
        """The carrier's word on a parcel."""
        return self.do("marketplace", "record_tracking", tracking_number=number, status=status,
                       **more)  # fmt: skip

    def received(self) -> Order:
        """Shipped and confirmed by the buyer."""
        self.ship()
        self.do("buyer", "confirm_receipt")
        return self

    def shown(self, role: str = "marketplace") -> dict[str, Any]:
        """The order as ``role`` sees it."""
        seen: dict[str, Any] = self.market.get(f"/orders/{self.id}", self.who(role))
        return seen

    def protection(self) -> list[dict[str, Any]]:
        """The order's protection, an entry per line and shipment."""
        seen = self.market.get(f"/orders/{self.id}/protection", self.who("buyer"))
        lines: list[dict[str, Any]] = seen["lines"]
        return lines

    def claim(self, **changes: Any) -> dict[str, Any]:
        """The body that opens a dispute about one unit."""
        return {
            "received": True, "reason": "not_as_described", "remedy": "refund",
            "amount": money(72000), "lines": [{"line": "1", "quantity": 1}],
            "description": "The size chart says M, the blouse is an S.",
            "tried_to_settle": "Wrote, no answer.", "evidence": [], **changes,
        }  # fmt: skip

    def open(self, **changes: Any) -> Dispute:
        """A dispute that opens."""
        answer = self.post("/disputes", "buyer", self.claim(**changes))
        assert answer.status_code == 201, answer.text
        return Dispute(self, answer.json()["id"])

    def not_opened(self, status: int, role: Any = "buyer", **changes: Any) -> str:
        """A dispute that does not open; the rule that says so."""
        return rule_of(self.post("/disputes", role, self.claim(**changes)), status)

    def upload(self, role: str, data: bytes, name: str, **fields: str) -> httpx.Response:
        """A file put on record with the order."""
        return self.market.http.post(
            f"/orders/{self.id}/evidence",
            files={"file": (name, data)},
            data=fields,
            headers={
                "Authorization": f"Bearer sandbox.{self.who(role)}",
                "Idempotency-Key": uuid.uuid4().hex,
            },
        )

    def evidence(self, role: str = "buyer", **fields: str) -> str:
        """The id of a picture on record."""
        answer = self.upload(role, PICTURE, "photo.png", **fields)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def at_provider(self) -> list[dict[str, Any]]:
        """The refunds that the provider itself has booked of this order's payment."""
        booked = self.market.get("/sandbox/payments", SHOP)["refunds"]
        return [refund for refund in booked if refund["reference"] == self.reference]

    def paid_back(self) -> int:
        """What the provider has paid back for this order, in minor units."""
        return sum(r["amount"]["amount"] for r in self.at_provider() if r["state"] == "succeeded")


class Dispute:
    """A dispute of an order."""

    def __init__(self, order: Order, key: str) -> None:
        self.order = order
        self.id = key

    def post(self, role: str, body: object, **more: Any) -> httpx.Response:
        """A command, whatever the answer."""
        return self.order.market.call(
            "POST", f"/disputes/{self.id}/commands", self.order.who(role), body, **more
        )

    def do(self, role: str, type_: str, /, **fields: Any) -> dict[str, Any]:
        """A command that is accepted; the dispute after it."""
        answer = self.post(role, {"type": type_, **fields})
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    def refused(self, wanted: int, role: str, type_: str, /, **fields: Any) -> str:
        """A command that is refused with the status ``wanted``; its rule."""
        return rule_of(self.post(role, {"type": type_, **fields}), wanted)

    def shown(self, role: str = "buyer") -> dict[str, Any]:
        """The dispute as ``role`` sees it."""
        seen: dict[str, Any] = self.order.market.get(f"/disputes/{self.id}", self.order.who(role))
        return seen

    def deadline(self, what: str) -> datetime:
        """When the clock of a step ends."""
        clocks = {clock["what"]: clock for clock in self.shown()["deadlines"]}
        return instant(clocks[what]["at"])

    def stands(self) -> tuple[Any, Any, Any]:
        """Phase, turn, outcome."""
        shown = self.shown()
        return shown["phase"], shown["turn"], shown["outcome"]

    def lapse(self, what: str) -> None:
        """Let a clock run out; a second before, everything is as it was."""
        before = self.stands()
        at = self.deadline(what)
        self.order.market.to(at - SECOND)
        assert self.stands() == before
        assert self.deadline(what) == at
        self.order.market.to(at)

    def with_mediator(self, mediator: str = "m1") -> Dispute:
        """Answered by the seller, escalated by the buyer, assigned."""
        self.do("seller", "decline_offer", offer="O1", note="It is as shown.")
        self.do("buyer", "escalate", note="We do not agree.")
        self.do("supervisor", "assign_mediator", mediator=mediator)
        return self

    def ruled(self, **changes: Any) -> dict[str, Any]:
        """A ruling by the mediator."""
        return self.do("mediator", "issue_ruling", **{**RULING, **changes})


RULING: dict[str, Any] = {
    "remedy": "refund", "amount": money(60000), "finding": "for_buyer",
    "reasons": ["item_differs_from_listing"], "text": "It differs from the listing.",
    "clauses": ["not_as_described"], "evidence": [], "no_evidence": True,
    "return_postage_paid_by": "seller",
}  # fmt: skip


def rule_of(answer: httpx.Response, status: int) -> str:
    """The rule of a refusal, which is a problem as RFC 9457 has it, in plain words."""
    assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert isinstance(problem["facts"], dict)
    assert isinstance(problem["next"], list)
    rule: str = problem["rule"]
    return rule


def _picture() -> bytes:
    import io

    from PIL import Image

    kept = io.BytesIO()
    Image.new("RGB", (32, 24), (200, 30, 30)).save(kept, "PNG")
    return kept.getvalue()


PICTURE = _picture()
