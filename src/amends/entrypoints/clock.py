"""What happens without a visitor: deadlines expire, jobs run, the provider's changes come in."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import structlog

from amends.engine.jobs import run_due_jobs
from amends.engine.sweep import keep_beat, sweep
from amends.entrypoints.service import Sandbox, Service
from amends.entrypoints.webhooks_in.payments import take_callbacks
from amends.kernel.instants import Instant

_log = structlog.get_logger(__name__)
_EVERY_SECONDS = 1.0
_BEAT_EVERY = timedelta(seconds=15)
_TIDY_EVERY = timedelta(hours=1)
# Shorter gaps are a restart; what a gap means for a turn is the policy pack's to say.
_LONGEST_GAP = timedelta(minutes=2)
# Rounds of jobs at one instant; a job that always asks for another is a fault.
_MOST_ROUNDS = 10_000

# Later than any deadline.
_END = datetime(9000, 1, 1, tzinfo=UTC)

_quiet = threading.RLock()


class NeverQuiet(RuntimeError):
    """Jobs at one instant bring about further ones without an end."""


def drain(service: Service) -> None:
    """Do all that is due now, until there is nothing left: deadlines, jobs, provider's changes.

    What fails is logged and waits for its next turn.
    """
    with _quiet:
        for _ in range(_MOST_ROUNDS):
            swept = sweep(service.engine)
            for order, error in swept.failed:
                _log.error("deadline_failed", order=order, error=type(error).__name__)
            ran = run_due_jobs(service.store.jobs, service.handlers, service.clock.now)
            for job, error in ran.failed:
                _log.error(
                    "job_failed", job=job.id, kind=job.kind, error=type(error).__name__,
                    exc_info=error,
                )  # fmt: skip
            taken = take_callbacks(service)
            if not (swept.events or ran.any or taken):
                return
        raise NeverQuiet("jobs at one instant never come to an end")


def move_to(service: Service, sandbox: Sandbox, target: Instant) -> None:
    """Move the sandbox's clock to ``target``, stopping at every instant at which anything is due:
    deadlines, jobs and the provider's changes, in order of time."""
    with _quiet:
        drain(service)
        while (at := _next(service, sandbox)) is not None and at <= target:
            sandbox.clock.move_to(at)
            drain(service)
        sandbox.clock.move_to(target)
        drain(service)


def _next(service: Service, sandbox: Sandbox) -> Instant | None:
    """The next instant after now at which anything is due.

    What was due before and failed does not count: it would hold the clock for ever.
    """
    now = sandbox.clock.now()
    after = service.store.records.due(_END, 1, (now, "\uffff"))
    known = (
        after[0][0] if after else None,
        service.store.jobs.next_run(),
        sandbox.payments.next_change_at(),
    )
    return min((at for at in known if at is not None and at > now), default=None)


class Ticker:
    """A running server's own thread for it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock", daemon=True)

    def start(self) -> None:
        """Begin. The first beat tells how long the service was away."""
        self._beat()
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the round under way."""
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        keep_beat(self._service.store.uptime, self._service.clock.now, _LONGEST_GAP)

    def _run(self) -> None:
        beaten = tidied = self._service.clock.now()
        while not self._stop.wait(_EVERY_SECONDS):
            try:
                drain(self._service)
                now = self._service.clock.now()
                if now - beaten >= _BEAT_EVERY:
                    self._beat()
                    beaten = now
                if now - tidied >= _TIDY_EVERY:
                    self._service.store.access.forget_expired(now)
                    tidied = now
            except Exception as error:  # the next round must come, whatever this one met
                _log.error("clock_failed", error=type(error).__name__, exc_info=error)
