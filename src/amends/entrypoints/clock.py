"""What happens without a visitor: deadlines expire, jobs run, the provider's changes come in."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import structlog

from amends.engine.jobs import run_due_jobs
from amends.engine.sweep import keep_beat, sweep
from amends.entrypoints.reconciliation import reconcile
from amends.entrypoints.service import Sandbox, Service
from amends.entrypoints.webhooks_in.payments import take_callbacks
from amends.kernel.instants import Instant, from_micros, to_micros

_log = structlog.get_logger(__name__)
_EVERY_SECONDS = 1.0
_LOOKED_AT_SECONDS = 2.0
_BEAT_EVERY = timedelta(seconds=15)
_RECONCILE_EVERY = timedelta(days=1)
_RECONCILED_AT = "reconciled_at"
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
        sandbox.payments.next_report_at(),
    )
    return min((at for at in known if at is not None and at > now), default=None)


def reconcile_if_due(service: Service) -> bool:
    """Hold our books against the providers', once a day; whether it was time for that.

    Each difference is logged for a person to look into: ``amends money reconcile`` shows them.
    """
    now, last = service.clock.now(), service.store.meta.get(_RECONCILED_AT)
    if last is not None and now - from_micros(int(last)) < _RECONCILE_EVERY:
        return False
    service.store.meta.put(_RECONCILED_AT, str(to_micros(now)))
    found = reconcile(service.engine, service.store, service.provider_for, service.clock)
    for difference in found.differences:
        _log.error(
            "books_differ", order=difference.order, kind=difference.kind, about=difference.about
        )
    _log.info("reconciled", orders=found.orders, refunds=found.refunds, heard=found.heard,
              differences=len(found.differences))  # fmt: skip
    return True


class Ticker:
    """A running server's own thread for it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock", daemon=True)
        # Apart from the clock's: deadlines do not wait for it.
        self._books = threading.Thread(target=self._reconcile, name="books", daemon=True)

    def start(self) -> None:
        """Begin. The first beat tells how long the service was away."""
        self._beat()
        self._thread.start()
        self._books.start()

    def stop(self) -> None:
        """End, and wait for the round under way."""
        self._stop.set()
        self._thread.join()
        self._books.join()

    def _beat(self) -> None:
        keep_beat(self._service.store.uptime, self._service.clock.now, _LONGEST_GAP)

    def _reconcile(self) -> None:
        while not self._stop.wait(_LOOKED_AT_SECONDS):
            try:
                reconcile_if_due(self._service)
            except Exception as error:  # a provider that is down today is asked tomorrow
                _log.error("reconciliation_failed", error=type(error).__name__, exc_info=error)

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
