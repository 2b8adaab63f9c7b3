"""The refund path as it runs, on files of its own: engine, store, outbox, jobs and provider.

A crash is an exception nobody catches, after which ``boot`` makes everything anew on the same
files. ``Faults`` says where one strikes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import msgspec

from amends.adapters.payments.simulator import PaymentSimulator
from amends.dispute.decide import DisputeCommand
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.judge import OnDispute, OnOrder
from amends.dispute.state import Case
from amends.engine.engine import Engine
from amends.engine.jobs import Done, Handler, run_due_jobs
from amends.engine.outside import (
    ProviderRefund,
    RefundReply,
)
from amends.engine.slots import slot_of
from amends.engine.store import Store, Unavailable
from amends.engine.sweep import sweep
from amends.entrypoints.domain import OrderDomain
from amends.entrypoints.jobs.chargebacks import ChargebackAnswerJob
from amends.entrypoints.jobs.payments import CaptureJob, RefundJob
from amends.entrypoints.reconciliation import Reconciled, reconcile
from amends.entrypoints.service import CaseAnswer, CaseEngine, CaseRequest
from amends.entrypoints.webhooks_in.intake import Intake
from amends.entrypoints.webhooks_in.payments import order_of_refund
from amends.kernel.decision import Accepted
from amends.kernel.instants import Calendar, Instant
from amends.kernel.money import Money
from amends.kernel.people import Actor, Role
from amends.order.decide import OrderCommand
from amends.order.state import Refund
from amends.projections.watching import WATCH_CASE
from amends.store import migrate, open_store
from tests.given import packs
from tests.money.faults import Faults, FaultyProvider, FaultyStore

START = datetime(2026, 3, 1, 10, tzinfo=UTC)
BUYER, SELLER = Actor("b1", Role.BUYER), Actor("s1", Role.SELLER)
SHOP, FINANCE = Actor("shop", Role.MARKETPLACE), Actor("f1", Role.FINANCE)
# Every commit is forced to the disk; what is shown here does not need one.
MEMORY = Path("/dev/shm") if Path("/dev/shm").is_dir() else None  # noqa: S108


@cache
def _empty_database() -> bytes:
    """A migrated database: migrating takes longer than a whole life."""
    with TemporaryDirectory(dir=MEMORY) as folder:
        path = Path(folder) / "empty.db"
        migrate(path)
        return path.read_bytes()


class World:
    """One order's world. Every command and job goes through ``engine``, which a crash replaces."""

    def __init__(self, folder: Path, database: str = "") -> None:
        """``database``: the URL of an empty one on a server; else a file in ``folder``."""
        self._folder = folder
        self._ids = count(1)
        self._now = START
        self.faults = Faults()
        self.asked: list[tuple[str, str, Money]] = []
        self.taken_in: set[str] = set()
        self._payments: dict[str, str] = {}
        self.database: str | Path = database or folder / "a.db"
        if isinstance(self.database, Path):
            self.database.write_bytes(_empty_database())
            self._looking = sqlite3.connect(self.database)
        self.boot()

    def now(self) -> Instant:
        """What time it is."""
        return self._now

    def boot(self) -> None:
        """A new process on the same files."""
        self.simulator = PaymentSimulator(self._folder / "provider.db", self)
        self.real_store = open_store(self.database)
        self.store = FaultyStore(self.real_store, self.faults)
        self.engine = self.engine_on(cast(Store, self.store))
        self.rival = self.engine_on(self.real_store)
        self.provider = FaultyProvider(self.simulator, self.faults, self.on_refund, self.on_reply)
        self.intake = Intake(
            self.engine,
            cast(Store, self.store),
            {"simulator": self.simulator},
            lambda _: self.provider,
            self,
        )
        self.handlers: dict[str, Handler] = {
            "refund": RefundJob(self.engine, lambda _: self.provider, self),
            "capture": CaptureJob(self.engine, self.simulator, all_of_it=True),
            "mail": lambda _: Done(),
            WATCH_CASE: lambda _: Done(),
            "chargeback_answer": ChargebackAnswerJob(
                self.engine, cast(Store, self.store), packs(), lambda _: self.provider, self
            ),
        }

    def engine_on(self, store: Store) -> CaseEngine:
        """An engine, as another process on the same database has one."""
        domain = OrderDomain(packs())
        return Engine(domain, store, self.now, self._new_id, lambda _state: Calendar())

    def close(self) -> None:
        """Let go of the files."""
        if isinstance(self.database, Path):
            self._looking.close()
        self._end()

    def _end(self) -> None:
        self.simulator.close()
        self.real_store.close()

    def crash(self) -> None:
        """The process dies and another takes its place."""
        self._end()
        self.boot()

    def _new_id(self) -> str:
        return f"c{next(self._ids)}"

    def on_refund(self, intent: str, reference: str, amount: Money) -> None:
        """The provider is asked for money."""
        self.asked.append((intent, reference, amount))

    def on_reply(self, intent: str, reply: RefundReply) -> None:
        """The provider has answered."""

    # --- what people ask ------------------------------------------------------------------------

    def place(
        self, order: str = "A-1", *, price: int = 100, units: int = 1, **changes: Any
    ) -> None:
        """An order delivered three days ago, of one line, with its capture booked."""
        body = {
            "type": "place_order", "placed_at": self._now, "currency": "USD",
            "buyer": {"id": "b1"}, "seller": {"id": "s1"},
            "lines": [{"id": "1", "title": "Cup", "quantity": units,
                       "unit_price": usd(price)}],
            "payment": {"provider": "simulator", "reference": f"pay_{order}",
                        "captured": usd(price * units)}, **changes,
        }  # fmt: skip
        self._payments[order] = body["payment"]["reference"]
        self.ask(order, body, SHOP)
        self.ask(order, {"type": "ship_order", "carrier": "DHL",
                         "tracking_number": "1234567890"}, SHOP)  # fmt: skip
        self.ask(order, {"type": "confirm_receipt"}, BUYER)
        self.run()

    def ask(self, order: str, body: dict[str, Any], by: Actor) -> CaseAnswer:
        """A command on the order, whatever comes of it."""
        command = msgspec.convert(body, OrderCommand | OpenDispute)
        return self.engine.handle_one(CaseRequest(order, OnOrder(order, command), by))

    def do(self, order: str, body: dict[str, Any], by: Actor) -> CaseAnswer:
        """A command on the order that has to be accepted."""
        answer = self.ask(order, body, by)
        assert isinstance(answer.outcome, Accepted), answer.outcome
        return answer

    def claim(self, amount: int, units: int = 1, order: str = "A-1") -> str | None:
        """A dispute about ``units`` of the first line; its id, None when it was refused."""
        body = {
            "type": "open_dispute", "received": True, "reason": "not_as_described",
            "remedy": "refund", "description": "Chipped.", "amount": usd(amount),
            "lines": [{"line": "1", "quantity": units}],
        }  # fmt: skip
        answer = self.ask(order, body, BUYER)
        if not isinstance(answer.outcome, Accepted) or answer.state is None:
            return None
        return list(answer.state.disputes)[-1]

    def accept(
        self, dispute: str, amount: int, order: str = "A-1", engine: CaseEngine | None = None
    ) -> CaseAnswer:
        """The seller agrees to the claim, whatever comes of it; on ``engine``, if not on ours."""
        body = {"type": "accept_offer", "offer": "O1", "amount": usd(amount)}
        return self._on(dispute, body, SELLER, order, engine)

    def on(self, dispute: str, body: dict[str, Any], by: Actor) -> CaseAnswer:
        """A command on a dispute that has to be accepted."""
        answer = self._on(dispute, body, by, "A-1")
        assert isinstance(answer.outcome, Accepted), answer.outcome
        return answer

    def _on(
        self,
        dispute: str,
        body: dict[str, Any],
        by: Actor,
        order: str,
        engine: CaseEngine | None = None,
    ) -> CaseAnswer:
        on = OnDispute(order, dispute, msgspec.convert(body, DisputeCommand))
        return (engine or self.engine).handle_one(CaseRequest(order, on, by))

    def agree(self, amount: int, units: int = 1, order: str = "A-1") -> str:
        """A claim the seller accepts; the refund is recorded, and not yet sent."""
        dispute = self.claim(amount, units, order)
        assert dispute is not None
        assert isinstance(self.accept(dispute, amount, order).outcome, Accepted)
        return dispute

    # --- what happens by itself -----------------------------------------------------------------

    def run(self, *, rounds: int = 100) -> None:
        """Deadlines and jobs that are due, until there are none."""
        for _ in range(rounds):
            swept = sweep(self.engine, self._slots)
            ran = run_due_jobs(self.store.jobs, self.handlers, self.now, self._slots)
            # As on a sandbox: mail, which moves no money, waits for nothing once all else is done.
            if not (swept.events or ran.any or self.real_store.jobs.hasten("mail", self._now)):
                return

    def _slots(self) -> set[int]:
        # Looking into all 64 for a handful of orders takes most of a life's time.
        return {slot_of(order) for order in self._payments}

    def to(self, at: Instant) -> None:
        """The clock moves, and nothing runs."""
        self._now = max(self._now, at)

    def live(self, span: timedelta, *, callbacks: bool = True) -> None:
        """Time passes; at each instant at which something is due, it runs."""
        until = self._now + span
        self.beat(callbacks=callbacks)
        while (at := self._next(callbacks=callbacks)) is not None and at <= until:
            self.to(at)
            self.beat(callbacks=callbacks)
        self.to(until)
        self.beat(callbacks=callbacks)

    def beat(self, *, callbacks: bool = True) -> None:
        """What is due now."""
        if callbacks:
            self.callbacks()
        self.understand()
        self.run()

    def callbacks(self, times: int = 1, *, newest_first: bool = False) -> None:
        """The provider's reports, each so many times; a report given no time is lost. One that
        was not taken in is reported again."""
        found = list(self.simulator.due_reports(self._now))
        told = [report for report in found for _ in range(times)]
        again: set[str] = set()
        for report in reversed(told) if newest_first else told:
            try:
                self.intake.receive("simulator", report.headers, report.body)
                self.taken_in.add(report.id)
            except Unavailable:
                again.add(report.id)
        for report in found:
            if report.id not in again:
                self.simulator.mark_delivered(report.id)
        self.understand()

    def understand(self) -> None:
        """What is kept of reports and due."""
        while self.intake.understand_due():
            pass

    def _next(self, *, callbacks: bool) -> Instant | None:
        due = self.real_store.records.next_due()
        known: Collection[Instant | None] = (
            due, self.real_store.jobs.next_run(), self.real_store.callbacks.next_run(),
            self.simulator.next_report_at() if callbacks else None,
        )  # fmt: skip
        return min((at for at in known if at is not None and at > self._now), default=None)

    def reconcile(self) -> Reconciled:
        """Our books held against the provider's."""
        return reconcile(self.engine, cast(Store, self.store), lambda _: self.provider, self)

    # --- what there is --------------------------------------------------------------------------

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What lies in the file."""
        return self._looking.execute(query).fetchall()

    @property
    def orders(self) -> tuple[str, ...]:
        """The orders there are."""
        return tuple(self._payments)

    def case(self, order: str = "A-1") -> Case:
        """The order as it stands."""
        view = self.engine.view(order)
        assert view is not None
        return view.state

    def refunds(self, order: str = "A-1") -> list[Refund]:
        """Its refunds as we know them."""
        return list(self.case(order).order.refunds.values())

    def standing(self, order: str = "A-1") -> list[ProviderRefund]:
        """Its refunds at the provider, those that failed left out; with what was refunded by hand
        of the payment."""
        return [
            r for r in self.simulator.refunds()
            if r.reference == self._payments[order] and r.stands
            and order_of_refund(r.intent) in (None, order)
        ]  # fmt: skip

    def paid(self, order: str = "A-1") -> list[tuple[str, int]]:
        """Intent and amount of what stands at the provider."""
        return [(r.intent, r.amount.amount) for r in self.standing(order)]


def usd(amount: int) -> dict[str, Any]:
    """Cents, as commands carry them."""
    return {"amount": amount, "currency": "USD"}
