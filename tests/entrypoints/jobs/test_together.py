"""What came about within a minute is told in one mail, each thing once, whoever dies meanwhile."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from amends.adapters.clock import VirtualClock
from amends.bootstrap import Settings, build_service
from amends.dispute.judge import OnOrder
from amends.engine.jobs import Done, run_due_jobs
from amends.engine.store import JobToRun
from amends.entrypoints.api.bodies import struct_in
from amends.entrypoints.clock import drain
from amends.entrypoints.service import CaseRequest, Service
from amends.kernel.people import Actor, Role
from amends.order.decide.place_order import PlaceOrder
from amends.order.decide.send_message import SendMessage
from amends.order.decide.ship_order import ShipOrder
from tests.adapters.contract_mail import parsed
from tests.adapters.test_mail_smtp import Inbox
from tests.entrypoints.jobs.test_mail import english, part
from tests.entrypoints.jobs.test_smtp import inbox
from tests.entrypoints.sandbox import order
from tests.entrypoints.test_clock import START, clock_at

__all__ = ["inbox"]

SHOP, SELLER = Actor("shop", Role.MARKETPLACE), Actor("s1", Role.SELLER)
SECOND = timedelta(seconds=1)
LEFT, MESSAGE = "A parcel of order A-1 has left.", "There is a new message about order A-1."


class Live:
    """A server of one's own, whose clock is moved by hand."""

    def __init__(self, service: Service, clock: VirtualClock, inbox: Inbox) -> None:
        self.service, self.clock, self._inbox = service, clock, inbox

    def does(self, command: PlaceOrder | ShipOrder | SendMessage, by: Actor) -> None:
        self.service.engine.handle_one(CaseRequest("A-1", OnOrder("A-1", command), by))

    def to(self, seconds: int) -> None:
        """Do what is due so many seconds after the start."""
        self.clock.move_to(START + seconds * SECOND)
        drain(self.service)

    def mails(self) -> list[tuple[str, set[str]]]:
        """Of each mail to the buyer its id, and what it tells."""
        found = [parsed(raw) for raw in self._inbox.messages]
        return [
            (str(mail["Message-ID"]), {s for s in (LEFT, MESSAGE) if s in part(mail, "plain")})
            for mail in found
            if mail["To"] == "olga@example.com"
        ]


@pytest.fixture
def settings(tmp_path: Path, inbox: tuple[Inbox, int]) -> Settings:
    environment = {
        "AMENDS_SMTP_HOST": "127.0.0.1", "AMENDS_SMTP_PORT": str(inbox[1]),
        "AMENDS_SMTP_SECURITY": "none", "AMENDS_SENDER": "amends@market.example",
    }  # fmt: skip
    return Settings.read(tmp_path / "live.db", clock=clock_at(START), environment=environment)


@pytest.fixture
def live(settings: Settings, inbox: tuple[Inbox, int]) -> Iterator[Live]:
    """An order was placed and shipped; half a minute later the seller writes to its buyer."""
    service = build_service(settings)
    assert isinstance(service.clock, VirtualClock)
    server = Live(service, service.clock, inbox[0])
    server.does(struct_in(order(**english()), PlaceOrder), SHOP)
    server.does(ShipOrder("DHL", "1234567890"), SHOP)
    server.to(30)
    server.does(SendMessage("It has left."), SELLER)
    yield server
    service.close()


def test_what_comes_within_a_minute_is_one_mail(live: Live) -> None:
    live.to(59)
    assert live.mails() == []
    live.to(60)
    ((_, told),) = live.mails()
    assert told == {LEFT, MESSAGE}
    live.does(SendMessage("By lorry."), SELLER)
    live.to(119)
    assert len(live.mails()) == 1
    live.to(120)
    assert [told for _, told in live.mails()] == [{LEFT, MESSAGE}, {MESSAGE}]


def test_whoever_dies_after_sending_tells_nothing_else_the_second_time(live: Live) -> None:
    service = live.service

    def dies(job: JobToRun) -> Done:
        service.handlers["mail"](job)
        raise RuntimeError

    live.clock.move_to(START + 90 * SECOND)
    ran = run_due_jobs(service.store.jobs, {"mail": dies}, service.clock.now)
    assert len(ran.failed) == 2, "the second found itself in the first"
    live.does(SendMessage("By lorry."), SELLER)
    live.to(200)
    first, again, (other_id, told) = live.mails()
    assert first == again
    assert first[1] == {LEFT, MESSAGE}
    assert other_id != first[0]
    assert told == {MESSAGE}
    assert service.store.jobs.next_run() is None


def test_of_two_servers_one_tells_it(live: Live, settings: Settings) -> None:
    other = build_service(settings)
    at = START + 90 * SECOND
    live.clock.move_to(at)
    taken = [s.store.jobs.take(at, 1, at + 60 * SECOND) for s in (live.service, other)]
    assert [len(jobs) for jobs in taken] == [1, 1]
    ready = threading.Barrier(2)

    def run(service: Service, job: JobToRun) -> None:
        ready.wait()
        service.handlers["mail"](job)
        service.store.jobs.finish(job)

    threads = [
        threading.Thread(target=run, args=(service, job))
        for service, (job,) in zip((live.service, other), taken, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(said for _, told in live.mails() for said in told) == {LEFT: 1, MESSAGE: 1}
    assert other.store.jobs.next_run() is None
    other.close()
