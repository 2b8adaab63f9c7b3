"""Finance's desk with a hundred thousand refunds: each list, and reconciling all of it.

    python -m bench.desk [--intents 100000] [--database sqlite|postgresql] [--folder FOLDER]

Nine refunds in ten are settled; the others are unclear, pending, failed, given back, with finance,
or differ from the provider's books. Lists are asked of a real server over HTTP by somebody of
finance, one after the other; the time is the client's. Reconciling is ``amends money reconcile``,
which shows its progress, on a provider's books of the same size. Exit code 1: a bar is missed.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from amends.adapters.ids import new_id, new_token
from amends.adapters.packs import load_packs, shipped_packs
from amends.adapters.payments.simulated_books import SimulatedBooks
from amends.bootstrap import Settings, build_service
from amends.dispute.decide import DisputeCommand
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.judge import CaseCommand, OnDispute, OnOrder
from amends.engine.access import ApiKey
from amends.engine.sessions import Session
from amends.engine.simulated import Behaviour
from amends.entrypoints.application import build_app, run_app
from amends.entrypoints.cli.serving import listening
from amends.entrypoints.clock import move_to
from amends.entrypoints.service import CaseRequest
from amends.entrypoints.web.router import web_router
from amends.kernel.decision import Accepted
from amends.kernel.instants import to_micros
from amends.kernel.people import CLOCK, Actor, Role
from amends.order.decide import OrderCommand
from amends.store import open_store
from bench.bulk import load
from bench.copying import Copier, Marketplace, Rows
from bench.http import serving
from bench.places import Place, places
from bench.progress import Progress
from bench.templates import NOW, Template, Templates, steps_of

_BUYER, _SELLER = Actor("b1", Role.BUYER), Actor("s1", Role.SELLER)
_SHOP, _FINANCE = Actor("shop", Role.MARKETPLACE), Actor("f1", Role.FINANCE)
_PAID, _REFUNDED = 10_000, 6_000
_SPREAD = timedelta(days=60)
_AT_ONCE = 500
_ASKED = 15
_SERVE = "import sys; from bench.desk import serve; serve(sys.argv[1])"
_LIST_MS, _RECONCILE_S = 100, 60
_STATES = ("recorded", "sent", "unknown", "pending", "settled", "failed", "reversed")
_PAGES = (
    "/finance", "/finance/tasks", "/finance/tasks?kind=difference", "/finance/refunds",
    *(f"/finance/refunds?state={state}" for state in _STATES),
    "/finance/differences", "/finance/differences?state=resolved", "/finance/ledger",
    "/finance/ledger?seller={seller}", "/finance/ledger?provider=simulator&reference=pay_M0000007",
    "/api/v1/refunds", "/api/v1/refunds?state=unknown", "/api/v1/finance/summary",
    "/api/v1/finance/tasks", "/api/v1/finance/differences", "/api/v1/ledger",
    "/api/v1/ledger/balance", "/api/v1/callbacks",
)  # fmt: skip


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--intents", type=int, default=100_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--folder", type=Path, default=Path("var/bench"))
    given = parser.parse_args()
    kinds = tuple(given.database or ("sqlite", "postgresql"))
    with ExitStack() as held:
        templates = _lived()
        there = held.enter_context(places(given.folder, None, kinds))
        missed = [
            missed for place in there for missed in _measured(place, templates, given.intents)
        ]
    for what in missed:
        sys.stdout.write(f"missed: {what}\n")
    raise SystemExit(1 if missed else 0)


def _measured(place: Place, templates: Templates, intents: int) -> Iterator[str]:
    """Prints the figures; what misses its bar."""
    url = place.make(f"desk_{intents}")
    with closing(build_service(Settings(url, sandbox=True))) as service:
        assert service.sandbox is not None
        service.sandbox.clock.move_to(NOW)
    copier = Copier(load_packs(shipped_packs()), templates, Marketplace(intents))
    with Progress(f"{place.kind}: {intents:,} refunds", intents) as progress:
        load(url, _chunks(copier, intents, progress))
    for path, times in _asked(url):
        usual, worst = median(times), max(times)
        sys.stdout.write(f"{place.kind:10} {usual:7.1f} ms, at worst {worst:7.1f}  {path}\n")
        if usual >= _LIST_MS:
            yield f"{place.kind}: {path} takes {usual:.0f} ms"
    _book(url)
    begun = time.perf_counter()
    done = _reconciled(url)
    took = time.perf_counter() - begun
    sys.stdout.write(f"{place.kind:10} {took:7.1f} s  amends money reconcile: {done}\n")
    if took >= _RECONCILE_S:
        yield f"{place.kind}: reconciling takes {took:.0f} s"


def _chunks(copier: Copier, intents: int, progress: Progress) -> Iterator[Rows]:
    known: set[object] = set()
    for n in range(0, intents, _AT_ONCE):
        rows = copier.rows(range(n, min(n + _AT_ONCE, intents)))
        rows["person_keys"] = [row for row in rows["person_keys"] if row[0] not in known]
        known.update(row[0] for row in rows["person_keys"])
        yield rows
        progress.advance(min(_AT_ONCE, intents - n))


# --- what is copied -----------------------------------------------------------------------------


def _lived() -> Templates:
    hour, day = timedelta(hours=1), timedelta(days=1)
    dead: list[Behaviour] = ["decline"] * 9
    return Templates(
        at_rest=[_life([], hour)],
        waiting=[_life(["unavailable"], timedelta(minutes=1)), _life(dead, hour)],
        at_rest_disputed=[
            _life(["requires_action"], hour), _life(["fail_later"], 2 * day + hour),
            _life(dead, 5 * day),
        ],
        waiting_disputed=[_life([], hour, differs=True)],
    )  # fmt: skip


def _life(moods: list[Behaviour], span: timedelta, *, differs: bool = False) -> Template:
    """An order with a refund, ``span`` after it was agreed on."""
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        service = build_service(Settings(folder / "sample.db", sandbox=True))
        held.callback(service.close)
        sandbox = service.sandbox
        assert sandbox is not None

        def ask(command: CaseCommand, by: Actor) -> None:
            outcome = service.engine.handle_one(CaseRequest("A-1", command, by)).outcome
            assert isinstance(outcome, Accepted), outcome

        def order(by: Actor, body: dict[str, Any]) -> None:
            ask(OnOrder("A-1", msgspec.convert(body, OrderCommand | OpenDispute)), by)

        start = service.clock.now()
        order(_SHOP, {
            "type": "place_order", "placed_at": start, "currency": "USD",
            "buyer": {"id": _BUYER.person}, "seller": {"id": _SELLER.person},
            "lines": [{"id": "1", "title": "Cup", "quantity": 1, "unit_price": _usd(_PAID)}],
            "payment": {"provider": "simulator", "reference": "pay_A-1", "captured": _usd(_PAID)},
        })  # fmt: skip
        order(_SHOP, {"type": "ship_order", "carrier": "DHL", "tracking_number": "1234567890"})
        order(_BUYER, {"type": "confirm_receipt"})
        order(_BUYER, {
            "type": "open_dispute", "received": True, "reason": "not_as_described",
            "remedy": "refund", "description": "Chipped.", "amount": _usd(_REFUNDED),
            "lines": [{"line": "1", "quantity": 1}],
        })  # fmt: skip
        move_to(service, sandbox, start)  # the capture is booked
        service.simulator.set_next(moods)
        agreed = {"type": "accept_offer", "offer": "O1", "amount": _usd(_REFUNDED)}
        ask(OnDispute("A-1", "A-1-D1", msgspec.convert(agreed, DisputeCommand)), _SELLER)
        move_to(service, sandbox, start + span)
        if differs:
            seen = {"type": "record_difference", "kind": "not_recorded", "about": "re_by_hand",
                    "theirs": _usd(500)}  # fmt: skip
            order(CLOCK, seen)
        snapshot = service.store.upkeep.snapshot("A-1")
        latest = NOW - snapshot.events[-1].at
        steps = tuple(steps_of(service, "A-1", snapshot.events))
    people = (_BUYER.person, _SELLER.person)
    return Template("A-1", *people, "", "pay_A-1", steps, latest - _SPREAD, latest)


def _usd(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}


# --- the lists ----------------------------------------------------------------------------------


def serve(url: str) -> None:
    """Pages and API; a sandbox's clock stands, so that no deadline runs out meanwhile."""
    service = build_service(Settings(url, sandbox=True))
    app = build_app(service, [web_router(service)])
    with listening("127.0.0.1", 0) as (socket, address):
        print(address, flush=True)
        run_app(app, socket)


def _asked(url: str) -> Iterator[tuple[str, list[float]]]:
    """Each list and how long it took, in milliseconds, several times. Raises RuntimeError."""
    with closing(open_store(url)) as store:
        token, ends = new_token(), NOW + timedelta(days=1)
        store.sessions.begin(token, Session(new_id(), _FINANCE, "bench", NOW, ends, ends))
        store.access.add_key(ApiKey(new_id(), _FINANCE, (), NOW), token)
        seller = str(
            store.views.page("orders", {}, order_by="placed_at", limit=1).rows[0]["seller"]
        )
    with serving([sys.executable, "-c", _SERVE, url]) as server:
        connection = HTTPConnection(server.host, server.port, timeout=60)
        headers = {"Cookie": f"amends={token}", "Authorization": f"Bearer {token}"}
        for path in (path.format(seller=seller) for path in _PAGES):
            times = []
            for _ in range(_ASKED):
                begun = time.perf_counter()
                connection.request("GET", path, headers=headers)
                response = connection.getresponse()
                response.read()
                times.append(1000 * (time.perf_counter() - begun))
                if response.status != 200:
                    raise RuntimeError(f"{path} answers {response.status}")
            yield path, times[1:]  # the first of a kind warms up
        connection.close()


# --- reconciling --------------------------------------------------------------------------------


def _book(url: str) -> None:
    """The same refunds in the provider's books."""
    settings = Settings(url)
    now = to_micros(NOW)
    stands = {"settled": "succeeded", "pending": "pending", "reversed": "failed"}
    path = settings.beside("payments")
    path.unlink(missing_ok=True)
    books = SimulatedBooks(path, synced=False)
    with closing(open_store(url)) as store, books.transaction() as db:
        after = None
        while True:
            page = store.views.page("refunds", {}, order_by="recorded_at", after=after, limit=500)
            for row in page.rows:
                _put(db, row, stands.get(str(row["state"])), now)
            after = page.next
            if after is None:
                break
    books.close()


def _put(db: sqlite3.Connection, row: dict[str, Any], state: str | None, now: int) -> None:
    db.execute(
        "INSERT OR IGNORE INTO capture_share (reference, share, amount, currency)"
        " VALUES (?, ?, ?, 'USD')",
        (row["reference"], row["order_id"], _PAID),
    )
    if state:
        db.execute(
            "INSERT INTO refund (reference, intent, amount, currency, booked_at, state, reason)"
            " VALUES (?, ?, ?, 'USD', ?, ?, '')",
            (row["reference"], row["refund_id"], row["amount"], now, state),
        )


def _reconciled(url: str) -> str:
    """Its last line."""
    environment = {**os.environ, "AMENDS_DATABASE": url}
    done = subprocess.run(
        [sys.executable, "-m", "amends", "money", "reconcile", "--database", url],
        env=environment, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if done.returncode not in (0, 1):
        raise RuntimeError(f"it ended with {done.returncode}")
    return next(iter(done.stdout.splitlines()), "")


if __name__ == "__main__":
    main()
