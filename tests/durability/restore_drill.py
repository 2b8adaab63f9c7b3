"""The restore drill: a server at work is backed up, dies with its database, and is restored.

``python -m tests.durability.restore_drill --database sqlite|postgresql --orders 100000``

The orders are there first; then people work while the back-up is written and for some seconds more,
until the server is killed with commands in flight. A new database is made of the archive and
verified, and a server started on it. What was answered before the back-up began must be there, and
nothing may be paid twice, though what the payment provider was told since is not on record.
Printed: the recovery point (what was answered and is lost, and how many seconds' work that is) and
the recovery time (from the kill to the first answer of the restored server).
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import psycopg
from bench.importing import write_feed
from msgspec import Struct

from amends.adapters.clock import SystemClock
from amends.adapters.payments.simulator import PaymentSimulator
from amends.bootstrap import Settings, build_service
from amends.engine.access import ApiKey
from amends.engine.requests import caller_of
from amends.entrypoints.service import Service
from amends.store import migrate
from amends.store.backup.archive import reading
from amends.store.migrate import database_path
from amends.store.urls import is_postgres, target_of
from tests.durability.kills import Server
from tests.durability.load import PEOPLE, Answered, Load, Wrong, secret_of
from tests.given import T0
from tests.postgres_server import server

CLIENTS = 4
_BEFORE, _AFTER = 1.0, 1.0
_RESTS_WITHIN = 60.0


class Drilled(Struct, frozen=True):
    """What came of a drill. ``during`` are commands that were answered while the back-up was
    written, ``lost`` those that were answered and are not restored."""

    orders: int
    commands: int
    backup_seconds: float
    archive_megabytes: float
    during: int
    lost: int
    lost_seconds: float
    restore_seconds: float
    check_seconds: float
    recovery_seconds: float


class Drill:
    """A drill from the empty, migrated database ``source`` to ``target``, which is not there yet or
    without a table, in ``folder``."""

    def __init__(self, source: str, target: str, folder: Path) -> None:
        self._old, self._new = (Settings(url, home=folder) for url in (source, target))
        self._folder = folder
        self._archive = folder / "backup.zip"

    def run(self, orders: int) -> Drilled:
        """Raises Wrong when what has to be there is not, or is there twice."""
        self._begin(orders)
        provider = PaymentSimulator(self._old.beside("payments"), SystemClock())
        old = Server(str(self._old.database), self._folder)
        old.start()
        old.ready()
        load = Load([old.address], CLIENTS, 1, provider.book_capture)
        load.start()
        time.sleep(_BEFORE)
        before, begun = len(load.answered), time.monotonic()
        self._amends("db", "backup", str(self._archive), "--database", str(self._old.database))
        backup_seconds, during = time.monotonic() - begun, len(load.answered) - before
        time.sleep(_AFTER)
        old.kill()
        killed, killed_at = time.monotonic(), datetime.now(UTC)
        answered = list(load.answered)
        load.give_up()
        provider.close()
        self._restore()
        restored = time.monotonic()
        self._amends("db", "check", "--database", str(self._new.database))
        checked = time.monotonic()
        new = Server(str(self._new.database), self._folder)
        new.start()
        new.ready()
        recovered = time.monotonic()
        try:
            with self._service() as service:
                lost = _lost(service, answered)
                if early := lost & {a.key for a in answered[:before]}:
                    raise Wrong(f"{len(early)} commands answered before the back-up are lost")
                _comes_to_rest(service)
        finally:
            new.stop()
        with reading(self._archive, lambda _part, _step: None) as archive:
            manifest = archive.manifest
        return Drilled(
            manifest.rows("states"),
            len(answered),
            round(backup_seconds, 2),
            round(self._archive.stat().st_size / 1e6, 1),
            during,
            len(lost),
            round((killed_at - manifest.taken_at).total_seconds(), 2),
            round(restored - killed, 2),
            round(checked - restored, 2),
            round(recovered - killed, 2),
        )

    def _begin(self, orders: int) -> None:
        service = build_service(self._old)
        for who in PEOPLE:
            key = ApiKey(f"key-{who.role.value}", who, (), T0)
            service.store.access.add_key(key, secret_of(who))
        service.close()
        if orders:
            feed = self._folder / "feed.ndjson"
            write_feed(feed, orders)
            self._amends("import", str(feed), "--database", str(self._old.database))
            # Their payments are known for long: what is asked now is not to wait behind them.
            _without_jobs(str(self._old.database))

    def _restore(self) -> None:
        # The payment provider is not ours: what it has booked outlives our database.
        for path in self._folder.glob(f"{self._old.beside('payments').name}*"):
            ending = path.name.removeprefix(self._old.beside("payments").name)
            shutil.copy(path, f"{self._new.beside('payments')}{ending}")
        database = str(self._new.database)
        self._amends("db", "restore", str(self._archive), "--database", database)

    def _amends(self, *arguments: str) -> None:
        amends = str(Path(sys.executable).parent / "amends")
        environment = {**os.environ, "AMENDS_HOME": str(self._folder)}
        done = subprocess.run(
            [amends, *arguments], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Wrong(f"amends {' '.join(arguments[:2])}: {done.stdout}{done.stderr}")

    @contextmanager
    def _service(self) -> Iterator[Service]:
        service = build_service(self._new)
        try:
            yield service
        finally:
            service.close()


def _without_jobs(database: str) -> None:
    if is_postgres(database):
        with psycopg.connect(target_of(database).conninfo) as db:
            db.execute("DELETE FROM jobs")
        return
    with closing(sqlite3.connect(database_path(database))) as file, file:
        file.execute("DELETE FROM jobs")


def _lost(service: Service, answered: Sequence[Answered]) -> set[str]:
    """The keys of what was answered and is not on record."""
    keys = {(a.order, caller_of(a.who), a.key): a.key for a in answered if a.method == "POST"}
    kept = service.store.records.load((), keys, T0).answers
    placed = service.store.records.load({a.order for a in answered}, (), T0).states
    orders = {a.key for a in answered if a.method == "PUT" and a.order not in placed}
    return orders | {key for asked, key in keys.items() if asked not in kept}


def _comes_to_rest(service: Service) -> None:
    """The restored server does what was left to do. Raises Wrong when a refund is paid twice."""
    until = time.monotonic() + _RESTS_WITHIN
    while (run_at := service.store.jobs.next_run()) is not None and run_at <= datetime.now(UTC):
        if time.monotonic() > until:
            raise Wrong("jobs are left")
        time.sleep(0.1)
    intents = Counter(refund.intent for refund in service.simulator.booked().refunds)
    if twice := [intent for intent, n in intents.items() if n > 1]:
        raise Wrong(f"paid twice: {twice}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--orders", type=int, default=100_000)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if asked.database == "sqlite":
            source, target = (f"sqlite:///{folder / name}" for name in ("old.db", "new.db"))
        else:
            running = stack.enter_context(server())
            source, target = running.empty(), running.empty()
        migrate(source)
        drilled = Drill(source, target, folder).run(asked.orders)
    for name, value in msgspec.structs.asdict(drilled).items():
        print(f"{name.replace('_', ' '):20} {value:>10,}")


if __name__ == "__main__":
    main()
