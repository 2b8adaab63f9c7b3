"""The outbox on SQLite."""

from __future__ import annotations

import json
import sqlite3

from amends.engine.store import JobToRun
from amends.kernel.instants import Instant, from_micros, to_micros
from amends.store.sqlite.connections import Connections

# Taking a job moves its instant to the end of the lease, so one column and one index serve both.
_DUE = "SELECT order_id, id, kind, run_at, payload, attempts FROM jobs WHERE run_at <= ?"
_TAKE = "UPDATE jobs SET run_at = ?, attempts = attempts + 1 WHERE order_id = ? AND id = ?"
# The number of attempts tells whether the job is still with whoever took it.
_MINE = "WHERE order_id = ? AND id = ? AND attempts = ?"


class SqliteJobs:
    """See ``amends.engine.store.Jobs``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def take(self, now: Instant, limit: int, until: Instant) -> list[JobToRun]:
        """Take due jobs for oneself."""
        due = (to_micros(now), limit)
        query = f"{_DUE} ORDER BY run_at LIMIT ?"
        with self._connections.reading() as db:
            # Looking first keeps an idle worker from writing to the disk each time it asks.
            if db.execute(query, due).fetchone() is None:
                return []
        with self._connections.writing() as db:
            jobs = [_job(values) for values in db.execute(query, due).fetchall()]
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

    def next_run(self) -> Instant | None:
        """The head of the index."""
        with self._connections.reading() as db:
            (run_at,) = db.execute("SELECT MIN(run_at) FROM jobs").fetchone()
        return None if run_at is None else from_micros(run_at)


def _job(values: tuple[str, str, str, int, str, int]) -> JobToRun:
    order, id_, kind, run_at, payload, attempts = values
    return JobToRun(order, id_, kind, from_micros(run_at), json.loads(payload), attempts + 1)


def _mine(job: JobToRun) -> tuple[str, str, int]:
    return (job.order, job.id, job.attempts)


def _changed(db: sqlite3.Connection, statement: str, values: tuple[str | int, ...]) -> bool:
    return db.execute(statement, values).rowcount > 0
