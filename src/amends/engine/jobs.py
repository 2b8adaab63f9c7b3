"""Doing in the outside world what the record asks for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

from msgspec import Struct

from amends.engine.slots import every_slot, slot_of
from amends.engine.store import Jobs, JobToRun
from amends.kernel.instants import Instant

_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(hours=1)


class Done(Struct, frozen=True):
    """The job is over."""


class Again(Struct, frozen=True):
    """The job is to run again at ``at``."""

    at: Instant


Handler = Callable[[JobToRun], Done | Again]


class Ran(Struct, frozen=True):
    """How many jobs are done, how many run again because they said so, and which raised what."""

    done: int = 0
    again: int = 0
    failed: tuple[tuple[JobToRun, Exception], ...] = ()

    @property
    def any(self) -> bool:
        """Whether there was anything to run."""
        return bool(self.done or self.again or self.failed)


def run_due_jobs(
    jobs: Jobs,
    handlers: Mapping[str, Handler],
    clock: Callable[[], Instant],
    slots: Callable[[], Collection[int]] = every_slot,
    *,
    limit: int = 20,
    lease: timedelta = timedelta(minutes=1),
) -> Ran:
    """Run up to ``limit`` due jobs, one after the other; call again while ``any`` is true.

    Only those of the slots we hold are run; what passes to another meanwhile is left to them. A
    handler that raises, or is missing, has its job run again after 10 seconds, doubling up to an
    hour: no job is ever dropped. A job may run twice, when a worker dies or outlasts its lease;
    handlers make that harmless by the job's id. Handlers may send commands through the engine.
    """
    until = clock() + lease
    done = again = 0
    failed: list[tuple[JobToRun, Exception]] = []
    for job in jobs.take(clock(), limit, until, slots()):
        if clock() >= until:
            break  # the rest may be with somebody else by now
        if slot_of(job.order) not in slots():
            jobs.again(job, job.run_at)
            continue
        try:
            outcome = handlers[job.kind](job)
        except Exception as error:
            failed.append((job, error))
            jobs.again(job, clock() + wait_after(job.attempts))
            continue
        if isinstance(outcome, Done):
            done += 1
            jobs.finish(job)
        else:
            again += 1
            jobs.again(job, outcome.at)
    return Ran(done, again, tuple(failed))


def wait_after(attempts: int) -> timedelta:
    """How long to wait after the ``attempts``-th failure."""
    # The cap holds long before the bound, which keeps a job of a thousand attempts reckonable.
    return min(_LONGEST_WAIT, _FIRST_WAIT * (1 << min(attempts - 1, 12)))
