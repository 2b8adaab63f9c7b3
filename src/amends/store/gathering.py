"""How one job is made of several, and how jobs are read, on either database."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

from msgspec import Struct
from msgspec.structs import replace

from amends.engine.store import JobToRun
from amends.kernel.instants import from_micros
from amends.store.batch import Values

# Lies in the payload, so that the outbox needs no column that most jobs leave empty.
_OTHERS = "others"


class Gathered(Struct, frozen=True):
    """The job as it now is, what is to be written for it, and the ids of those that are in it."""

    job: JobToRun
    payload: str
    away: tuple[str, ...]


def job_to_run(
    order: str, id_: str, kind: str, run_at: int, payload: str, attempts: int
) -> JobToRun:
    """A job from its columns, as it is for whoever takes it now."""
    found = json.loads(payload)
    others = found.pop(_OTHERS, None)
    return JobToRun(order, id_, kind, from_micros(run_at), found, attempts + 1, others)


def gathered(job: JobToRun, rows: Iterable[Values], alike: Collection[str]) -> Gathered | None:
    """What ``Jobs.gather`` makes of a job. ``rows`` are those of its order and kind as they lie
    there now: id, run_at, payload, attempts. None: the job is not ours any more."""
    held = {id_: (run_at, json.loads(payload), n) for id_, run_at, payload, n in rows}
    if job.id not in held or held[job.id][2] != job.attempts:
        return None
    lease, mine, _attempts = held.pop(job.id)
    # Ours are those nobody has taken yet, and those we took together with this one.
    others = {
        id_: payload
        for id_, (run_at, payload, attempts) in sorted(held.items())
        if _OTHERS not in payload
        and (attempts == 0 or run_at == lease)
        and all(payload[name] == mine[name] for name in alike)
    }
    whole = json.dumps({**mine, _OTHERS: others})
    return Gathered(replace(job, others=others), whole, tuple(others))
