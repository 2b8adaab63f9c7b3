"""How long the server takes for what people and clients look at most, at fifty requests a second.

A real server on a database of many orders, its clock standing where the orders' lives were stopped.
Requests are due at fixed instants, whether or not the ones before were answered, and are spread
over orders and people at random. Server time is from the request's arrival in the application to
the first byte of its answer.

    .venv/bin/python -m bench --only pages
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from http.client import HTTPConnection
from itertools import count
from statistics import quantiles
from typing import cast

from litestar import Litestar
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from msgspec import Struct

from amends.adapters.clock import VirtualClock
from amends.adapters.ids import new_id, new_token
from amends.bootstrap import Settings, build_service
from amends.engine.access import ApiKey
from amends.engine.sessions import Session
from amends.engine.store import Store
from amends.entrypoints.application import build_app, run_app
from amends.entrypoints.cli.serving import listening
from amends.entrypoints.web.router import web_router
from amends.kernel.people import Actor, Role
from amends.store import open_store
from bench.copying import Marketplace
from bench.http import Serving, serving
from bench.results import Measured
from bench.templates import NOW

_TIMED = b"server-timing"
_SIGNED_IN = timedelta(days=1)
_PEOPLE = 300
_AT_ONCE = 16
_WARM_UP = 200
SERVE = "import sys; from bench.pages import serve_stored; serve_stored(sys.argv[1])"


class Look(Struct, frozen=True):
    """A request for something to look at."""

    kind: str
    path: str
    headers: dict[str, str]


class Seen(Struct, frozen=True):
    """How it was answered: seconds within the server, and from when it was due to the answer."""

    kind: str
    status: int
    served: float
    waited: float


def serve_stored(url: str) -> None:
    """Pages and API on a stored database, each answer with the time it took."""
    clock = VirtualClock(lambda: NOW, lambda _: None)
    service = build_service(Settings(url, clock=clock))
    app = build_app(service, [web_router(service)])
    with listening("127.0.0.1", 0) as (socket, address):
        print(address, flush=True)
        # It is an application all the same.
        run_app(cast(Litestar, _timed(app)), socket)


def _timed(app: ASGIApp) -> ASGIApp:
    async def timed(scope: Scope, receive: Receive, send: Send) -> None:
        begun = time.perf_counter()

        async def and_say(message: Message) -> None:
            if message["type"] == "http.response.start":
                took = f"app;dur={1000 * (time.perf_counter() - begun):.3f}"
                message["headers"] = [*message["headers"], (_TIMED, took.encode())]
            await send(message)

        await app(scope, receive, and_say)

    return timed


class Visitors:
    """People who are signed in, and clients with keys, on a stored database."""

    def __init__(self, store: Store, orders: int, chance: random.Random) -> None:
        self._store, self._chance = store, chance
        self._known: dict[Actor, dict[str, str]] = {}
        named = Marketplace(orders)
        some = (named.name(n) for n in chance.sample(range(orders), min(_PEOPLE, orders)))
        self._orders = [(order, *self._parties(order)) for order in some]
        newest = store.views.page("disputes", {}, order_by="-opened_at", limit=_PEOPLE)
        self._disputes = [
            (str(row["dispute_id"]), str(row["buyer"]), str(row["seller"])) for row in newest.rows
        ]
        self._phases = sorted({str(row["phase"]) for row in newest.rows})
        self._shop = self._with_key(Actor("shop", Role.MARKETPLACE))

    def _parties(self, order: str) -> tuple[str, str]:
        rows = self._store.upkeep.snapshot(order).rows
        values = next(row.values for row in rows if row.table == "orders")
        assert values is not None
        return str(values["buyer"]), str(values["seller"])

    def looks(self) -> Iterator[Look]:
        """What they look at, each kind as often as the others."""
        kinds = tuple(self._kinds())
        for n in count():
            kind, make = kinds[n % len(kinds)]
            path, headers = make()
            yield Look(kind, path, headers)

    def _kinds(self) -> Iterator[tuple[str, Callable[[], tuple[str, dict[str, str]]]]]:
        yield "page: order", lambda: self._as_party(self._orders, "/orders/{}")
        yield "page: dispute", lambda: self._as_party(self._disputes, "/disputes/{}")
        yield "page: seller's worklist", lambda: ("/disputes", self._seller())
        yield "page: seller's orders", lambda: ("/orders", self._seller())
        yield "page: supervisor's disputes", lambda: ("/disputes", self._staff(Role.SUPERVISOR))
        yield "API: order", lambda: (f"/api/v1/orders/{self._some(self._orders)[0]}", self._shop)
        yield (
            "API: dispute",
            lambda: (
                f"/api/v1/disputes/{self._some(self._disputes)[0]}",
                self._shop,
            ),
        )
        yield (
            "API: orders of a seller",
            lambda: (
                f"/api/v1/orders?seller={self._some(self._orders)[2]}",
                self._shop,
            ),
        )
        yield (
            "API: disputes by phase",
            lambda: (
                f"/api/v1/disputes?phase={self._chance.choice(self._phases)}",
                self._shop,
            ),
        )
        yield "API: all orders", lambda: ("/api/v1/orders", self._shop)
        yield "API: refunds", lambda: ("/api/v1/refunds", self._shop)

    def _some(self, of: Sequence[tuple[str, str, str]]) -> tuple[str, str, str]:
        return self._chance.choice(of)

    def _as_party(
        self, of: Sequence[tuple[str, str, str]], path: str
    ) -> tuple[str, dict[str, str]]:
        name, buyer, seller = self._some(of)
        by = self._chance.choice((Actor(buyer, Role.BUYER), Actor(seller, Role.SELLER)))
        return path.format(name), self._with_session(by)

    def _seller(self) -> dict[str, str]:
        """A seller by how much they sell: most looks are of those who sell most."""
        return self._with_session(Actor(self._some(self._orders)[2], Role.SELLER))

    def _staff(self, role: Role) -> dict[str, str]:
        return self._with_session(Actor(f"{role.value}-1", role))

    def _with_session(self, by: Actor) -> dict[str, str]:
        if by not in self._known:
            token = new_token()
            ends = NOW + _SIGNED_IN
            self._store.sessions.begin(token, Session(new_id(), by, "bench", NOW, ends, ends))
            self._known[by] = {"Cookie": f"amends={token}"}
        return self._known[by]

    def _with_key(self, by: Actor) -> dict[str, str]:
        secret = new_token()
        self._store.access.add_key(ApiKey(new_id(), by, (), NOW), secret)
        return {"Authorization": f"Bearer {secret}"}


def look_at(server: Serving, looks: Sequence[Look], rate: float) -> list[Seen]:
    """Send each when it is due, ``rate`` a second, over a few connections."""
    seen: list[Seen] = []
    # Taking the next of it is one step of the interpreter, so threads need no lock.
    waiting = iter(enumerate(looks))
    begun = time.perf_counter()

    def one_after_the_other() -> None:
        connection = HTTPConnection(server.host, server.port, timeout=60)
        for n, look in waiting:
            due = begun + n / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            connection.request("GET", look.path, headers=look.headers)
            response = connection.getresponse()
            response.read()
            waited = time.perf_counter() - due
            timing = response.headers[_TIMED.decode()]
            served = float(timing.partition("dur=")[2]) / 1000
            seen.append(Seen(look.kind, response.status, served, waited))
        connection.close()

    threads = [threading.Thread(target=one_after_the_other) for _ in range(_AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def measure(
    url: str, orders: int, *, rate: float = 50, requests: int = 4400
) -> tuple[list[Measured], dict[str, tuple[float, ...]]]:
    """Figures, and by kind the server time in milliseconds at each hundredth."""
    store = open_store(url)
    there = Visitors(store, orders, random.Random(orders)).looks()
    looks = [next(there) for _ in range(_WARM_UP + requests)]
    store.close()
    with serving([sys.executable, "-c", SERVE, url]) as server:
        look_at(server, looks[:_WARM_UP], rate)
        seen = look_at(server, looks[_WARM_UP:], rate)
    if wrong := sorted({(one.kind, one.status) for one in seen if one.status != 200}):
        raise RuntimeError(f"not everything was shown: {wrong}")
    times: dict[str, list[float]] = defaultdict(list)
    for one in seen:
        times[one.kind].append(1000 * one.served)
        times["all"].append(1000 * one.served)
        times["all, as the client waits"].append(1000 * one.waited)
    hundredths = {kind: tuple(quantiles(taken, n=100)) for kind, taken in times.items()}
    figures: list[Measured] = []
    for kind, of in hundredths.items():
        figures += [(f"{kind}, median", of[49], "ms", None), (f"{kind}, p99", of[98], "ms", None)]
    return figures, hundredths
