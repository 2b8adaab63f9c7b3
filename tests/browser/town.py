"""Orders for each journey, one for each way through it, brought to where the journey begins."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.entrypoints.web.conftest import ORDER, World

ADDRESS = {"name": "HOUSE", "street": "1 ROAD", "city": "HANGZHOU", "country": "CN"}
_PAID = 160_000


class Town:
    """``way``: ``P`` (with a pointer) or ``K`` (with a keyboard), each with people of its own."""

    def __init__(self, world: World, mails: Path) -> None:
        self.world = world
        self._mails = mails
        self._numbers = 1000

    def mail_to(self, way: str, dispute: str) -> str:
        """The address behind the button of the seller's mail about a dispute."""
        for path in self._mails.glob("*.eml"):
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            assert isinstance(mail, EmailMessage)
            if str(mail["To"]) == f"s{way}@example.com" and dispute in str(mail["Subject"]):
                body = mail.get_body(("plain",))
                assert body is not None
                text = str(body.get_content())
                return next(w for w in text.split() if w.startswith(f"{self.world.base}/enter/"))
        raise AssertionError(f"nobody was told of {dispute}")

    def place(self, order: str) -> None:
        """Placed now, by the people of its way."""
        way, now = order[-1], self.world.service.clock.now().isoformat()
        locale = "en" if way == "P" else "ar"
        self.world.place(
            order,
            placed_at=now,
            buyer={"id": f"B{way}", "name": "OLGA", "email": f"b{way}@example.com",
                   "locale": locale, "country": "RU"},
            seller={**ORDER["seller"], "id": f"S{way}", "name": "HOUSE", "locale": locale,
                    "email": f"s{way}@example.com"},
            lines=[{**ORDER["lines"][0], "title": f"BLOUSE {order}"}],
            payment={**ORDER["payment"], "reference": f"PAY_{order}"},
        )  # fmt: skip

    def deliver(self, order: str) -> None:
        """Sent and delivered as of now."""
        self._numbers += 1
        number = {"tracking_number": f"123456{self._numbers}"}
        ship = {"type": "ship_order", "carrier": "DHL", **number, "insist": True}
        self._marketplace(order, ship)
        self._marketplace(order, {"type": "record_tracking", **number, "status": "delivered"})

    def _marketplace(self, order: str, body: dict[str, Any]) -> None:
        self.world.api("POST", f"/orders/{order}/commands", body)

    def _by(self, role: str, order: str, type_: str, **fields: Any) -> None:
        who = f"{role}.{role[0].upper()}{order[-1]}"
        path = f"/disputes/{order}-D1/commands"
        self.world.api("POST", path, {"type": type_, **fields}, who)

    def claimed(self, order: str, remedy: str = "refund") -> None:
        """A dispute is open."""
        body: dict[str, Any] = {
            "received": True, "reason": "not_as_described", "remedy": remedy, "evidence": [],
            "lines": [{"line": "1", "quantity": 2}], "description": "TOO SMALL",
        }  # fmt: skip
        if remedy == "refund":
            body["amount"] = _money(_PAID)
        self.world.api("POST", f"/orders/{order}/disputes", body, f"buyer.B{order[-1]}")

    def offered(self, order: str) -> None:
        """The seller has proposed a part."""
        self.claimed(order)
        self._by("seller", order, "make_offer", remedy="refund", amount=_money(20_000))

    def agreed(self, order: str, remedy: str = "refund") -> None:
        """The seller has accepted what is asked for."""
        self.claimed(order, remedy)
        amount = _money(0 if remedy == "replacement" else _PAID)
        self._by("seller", order, "accept_offer", offer="O1", amount=amount)

    def to_be_sent_back(self, order: str) -> None:
        """The buyer knows where to."""
        self.agreed(order, "return_and_refund")
        self._by("seller", order, "provide_return_address", address=ADDRESS)

    def sent_back(self, order: str) -> None:
        """The parcel is on its way."""
        self.to_be_sent_back(order)
        self._numbers += 1
        number = f"123456{self._numbers}"
        parcel = {"carrier": "DHL", "tracking_number": number, "insist": True}
        self._by("buyer", order, "ship_return", **parcel)
        told = {"type": "record_tracking", "tracking_number": number, "status": "delivered"}
        self._marketplace(order, told)

    def received(self, order: str) -> None:
        """The buyer has said that it came."""
        body = {"type": "confirm_receipt"}
        path = f"/orders/{order}/commands"
        self.world.api("POST", path, body, f"buyer.B{order[-1]}")


def _money(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "RUB"}


Stage = Callable[[Town, str], None]
