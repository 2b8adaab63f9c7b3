"""A running server's own clock: it beats, sweeps and works, and tells when it was away."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from litestar.testing import TestClient
from structlog.testing import capture_logs

from amends.adapters.clock import VirtualClock
from amends.bootstrap import Settings, build_service
from amends.dispute.judge import OnOrder
from amends.engine.imports import ImportAnswer
from amends.entrypoints.api.bodies import struct_in
from amends.entrypoints.application import build_app
from amends.entrypoints.clock import drain, reconcile_if_due, tidy_if_due
from amends.entrypoints.service import CaseRequest, Service
from amends.kernel.instants import Instant
from amends.kernel.money import Money
from amends.kernel.people import Actor, Role
from amends.order.decide.place_order import PlaceOrder
from tests.entrypoints.sandbox import order

START = datetime(2026, 3, 1, 10, tzinfo=UTC)


def clock_at(at: Instant) -> VirtualClock:
    return VirtualClock(lambda: at, lambda _: None)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    settings = Settings.read(tmp_path / "live.db", clock=clock_at(START), environment={})
    opened = build_service(settings)
    yield opened
    opened.close()


def until(holds: object) -> None:
    assert callable(holds)
    for _ in range(100):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen within ten seconds")


def test_jobs_run_by_themselves(service: Service) -> None:
    with TestClient(build_app(service)):
        command = struct_in(order(), PlaceOrder)
        by = Actor("shop", Role.MARKETPLACE)
        service.engine.handle_one(CaseRequest("A-1", OnOrder("A-1", command), by))
        until(lambda: service.simulator.booked().captures)
    assert service.store.jobs.next_run() is None
    assert service.store.uptime.last_beat() == START


def test_having_been_away_is_told(tmp_path: Path) -> None:
    for at in (START, START + timedelta(days=2)):
        settings = Settings.read(tmp_path / "live.db", clock=clock_at(at), environment={})
        service = build_service(settings)
        with TestClient(build_app(service)):
            outages = service.store.uptime.outages(START - timedelta(days=1))
        service.close()
    (outage,) = outages
    assert (outage.since, outage.until) == (START, START + timedelta(days=2))


def test_the_books_are_compared_once_a_day(tmp_path: Path) -> None:
    clock = clock_at(START)
    settings = Settings.read(tmp_path / "live.db", clock=clock, environment={})
    service = build_service(settings)
    command = struct_in(order(), PlaceOrder)
    by = Actor("shop", Role.MARKETPLACE)
    service.engine.handle_one(CaseRequest("A-1", OnOrder("A-1", command), by))
    drain(service)
    service.simulator.refund("", "pay_1", Money(500, "RUB"), "by hand")
    with capture_logs() as told:
        assert reconcile_if_due(service)
        clock.move_to(START + timedelta(hours=23, minutes=59))
        assert not reconcile_if_due(service)
        clock.move_to(START + timedelta(days=1))
        assert reconcile_if_due(service)
    differ = {"event": "books_differ", "order": "A-1", "kind": "not_recorded", "about": "re_1",
              "log_level": "error"}  # fmt: skip
    assert [entry for entry in told if entry["event"] == "books_differ"] == [differ] * 2
    service.close()


def test_answers_to_old_feeds_are_forgotten_however_many_they_are(service: Service) -> None:
    answers, said = service.store.import_answers, ImportAnswer("d", "{}")
    for n in range(250):
        answers.keep("shop", str(n), said, START - timedelta(days=8))
    answers.keep("shop", "last week", said, START - timedelta(days=7))
    assert tidy_if_due(service)
    assert not any(answers.find("shop", str(n)) for n in range(250))
    assert answers.find("shop", "last week") == said


def test_a_running_server_compares_them_by_itself(service: Service) -> None:
    with TestClient(build_app(service)):
        until(lambda: service.store.meta.get("reconciled_at"))
