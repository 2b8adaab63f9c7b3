"""``kill -9``, of the server and of its database, while people are at work.

``python -m tests.durability.kills --database sqlite|postgresql --of server|database`` with
``--kills``, ``--servers`` on the one database, and ``--seed``.

However often it is killed: what was answered with a success is on record and is answered the same
when it is asked again, every deadline that fell due was let go once, at its own instant, every
refund was paid once, the outbox comes to rest, and what is derived is what the record gives.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from amends.adapters.clock import SystemClock, VirtualClock
from amends.adapters.payments.simulator import PaymentSimulator
from amends.bootstrap import Settings, build_service
from amends.engine.access import ApiKey
from amends.engine.check import check
from amends.engine.requests import caller_of
from amends.engine.simulated import Behaviour
from amends.entrypoints.clock import drain
from amends.entrypoints.ledger import trial_balance
from amends.entrypoints.reconciliation import reconcile
from amends.entrypoints.service import Service
from amends.order.events.life import ProtectionEnded
from amends.store import migrate
from tests.durability.load import PEOPLE, Load, Wrong, secret_of
from tests.given import T0
from tests.postgres_server import Cluster, cluster

Disturb = Callable[[random.Random], None]

CLIENTS = 4
_STARTS_WITHIN = 60.0
_FIRED_WITHIN = 60.0
_BEHAVIOURS: tuple[Behaviour, ...] = ("ok", "ok", "timeout", "timeout_but_done", "unavailable")
_ASKED_AGAIN = 20


class Server:
    """``amends serve`` on ``database``, in ``folder``, always at the same address."""

    def __init__(self, database: str, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"
        self._database = database
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to start."""
        amends = str(Path(sys.executable).parent / "amends")
        with (self._folder / "told").open("ab") as told:
            self._process = subprocess.Popen(
                [amends, "serve", "--port", str(self._port), "--database", self._database],
                stdout=told, stderr=told, cwd=self._folder,
                env={**os.environ, "AMENDS_HOME": str(self._folder)},
            )  # fmt: skip

    def ready(self) -> None:
        """Wait until it serves."""
        until = time.monotonic() + _STARTS_WITHIN
        while time.monotonic() < until:
            assert self._process is not None
            assert self._process.poll() is None, (self._folder / "told").read_text()[-3000:]
            with suppress(OSError, HTTPException), closing(self._way_in()) as way_in:
                way_in.request("GET", "/api/v1/health")
                if way_in.getresponse().status == 200:
                    return
            time.sleep(0.02)
        raise AssertionError("the server does not start")

    def _way_in(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self._port, timeout=10)

    def kill(self) -> None:
        """Between two instructions."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """In good order."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait(60)


class Kills:
    """Work on an empty, migrated database, disturbed again and again."""

    def __init__(self, database: str, folder: Path, seed: int, servers: int = 1) -> None:
        self._settings = Settings(database, home=folder)
        self._rng = random.Random(seed)
        with self._service() as service:
            for who in PEOPLE:
                key = ApiKey(f"key-{who.role.value}", who, (), T0)
                service.store.access.add_key(key, secret_of(who))
        self._provider = PaymentSimulator(self._settings.beside("payments"), SystemClock())
        self.servers = [Server(database, folder) for _ in range(servers)]
        addresses = [server.address for server in self.servers]
        self.load = Load(addresses, CLIENTS, seed, self._provider.book_capture)
        self.counts: Counter[str] = Counter()

    def run(self, kills: int, disturb: Disturb) -> Iterator[int]:
        """Let people work, and disturb them; yields how often they were. Raises Wrong."""
        for server in self.servers:
            server.start()
        self._ready()
        self.load.start()
        known = 0
        try:
            for number in range(1, kills + 1):
                self._provider.set_next(self._rng.choices(_BEHAVIOURS, k=self._rng.randint(0, 4)))
                time.sleep(self._rng.uniform(0.05, 1.2))
                disturb(self._rng)
                self._ready()
                new = self.load.answered[known:]
                known += len(new)
                for answered in self._rng.sample(new, min(len(new), _ASKED_AGAIN)):
                    self.load.again(answered)
                self.load.look()
                self.counts["kills"] = number
                yield number
        finally:
            try:
                self.load.stop()
                self._fired()
            finally:
                for server in self.servers:
                    server.stop()
                self._provider.close()

    def kill_server(self, rng: random.Random) -> None:
        """A server dies, now and then while it is still starting, and is started again."""
        server = rng.choice(self.servers)
        server.kill()
        server.start()
        while rng.random() < 0.2:
            time.sleep(rng.uniform(0.0, 1.5))
            server.kill()
            server.start()

    def settle(self) -> None:
        """Let everything come to rest, and look whether all is as it has to be. Raises Wrong."""
        # Late enough that nothing is a dead process's any more.
        at = datetime.now(UTC) + timedelta(minutes=20)
        clock = VirtualClock(lambda: at, lambda _: None)
        with self._service(clock) as service:
            drain(service)
            for _ in range(100):
                run_at = service.store.jobs.next_run()
                if run_at is None:
                    break
                clock.move_to(max(run_at, clock.now()))
                drain(service)
            _none("jobs are left", [run_at] if run_at else [])
            self._is_recorded(service)
            self._deadlines(service)
            self._refunds(service)
            _none("differences", list(check(service.store, service.engine.domain)))
            balance = trial_balance(service.store.views)
            _none("not balanced", [c for c in balance.currencies if not c.balanced])
        self.counts.update(self.load.counts)

    def _ready(self) -> None:
        for server in self.servers:
            server.ready()

    def _fired(self) -> None:
        """The server lets go by itself what is due, and has sixty seconds for it."""
        until = time.monotonic() + _FIRED_WITHIN
        with self._service() as service:
            waiting = dict(self.load.due)
            while waiting and time.monotonic() < until:
                for order in list(waiting):
                    if _ends(service, order):
                        del waiting[order]
                time.sleep(0.1)
        _none("deadlines were not let go", list(waiting))

    def _is_recorded(self, service: Service) -> None:
        answered = self.load.answered
        self.counts["commands answered"] = len(answered)
        for i in range(0, len(answered), 500):
            some = [a for a in answered[i : i + 500] if a.method == "POST"]
            keys = {(a.order, caller_of(a.who), a.key) for a in some}
            found = service.store.records.load((), keys, T0).answers
            _none("answers are lost", list(keys - found.keys()))

    def _deadlines(self, service: Service) -> None:
        for order, due in self.load.due.items():
            ends = _ends(service, order)
            if ends != [due]:
                raise Wrong(f"{order}: protection was to end at {due}, and ended at {ends}")
        self.counts["deadlines"] = len(self.load.due)

    def _refunds(self, service: Service) -> None:
        booked = service.simulator.booked().refunds
        twice = [intent for intent, n in Counter(r.intent for r in booked).items() if n > 1]
        _none("paid twice", twice)
        paid = {refund.reference: refund.amount.amount for refund in booked}
        wanted = {f"pay_{order}": amount for order, amount in self.load.refunded.items()}
        _none("not paid as agreed", [r for r in wanted if paid.get(r) != wanted[r]])
        found = reconcile(service.engine, service.store, service.provider_for, service.clock)
        _none("the books differ", found.differences)
        self.counts["refunds"] = len(booked)

    @contextmanager
    def _service(self, clock: VirtualClock | None = None) -> Iterator[Service]:
        settings = self._settings
        service = build_service(
            Settings(settings.database, home=settings.home, clock=clock) if clock else settings
        )
        try:
            yield service
        finally:
            service.close()


def killing_database(running: Cluster, least: float = 0.0, most: float = 7.0) -> Disturb:
    """The database's server dies with all its processes, and is started again some seconds later:
    whoever waits longer than five for the line to move is turned away with 503."""

    def disturb(rng: random.Random) -> None:
        running.crash()
        time.sleep(rng.uniform(least, most))
        running.start()

    return disturb


def _ends(service: Service, order: str) -> list[datetime]:
    events = (recorded.event for recorded in service.engine.events(order))
    return [event.at for event in events if isinstance(event, ProtectionEnded)]


def _none(what: str, found: Sequence[object]) -> None:
    if found:
        raise Wrong(f"{len(found)} {what}: {found[:5]}")


@contextmanager
def killing(
    kind: str, of: str, folder: Path, seed: int, servers: int
) -> Iterator[tuple[Kills, Disturb]]:
    """Work on a new database, and the way it is disturbed: ``of`` is who is killed."""
    if kind == "sqlite":
        database = f"sqlite:///{folder / 'amends.db'}"
        migrate(database)
        kills = Kills(database, folder, seed, servers)
        yield kills, kills.kill_server
        return
    with cluster() as running:
        migrate(running.url)
        kills = Kills(running.url, folder, seed, servers)
        yield kills, kills.kill_server if of == "server" else killing_database(running)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--of", choices=("server", "database"), default="server")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--servers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if (asked.database, asked.of) == ("sqlite", "database"):
        parser.error("SQLite has no server to kill: it is part of ours")
    with (
        tempfile.TemporaryDirectory() as made,
        killing(asked.database, asked.of, Path(made), asked.seed, asked.servers) as (
            kills,
            disturb,
        ),
    ):
        for done in kills.run(asked.kills, disturb):
            if done % 10 == 0:
                print(f"{done} of {asked.kills}", file=sys.stderr)
        kills.settle()
        print(dict(kills.counts), "nothing lost, nothing twice")


if __name__ == "__main__":
    main()
