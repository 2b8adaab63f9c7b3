"""Power cuts under the embedded database while the real engine commits real commands to it.

``python -m tests.durability.power_cuts`` with ``--cuts``, ``--seed`` and ``--synchronous``.

A session opens what an earlier cut left, gives some commands, and notes every call to the disk.
Then the power is cut behind calls at random, and each time the store is opened on what is left:
everything that was acknowledged before is there, word for word, and nothing that never was.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from msgspec import Struct

from amends.adapters.calendars import calendar_for
from amends.dispute.judge import CaseCommand
from amends.dispute.state import Case
from amends.engine.check import check
from amends.engine.engine import Engine
from amends.engine.requests import caller_of
from amends.engine.store import AnswerKey, SchemaNotCurrent, Store
from amends.engine.streams import recorded
from amends.entrypoints.domain import OrderDomain
from amends.entrypoints.service import CaseEngine, CaseRequest
from amends.kernel.instants import Instant
from amends.kernel.people import Actor
from amends.kernel.record import Job
from amends.store import migrate, open_store
from amends.store.sqlite import SqliteStore
from tests.durability.apsw_driver import Settings, on_vfs
from tests.durability.databases import in_memory
from tests.durability.power import Call, Disk, Image, NotingVFS
from tests.durability.situations import SITUATIONS
from tests.given import T0, packs

_NAME = "amends.db"
_BATCHES = 6
_MOST_ORDERS = 40
# Each so many cuts everything derived is replayed and compared, which takes longest.
_REPLAYED_EVERY = 20
_CUTS_A_SESSION = 20
# Few, so that short sessions copy their log into the database too.
_COPIED_AFTER_PAGES = 24
_LATER = datetime(2100, 1, 1, tzinfo=UTC)

# The hashes of an order's events: they hold all that went before, and the texts.
Record = dict[str, list[bytes]]


class Acknowledged(Struct, frozen=True):
    """An answer that somebody got: up to which event of the order it speaks, and its key."""

    order: str
    version: int
    key: AnswerKey


class Lost(AssertionError):
    """Something that was acknowledged is gone, or something is there that never was."""


class Session(Struct, frozen=True):
    """What was asked of the disk from ``image`` on, and all that had been recorded in the end."""

    image: Image
    calls: tuple[Call, ...]
    record: Record


class PowerCuts:
    """Cut after cut on databases in ``folder``; ``synchronous`` is what the writer is set to."""

    def __init__(self, folder: Path, seed: int, synchronous: str = "FULL") -> None:
        self._folder = folder
        self._rng = random.Random(seed)
        self._settings: Settings = {
            "synchronous": synchronous,
            "wal_autocheckpoint": _COPIED_AFTER_PAGES,
        }
        self._vfs = NotingVFS(f"power-{id(self)}")
        self._ids = count(1)
        self._domain = OrderDomain(packs())
        self._empty = _empty(folder)
        self.counts: Counter[str] = Counter()

    def cut(self, wanted: int) -> Iterator[int]:
        """Cut the power ``wanted`` times; yields how often it was. Raises Lost."""
        rng = self._rng
        image, record, at = self._empty, Record(), T0
        while True:
            session = self._session(image, record, at)
            self.counts["sessions"] += 1
            cuts = min(_CUTS_A_SESSION, wanted - self.counts["cuts"])
            go_on = rng.randrange(cuts)
            for number, (left, told) in enumerate(self._left(session, cuts)):
                found = self._recovered(session, record, left, told)
                if number == go_on:
                    next_image, next_record = left, found
                self.counts["cuts"] += 1
                yield self.counts["cuts"]
            if self.counts["cuts"] >= wanted:
                return
            # The next session begins with what the cut left, not with what was made of it.
            image, record = next_image, next_record
            at += rng.choice((timedelta(hours=1), timedelta(days=6)))
            if len(record) > _MOST_ORDERS:
                image, record, at = self._empty, Record(), T0

    def _session(self, image: Image, record: Record, at: Instant) -> Session:
        path = _laid_out(self._folder / "session", image)
        calls = self._vfs.calls = []
        with on_vfs(self._vfs.name, self._settings), closing(SqliteStore(path)) as store:
            engine: CaseEngine = Engine(
                self._domain, store, lambda: at, lambda: f"c{next(self._ids)}",
                lambda state: calendar_for(state.order.buyer_country if state else None, at),
            )  # fmt: skip
            orders = list(record)
            for _ in range(self._rng.randint(1, _BATCHES)):
                calls += [Call("told", told=told) for told in self._asked(engine, orders, at)]
            known = _record(store)
            copied = Call("sync", _NAME) in calls
        self.counts["sessions in which the log was copied"] += copied
        return Session(image, tuple(calls), known)

    def _asked(self, engine: CaseEngine, orders: list[str], at: Instant) -> list[Acknowledged]:
        """Some commands in one transaction, on new orders and on those there are."""
        rng = self._rng
        asked: list[tuple[str, Actor, CaseCommand]] = []
        for _ in range(rng.randint(1, 3)):
            situation = rng.choice(SITUATIONS)
            if not orders or rng.random() < 0.2:
                orders.append(f"P{next(self._ids)}")
                lead = situation.lead(orders[-1], at)
                asked += [(orders[-1], *move) for move in lead]
            else:
                order = rng.choice(orders)
                asked.append((order, *rng.choice(situation.moves(order, rng))))
        told = []
        requests = [
            CaseRequest(order, command, by, f"k{next(self._ids)}", "d")
            for order, by, command in asked
        ]
        for request, answer in zip(requests, engine.handle(requests), strict=True):
            assert not isinstance(answer, Exception), answer
            key = (request.order, caller_of(request.by), request.key or "")
            told.append(Acknowledged(request.order, answer.version, key))
        self.counts["commands"] += len(told)
        return told

    def _left(self, session: Session, cuts: int) -> Iterator[tuple[Image, list[Acknowledged]]]:
        """What the disk holds after cuts at random places, and what had been told by then."""
        rng = self._rng
        disk, told, done = Disk(session.image), list[Acknowledged](), 0
        for place in sorted(rng.randrange(len(session.calls) + 1) for _ in range(cuts)):
            for call in session.calls[done:place]:
                disk.take(call)
                told += [call.told] if call.what == "told" else []
            done = place
            yield disk.cut(rng), told

    def _recovered(
        self, session: Session, before: Record, left: Image, told: Sequence[Acknowledged]
    ) -> Record:
        """What is on record after the cut. Raises Lost when that cannot be right."""
        path = _laid_out(self._folder / "left", left)
        try:
            store = open_store(path)
        except SchemaNotCurrent as error:
            raise Lost("the database is gone") from error
        with closing(store):
            found = _record(store)
            keys = [ack.key for ack in told]
            answers = store.records.load((), keys, T0).answers
            least = {order: len(hashes) for order, hashes in before.items()}
            for ack in told:
                least[ack.order] = max(least.get(ack.order, 0), ack.version)
            for order, version in least.items():
                if len(found.get(order, ())) < version:
                    raise Lost(f"{order}: event {version} was acknowledged and is not there")
            for key in keys:
                if key not in answers:
                    raise Lost(f"{key[0]}: the answer under {key[2]} is not there")
            for order, hashes in found.items():
                if hashes != session.record.get(order, [])[: len(hashes)]:
                    raise Lost(f"{order}: something else is there than was recorded")
            with closing(sqlite3.connect(path)) as db:
                ((whole,),) = db.execute("PRAGMA integrity_check(1)").fetchall()
                if whole != "ok":
                    raise Lost(f"the database is damaged: {whole}")
            if self.counts["cuts"] % _REPLAYED_EVERY == 0:
                self._replayed(store)
            self.counts["acknowledged before a cut"] += len(told)
            self.counts["events recovered"] += sum(map(len, found.values()))
        return found

    def _replayed(self, store: Store) -> None:
        """State, rows and outbox are those of the events. Nobody has worked off the outbox."""
        for difference in check(store, self._domain):
            raise Lost(f"{difference.order}: {difference.what}")
        wanted = Counter(
            (order, job.id) for order in store.upkeep.orders() for job in self._jobs(store, order)
        )
        there = Counter((job.order, job.id) for job in store.jobs.take(_LATER, 10_000, _LATER))
        if wanted != there:
            raise Lost(f"jobs: {wanted - there} are missing, {there - wanted} too many")
        self.counts["replayed"] += 1

    def _jobs(self, store: Store, order: str) -> Iterator[Job]:
        state: Case | None = None
        for stored in store.records.events(order):
            event = recorded(self._domain, order, stored)
            after = self._domain.evolve(state, event.event)
            yield from self._domain.project(state, event, after).jobs
            state = after


def _record(store: Store) -> Record:
    return {
        order: [event.hash for event in store.records.events(order)]
        for order in store.upkeep.orders()
    }


def _empty(folder: Path) -> Image:
    path = folder / _NAME
    migrate(path)
    return {_NAME: path.read_bytes()}


def _laid_out(folder: Path, image: Image) -> Path:
    """The database's path in ``folder``, which holds the files of ``image`` and no others."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, data in image.items():
        (folder / name).write_bytes(data)
    return folder / _NAME


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--synchronous", choices=("FULL", "NORMAL"), default="FULL")
    asked = parser.parse_args()
    with in_memory() as folder:
        cuts = PowerCuts(folder, asked.seed, asked.synchronous)
        try:
            for done in cuts.cut(asked.cuts):
                if done % 1000 == 0:
                    print(f"{done} of {asked.cuts}", file=sys.stderr)
        except Lost as lost:
            sys.exit(f"lost at cut {cuts.counts['cuts'] + 1}: {lost}")
        print(dict(cuts.counts), "nothing lost")


if __name__ == "__main__":
    main()
