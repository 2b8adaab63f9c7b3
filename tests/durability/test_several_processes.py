"""Servers that share one database: deadlines once and in order, jobs once, books compared once."""

from __future__ import annotations

import email
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from amends.adapters.clock import VirtualClock
from amends.bootstrap import Settings, build_service
from amends.dispute.judge import OnOrder
from amends.engine.leases import LENGTH, RENEW_EVERY
from amends.engine.slots import ALL_SLOTS, slot_of
from amends.engine.store import Store
from amends.entrypoints.api.bodies import struct_in
from amends.entrypoints.clock import work_off
from amends.entrypoints.service import CaseRequest
from amends.kernel.decision import Accepted
from amends.kernel.people import Actor, Role
from amends.order.decide.place_order import PlaceOrder
from amends.order.decide.ship_order import ShipOrder
from amends.store import open_store
from amends.store.urls import is_postgres
from tests.entrypoints.sandbox import order

LONG_AGO = datetime(2026, 3, 1, 10, tzinfo=UTC)
SHOP, SELLER = Actor("shop", Role.MARKETPLACE), Actor("s1", Role.SELLER)
LIVED = [
    "order_placed",
    "parcel_sent",
    *["order_reminded"] * 3,
    "protection_ended",
    "funds_released",
]


def place(database: str, home: Path, count: int, prefix: str = "A") -> list[str]:
    """Orders whose deadlines have all passed: nobody was up since they were shipped, each a minute
    after the one before."""
    names = [f"{prefix}-{n}" for n in range(count)]
    clock = VirtualClock(lambda: LONG_AGO, lambda _: None)
    service = build_service(Settings(database, home=home, clock=clock))
    for by in (Actor("b1", Role.BUYER), Actor("s1", Role.SELLER)):
        # Else mail would wait for the next morning.
        service.store.correspondence.choose(by, "at_once")
    placing = struct_in(order(), PlaceOrder)
    by_hour = [names[n : n + 60] for n in range(0, count, 60)]
    for some in by_hour:
        placed = [CaseRequest(name, OnOrder(name, placing), SHOP) for name in some]
        assert all(isinstance(a.outcome, Accepted) for a in service.engine.handle(placed))  # type: ignore[union-attr]
        for name in some:
            clock.move_to(clock.now() + timedelta(minutes=1))
            shipped = OnOrder(name, ShipOrder("DHL", "1234567890"))
            service.engine.handle_one(CaseRequest(name, shipped, SELLER))
    # The provider hears of the captures: the books are to agree.
    while work_off(service):
        pass
    service.close()
    return names


class Mailbox:
    """An SMTP server that counts how often each message comes."""

    def __init__(self) -> None:
        self.came: Counter[str] = Counter()

    async def handle_DATA(  # noqa: N802 - the name the server calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.original_content, bytes)
        message = email.message_from_bytes(envelope.original_content)
        self.came[message["Message-ID"]] += 1
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


class Server:
    """``amends serve`` in a process of its own; what it says is in ``told``."""

    def __init__(self, database: str, home: Path, name: str, mail_port: int) -> None:
        self.told = home / f"{name}.log"
        environment = {
            **os.environ, "AMENDS_HOME": str(home), "AMENDS_SMTP_HOST": "127.0.0.1",
            "AMENDS_SMTP_PORT": str(mail_port), "AMENDS_SMTP_SECURITY": "none",
        }  # fmt: skip
        command = [sys.executable, "-m", "amends", "serve", "--port", "0", "--database", database]
        with self.told.open("wb") as told:
            self.process = subprocess.Popen(command, stdout=told, stderr=told, env=environment)

    @property
    def name(self) -> str:
        """What its leases are called by."""
        until(lambda: b"http://" in self.told.read_bytes(), self)
        address = re.search(r"http://\S+(?=,)", self.told.read_text())
        assert address is not None
        return f"{socket.gethostname()}:{urlsplit(address[0]).port}/1"

    def said(self, event: str) -> int:
        return self.told.read_text().count(f'"event": "{event}"')

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(60) == 0
        assert "Traceback" not in self.told.read_text(), self.told.read_text()


@contextmanager
def running(
    database: str, home: Path, count: int, mail_port: int
) -> Iterator[tuple[Store, list[Server]]]:
    with ExitStack() as stack:
        store = open_store(database)
        stack.callback(store.close)
        servers = [Server(database, home, f"server{n}", mail_port) for n in range(count)]
        for server in servers:
            stack.callback(server.process.wait)
            stack.callback(server.process.kill)
        yield store, servers


def until(holds: Callable[[], object], *servers: Server) -> None:
    """Wait for it, as long as these run."""
    end = time.monotonic() + 90
    while not holds():
        for server in servers:
            assert server.process.poll() is None, server.told.read_text()
        assert time.monotonic() < end, [server.told.read_text() for server in servers]
        time.sleep(0.05)


def holders(store: Store) -> Counter[str]:
    """How many slots each server holds."""
    held = store.leases.held(datetime.now(UTC))
    return Counter(lease.holder for lease in held if lease.name.startswith("slot/"))


def assert_each_once_and_in_order(store: Store, names: list[str]) -> None:
    swept: defaultdict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for name in names:
        events = store.records.events(name)
        assert [event.type for event in events] == LIVED, name
        # All of it by one look at the order. Ids begin with the microsecond they were made in.
        (command,) = {event.command_id for event in events[2:]}
        swept[slot_of(name)].append((command[:11], events[2].at))
    for of_slot in swept.values():
        due = [at for _, at in sorted(of_slot)]
        assert due == sorted(due)


def test_servers_share_what_is_due_after_a_time_without_any(
    database: str, tmp_path: Path, mailbox: tuple[Mailbox, int]
) -> None:
    count = 3 if is_postgres(database) else 2
    box, port = mailbox
    names = place(database, tmp_path, 240)
    with running(database, tmp_path, count, port) as (store, servers):
        until(lambda: store.records.next_due() is None, *servers)
        until(lambda: store.jobs.next_run() is None, *servers)
        until(lambda: len(holders(store)) == count, *servers)
        until(lambda: holders(store).total() == len(ALL_SLOTS), *servers)
        assert max(holders(store).values()) <= -(-len(ALL_SLOTS) // count)
        until(lambda: any(server.said("reconciled") for server in servers), *servers)
        for server in servers:
            server.stop()
        assert holders(store) == Counter()
        assert sum(server.said("reconciled") for server in servers) == 1
        assert_each_once_and_in_order(store, names)
        assert store.uptime.outages(LONG_AGO) == ()
    # Both sides are told of the end; of what ran out meanwhile nobody is reminded.
    assert len(box.came) >= 2 * len(names)
    assert set(box.came.values()) == {1}


def test_another_takes_over_from_a_server_that_is_killed_in_the_middle(
    database: str, tmp_path: Path, mailbox: tuple[Mailbox, int]
) -> None:
    _, port = mailbox
    names = place(database, tmp_path, 600)
    with running(database, tmp_path, 2, port) as (store, servers):
        first, second = servers
        until(lambda: len(store.records.events(names[0])) > 2, *servers)
        victim = first if holders(store)[first.name] else second
        left = second if victim is first else first
        victim.process.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        more = place(database, tmp_path, 120, "B")
        until(lambda: holders(store)[left.name] == len(ALL_SLOTS), left)
        # The leases lapse, the other looks, and a machine that has much to do is forgiven some.
        assert time.monotonic() - killed < (LENGTH + 3 * RENEW_EVERY).total_seconds()
        until(lambda: store.records.next_due() is None, left)
        left.stop()
        assert_each_once_and_in_order(store, names)
        assert_each_once_and_in_order(store, more)
