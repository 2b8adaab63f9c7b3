"""The outbox on SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from amends.engine.slots import ALL_SLOTS
from amends.engine.store import JobToRun
from amends.kernel.instants import Instant, to_micros
from amends.kernel.record import Job
from amends.store.batch import Values, instant_or_none, job_values
from amends.store.gathering import gathered, job_to_run
from amends.store.sqlite.connections import Connections

PUT_JOB = "INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
# Taking a job moves its instant to the end of the lease, so one column and one index serve both.
_DUE = """SELECT run_at, order_id, id, kind, payload, attempts FROM jobs
    WHERE slot = ? AND run_at <= ? ORDER BY run_at LIMIT ?"""
_NEXT_RUN = "SELECT MIN(run_at) FROM jobs WHERE slot = ?"
_TAKE = "UPDATE jobs SET run_at = ?, attempts = attempts + 1 WHERE order_id = ? AND id = ?"
# The number of attempts tells whether the job is still with whoever took it.
_MINE = "WHERE order_id = ? AND id = ? AND attempts = ?"
_BESIDE = "SELECT id, run_at, payload, attempts FROM jobs WHERE order_id = ? AND kind = ?"
_WAITS = "SELECT 1 FROM jobs WHERE order_id = ? AND kind = ? LIMIT 1"
_GATHER = "UPDATE jobs SET payload = ? WHERE order_id = ? AND id = ?"
_AWAY = "DELETE FROM jobs WHERE order_id = ? AND id = ?"
_LATER = "WHERE kind = ? AND attempts = 0 AND run_at > ?"
_ANY_LATER = f"SELECT 1 FROM jobs {_LATER} LIMIT 1"  # noqa: S608
_HASTEN = f"UPDATE jobs SET run_at = ? {_LATER}"  # noqa: S608


class SqliteJobs:
    """See ``amends.engine.store.Jobs``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def take(
        self, now: Instant, limit: int, until: Instant, slots: Collection[int] = ALL_SLOTS
    ) -> list[JobToRun]:
        """Take due jobs for oneself."""
        with self._connections.reading() as db:
            # Looking first keeps an idle worker from writing to the disk each time it asks.
            if not _due(db, now, 1, slots):
                return []
        with self._connections.writing() as db:
            jobs = [_job(values) for values in _due(db, now, limit, slots)]
            db.executemany(_TAKE, [(to_micros(until), job.order, job.id) for job in jobs])
        return jobs

    def finish(self, job: JobToRun) -> bool:
        """Remove it."""
        with self._connections.writing() as db:
            return _changed(db, f"DELETE FROM jobs {_MINE}", _mine(job))  # noqa: S608

    def again(self, job: JobToRun, run_at: Instant) -> bool:
        """Put it back for later."""
        values = (to_micros(run_at), *_mine(job))
        with self._connections.writing() as db:
            return _changed(db, f"UPDATE jobs SET run_at = ? {_MINE}", values)  # noqa: S608

    def gather(self, job: JobToRun, alike: Collection[str]) -> JobToRun | None:
        """Nobody else writes meanwhile."""
        if job.others is not None:
            return job
        with self._connections.writing() as db:
            rows = db.execute(_BESIDE, (job.order, job.kind)).fetchall()
            if (found := gathered(job, rows, alike)) is None:
                return None
            db.executemany(_AWAY, [(job.order, id_) for id_ in found.away])
            db.execute(_GATHER, (found.payload, job.order, job.id))
        return found.job

    def hasten(self, kind: str, now: Instant) -> bool:
        """Have them run at once."""
        later = (kind, to_micros(now))
        with self._connections.reading() as db:
            # As with jobs to take: whoever finds none has not written to the disk.
            if db.execute(_ANY_LATER, later).fetchone() is None:
                return False
        with self._connections.writing() as db:
            return _changed(db, _HASTEN, (to_micros(now), *later))

    def waits(self, order: str, kind: str) -> bool:
        """Among the order's own."""
        with self._connections.reading() as db:
            return db.execute(_WAITS, (order, kind)).fetchone() is not None

    def add(self, job: Job) -> None:
        """Put it in; nothing happens when it is there."""
        with self._connections.writing() as db:
            db.execute(PUT_JOB, job_values("", job))

    def next_run(self) -> Instant | None:
        """The earliest of the heads of all slots."""
        with self._connections.reading() as db:
            heads = [db.execute(_NEXT_RUN, (slot,)).fetchone()[0] for slot in ALL_SLOTS]
        return instant_or_none(min((at for at in heads if at is not None), default=None))


def _due(db: sqlite3.Connection, now: Instant, limit: int, slots: Collection[int]) -> list[Values]:
    found: list[Values] = []
    for slot in slots:
        found += db.execute(_DUE, (slot, to_micros(now), limit)).fetchall()
    return sorted(found)[:limit]


def _job(values: Values) -> JobToRun:
    run_at, order, id_, kind, payload, attempts = values
    return job_to_run(order, id_, kind, run_at, payload, attempts)


def _mine(job: JobToRun) -> tuple[str, str, int]:
    return (job.order, job.id, job.attempts)


def _changed(db: sqlite3.Connection, statement: str, values: tuple[str | int, ...]) -> bool:
    return db.execute(statement, values).rowcount > 0
