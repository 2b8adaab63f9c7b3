"""A marketplace and its people at work: HTTP with idempotency keys, and no rest until answered."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
from msgspec import Struct

from amends.kernel.instants import Instant
from amends.kernel.money import Money
from amends.kernel.people import Actor
from tests.given import BUYER, SELLER, SHOP

PEOPLE = (SHOP, BUYER, SELLER)
PAID = Money(160_000, "RUB")
# The pack's days for this carrier: the protection of an old parcel ends when one likes.
_PROTECTED = timedelta(days=23)
_BETWEEN_STORIES = 0.1
_BEFORE_ASKING_AGAIN = 0.03
_COMPARED = ("id", "version", "status", "phase", "turn", "outcome")


class Answered(Struct, frozen=True):
    """A request that was answered with a success, and by what two such answers are compared."""

    method: str
    path: str
    who: Actor
    key: str
    body: dict[str, Any]
    status: int
    brief: dict[str, Any]
    order: str


class Wrong(AssertionError):
    """An answer that nobody should get."""


def secret_of(who: Actor) -> str:
    """The API key of one of the people."""
    return f"key-of-the-{who.role.value}"


class Load:
    """Clients that live story after story, each at one of the ``addresses``, until told to stop.

    ``book`` tells the payment provider of a payment by its reference, before anybody else does.
    """

    def __init__(
        self,
        addresses: Sequence[str],
        clients: int,
        seed: int,
        book: Callable[[str, Money, str], None],
    ) -> None:
        self._urls = [f"{address}/api/v1" for address in addresses]
        self._repeating = httpx.Client(base_url=self._urls[0], timeout=60)
        self._book = book
        self._orders = count(1)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._given_up = threading.Event()
        self.answered: list[Answered] = []
        self.due: dict[str, Instant] = {}
        self.refunded: dict[str, int] = {}
        self.counts: Counter[str] = Counter()
        self._failed: list[BaseException] = []
        self._threads = [
            threading.Thread(
                target=self._work,
                args=(self._urls[n % len(addresses)], random.Random(f"{seed}.{n}")),
            )
            for n in range(clients)
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, once everybody has been answered. Raises what any of them met."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._repeating.close()
        self.look()

    def give_up(self) -> None:
        """End without waiting for answers, of a server that is gone for good. Raises what any of
        them met before."""
        self._given_up.set()
        self._stop.set()
        for thread in self._threads:
            thread.join()
        for error in self._failed:
            if not isinstance(error, httpx.TransportError):
                raise error

    def look(self) -> None:
        """Raises what any of the clients met."""
        if self._failed:
            raise self._failed[0]

    def again(self, answered: Answered) -> None:
        """Ask for something once more. Raises Wrong when the answer is another than before."""
        repeated = self._insist(self._repeating, answered)
        if answered.method == "PUT":
            if repeated.status_code != 200:
                raise Wrong(f"{answered} was forgotten: {repeated.text}")
            return
        same = repeated.status_code == answered.status and _brief(repeated) == answered.brief
        if not same or repeated.headers.get("idempotency-replayed") != "true":
            raise Wrong(f"{answered} is now answered {repeated.status_code}: {repeated.text}")

    def _work(self, url: str, rng: random.Random) -> None:
        with httpx.Client(base_url=url, timeout=60) as http:
            while not self._stop.is_set():
                with self._lock:
                    order = f"K-{next(self._orders)}"
                try:
                    (self._refund if rng.random() < 0.6 else self._wait_out)(http, order, rng)
                except BaseException as error:
                    self._failed.append(error)
                    return
                time.sleep(rng.random() * 2 * _BETWEEN_STORIES)

    def _refund(self, http: httpx.Client, order: str, rng: random.Random) -> None:
        """Bought, disputed and settled: money goes back."""
        self._place(http, order)
        self._command(http, order, SHOP, "ship_order", carrier="DHL", tracking_number=f"N{order}")
        self._command(http, order, BUYER, "confirm_receipt")
        claim = {
            "received": True, "reason": "not_as_described", "remedy": "refund",
            "amount": {"amount": 72_000, "currency": "RUB"}, "description": "It is an S.",
        }  # fmt: skip
        opened = self._post(http, order, BUYER, f"/orders/{order}/disputes", claim)
        amount = rng.randrange(1, 70) * 1000
        offer = {"amount": amount, "currency": "RUB"}
        path = f"/disputes/{opened['id']}/commands"
        made = {"type": "make_offer", "remedy": "refund", "amount": offer, "note": "For you."}
        self._post(http, order, SELLER, path, made)
        accepted = {"type": "accept_offer", "offer": "O2", "amount": offer}
        self._post(http, order, BUYER, path, accepted)
        self.refunded[order] = amount

    def _wait_out(self, http: httpx.Client, order: str, rng: random.Random) -> None:
        """Bought long ago: the protection ends in a moment."""
        self._place(http, order)
        shipped = datetime.now(UTC) - _PROTECTED + timedelta(seconds=1 + 2 * rng.random())
        self._command(
            http, order, SHOP, "ship_order", carrier="DHL", tracking_number=f"N{order}",
            at=shipped.isoformat(),
        )  # fmt: skip
        self.due[order] = shipped + _PROTECTED

    def _place(self, http: httpx.Client, order: str) -> None:
        # Paid first: whoever compares the books finds no old order without its payment.
        self._book(f"pay_{order}", PAID, order)
        placed = {
            "placed_at": (datetime.now(UTC) - timedelta(days=60)).isoformat(), "currency": "RUB",
            "policy": "aliexpress",
            "buyer": {"id": BUYER.person, "name": "Olga", "email": "olga@example.com"},
            "seller": {"id": SELLER.person, "name": "Blouse House", "email": "s@example.com"},
            "lines": [{"id": "1", "title": "Blouse", "quantity": 2,
                       "unit_price": {"amount": 80_000, "currency": "RUB"}}],
            "payment": {"provider": "simulator", "reference": f"pay_{order}",
                        "captured": {"amount": PAID.amount, "currency": PAID.currency}},
        }  # fmt: skip
        self._ask(http, order, SHOP, "PUT", f"/orders/{order}", placed)

    def _command(
        self, http: httpx.Client, order: str, who: Actor, type_: str, **fields: Any
    ) -> dict[str, Any]:
        return self._post(http, order, who, f"/orders/{order}/commands", {"type": type_, **fields})

    def _post(
        self, http: httpx.Client, order: str, who: Actor, path: str, body: dict[str, Any]
    ) -> dict[str, Any]:
        return self._ask(http, order, who, "POST", path, body)

    def _ask(
        self, http: httpx.Client, order: str, who: Actor, method: str, path: str,
        body: dict[str, Any],
    ) -> dict[str, Any]:  # fmt: skip
        asked = Answered(method, path, who, uuid4().hex, body, 0, {}, order)
        answer = self._insist(http, asked)
        if not answer.is_success:
            raise Wrong(f"{asked}: {answer.status_code} {answer.text}")
        if answer.headers.get("idempotency-replayed"):
            self.counts["recorded, but not heard of at first"] += 1
        brief = _brief(answer)
        self.answered.append(
            Answered(method, path, who, asked.key, body, answer.status_code, brief, order)
        )
        found: dict[str, Any] = answer.json()
        return found

    def _insist(self, http: httpx.Client, asked: Answered) -> httpx.Response:
        """Ask under the same key until there is an answer."""
        headers = {"Authorization": f"Bearer {secret_of(asked.who)}"}
        if asked.method == "POST":
            headers["Idempotency-Key"] = asked.key
        while True:
            try:
                answer = http.request(asked.method, asked.path, json=asked.body, headers=headers)
            except httpx.TransportError:
                if self._given_up.is_set():
                    raise
                self.counts["nobody answered"] += 1
            else:
                if answer.status_code not in (409, 503):
                    return answer
                if answer.status_code == 409 and answer.json()["rule"] != "request_in_flight":
                    return answer
                self.counts[f"told {answer.status_code}"] += 1
            time.sleep(_BEFORE_ASKING_AGAIN)


def _brief(answer: httpx.Response) -> dict[str, Any]:
    body = answer.json()
    return {name: body[name] for name in _COMPARED if name in body}
