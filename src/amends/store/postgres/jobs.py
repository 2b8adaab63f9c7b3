"""The outbox on PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection

from amends.engine.slots import ALL_SLOTS, SLOTS
from amends.engine.store import JobToRun
from amends.kernel.instants import Instant, to_micros
from amends.kernel.record import Job
from amends.store.batch import instant_or_none, job_values
from amends.store.gathering import gathered, job_to_run
from amends.store.postgres.appending import PUT_JOB
from amends.store.postgres.connections import Connections, Values

# Taking a job moves its instant to the end of the lease, so one column and one index serve both.
_DUE = """SELECT due.* FROM unnest(%s::bigint[]) AS held (slot)
    CROSS JOIN LATERAL (SELECT order_id, id, kind, run_at, payload, attempts FROM jobs
        WHERE slot = held.slot AND run_at <= %s ORDER BY run_at LIMIT %s) AS due
    ORDER BY due.run_at LIMIT %s"""
_NEXT_RUN = """SELECT min(head.run_at) FROM generate_series(0, %s - 1) AS held (slot)
    CROSS JOIN LATERAL (SELECT run_at FROM jobs WHERE slot = held.slot
        ORDER BY run_at LIMIT 1) AS head"""
# The number of attempts tells whether the job is still as it was seen, and with whom.
_MINE = "WHERE order_id = %s AND id = %s AND attempts = %s"
_TAKE = f"UPDATE jobs SET run_at = %s, attempts = attempts + 1 {_MINE} AND run_at = %s"  # noqa: S608
_FINISH = f"DELETE FROM jobs {_MINE}"  # noqa: S608
_AGAIN = f"UPDATE jobs SET run_at = %s {_MINE}"  # noqa: S608
# Everybody locks in the same order, so that two never wait for each other.
_BESIDE = """SELECT id, run_at, payload, attempts FROM jobs
    WHERE order_id = %s AND kind = %s ORDER BY id FOR UPDATE"""
_WAITS = "SELECT 1 FROM jobs WHERE order_id = %s AND kind = %s LIMIT 1"
_GATHER = "UPDATE jobs SET payload = %s WHERE order_id = %s AND id = %s"
_AWAY = "DELETE FROM jobs WHERE order_id = %s AND id = %s"
_HASTEN = "UPDATE jobs SET run_at = %s WHERE kind = %s AND attempts = 0 AND run_at > %s"
_TRIES = 3


class PostgresJobs:
    """See ``amends.engine.store.Jobs``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def take(
        self, now: Instant, limit: int, until: Instant, slots: Collection[int] = ALL_SLOTS
    ) -> list[JobToRun]:
        """Take due jobs for oneself: they are read without a lock, and each is then claimed.

        When others were quicker with all of them, it is looked again.
        """
        for _ in range(_TRIES):
            found = self._connections.ask(_DUE, (list(slots), to_micros(now), limit, limit))
            if not found:
                break
            if taken := self._claimed(found, until):
                return taken
        return []

    def finish(self, job: JobToRun) -> bool:
        """Remove it."""
        return self._connections.run(_FINISH, _mine(job)) > 0

    def again(self, job: JobToRun, run_at: Instant) -> bool:
        """Put it back for later."""
        return self._connections.run(_AGAIN, (to_micros(run_at), *_mine(job))) > 0

    def gather(self, job: JobToRun, alike: Collection[str]) -> JobToRun | None:
        """Under a lock on all of them."""
        if job.others is not None:
            return job
        with self._connections.writing() as db:
            rows = db.execute(_BESIDE, (job.order, job.kind)).fetchall()
            if (found := gathered(job, rows, alike)) is None:
                return None
            for id_ in found.away:
                db.execute(_AWAY, (job.order, id_))
            db.execute(_GATHER, (found.payload, job.order, job.id))
        return found.job

    def hasten(self, kind: str, now: Instant) -> bool:
        """Have them run at once."""
        at = to_micros(now)
        return self._connections.run(_HASTEN, (at, kind, at)) > 0

    def waits(self, order: str, kind: str) -> bool:
        """Among the order's own."""
        return bool(self._connections.ask(_WAITS, (order, kind)))

    def add(self, job: Job) -> None:
        """Put it in; nothing happens when it is there."""
        self._connections.run(PUT_JOB, job_values("", job))

    def next_run(self) -> Instant | None:
        """The earliest of the heads of all slots."""
        ((run_at,),) = self._connections.ask(_NEXT_RUN, (SLOTS,))
        return instant_or_none(run_at)

    def _claimed(self, found: list[Values], until: Instant) -> list[JobToRun]:
        # Everybody claims in the same order, so that two workers never wait for each other.
        found = sorted(found)
        with self._connections.writing() as db:
            claims = [
                db.execute(_TAKE, (to_micros(until), order, id_, attempts, run_at))
                for order, id_, _, run_at, _, attempts in found
            ]
        mine = [row for row, claim in zip(found, claims, strict=True) if claim.rowcount]
        return [_job(row) for row in sorted(mine, key=lambda row: row[3])]


def _job(values: Values) -> JobToRun:
    order, id_, kind, run_at, payload, attempts = values
    return job_to_run(order, id_, kind, run_at, payload, attempts)


def _mine(job: JobToRun) -> Values:
    return (job.order, job.id, job.attempts)
