"""What happens without a visitor: deadlines expire, jobs run, the provider's changes come in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial

import structlog

from amends.engine.jobs import run_due_jobs
from amends.engine.leases import RENEW_EVERY, Worker
from amends.engine.slots import every_slot
from amends.engine.sweep import keep_beat, sweep
from amends.entrypoints.judging.dealing import Dealer
from amends.entrypoints.reconciliation import reconcile
from amends.entrypoints.service import Sandbox, Service
from amends.entrypoints.webhooks_in.intake import take_callbacks
from amends.kernel.instants import Instant, from_micros, to_micros

_log = structlog.get_logger(__name__)
_EVERY_SECONDS = 1.0
# One decides while the other waits for the database; each has slots of its own.
SWEEPERS = range(2)
# How long jobs give way to commands, and how often they look whether there are any.
_GIVES_WAY_SECONDS = 1.0
_LOOKS_AGAIN_SECONDS = 0.02
_LOOKED_AT_SECONDS = 2.0
_BEAT_EVERY = timedelta(seconds=15)
# When the books were last held against the providers', in the database's values as a whole.
RECONCILED_AT = "reconciled_at"
# What one process does for all of them.
_UPKEEP, _CALLBACKS, _DEALING, _WEBHOOKS = "upkeep", "callbacks", "dealing", "webhooks"
_DUTIES = (_UPKEEP, _CALLBACKS, _DEALING, _WEBHOOKS)
_RECONCILE_EVERY = timedelta(days=1)
_TIDIED_AT = "tidied_at"
_TIDY_EVERY = timedelta(hours=1)
# What was cut off on a Friday is sent again on a Monday. Later it is as any other feed: what is
# known already changes nothing.
_IMPORT_ANSWERS_KEPT = timedelta(days=7)
# Each may name a thousand bad lines: others are to get to write between.
_FORGOTTEN_AT_ONCE = 100
# Shorter gaps are a restart; what a gap means for a turn is the policy pack's to say.
_LONGEST_GAP = timedelta(minutes=2)
# Rounds of jobs at one instant; a job that always asks for another is a fault.
_MOST_ROUNDS = 10_000

_quiet = threading.RLock()


Held = Callable[[], Collection[int]]


class NeverQuiet(RuntimeError):
    """Jobs at one instant bring about further ones without an end."""


def drain(service: Service) -> None:
    """Do all that is due now, until there is nothing left: deadlines, jobs, provider's changes,
    cases to be dealt out, and webhooks.

    What fails is logged and waits for its next turn. A sandbox's clock stands still between steps,
    so once all else is done its mail waits for nothing more.
    """
    with _quiet:
        for _ in range(_MOST_ROUNDS):
            events = let_expire(service)
            ran = work_off(service)
            if take_callbacks(service) or ran or events or Dealer(service).deal():
                continue
            if service.courier.send_due():
                continue
            if service.sandbox is None or not service.store.jobs.hasten(
                "mail", service.clock.now()
            ):
                return
        raise NeverQuiet("jobs at one instant never come to an end")


def let_expire(service: Service, slots: Held = every_slot) -> int:
    """Let expire what is due in these slots; how many events that made."""
    swept = sweep(service.engine, slots)
    for order, error in swept.failed:
        _log.error("deadline_failed", order=order, error=type(error).__name__)
    return swept.events


def work_off(service: Service, slots: Held = every_slot) -> bool:
    """Run some of the jobs that wait in these slots; whether there were any."""
    ran = run_due_jobs(service.store.jobs, service.handlers, service.clock.now, slots)
    for job, error in ran.failed:
        _log.error(
            "job_failed", job=job.id, kind=job.kind, error=type(error).__name__, exc_info=error
        )
    return ran.any


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
    known = (
        service.store.records.next_due(after=now),
        service.store.jobs.next_run(),
        sandbox.payments.next_report_at(),
        service.store.callbacks.next_run(),
        service.store.webhooks.next_run(),
    )
    return min((at for at in known if at is not None and at > now), default=None)


def reconcile_if_due(service: Service) -> bool:
    """Hold our books against the providers', once a day; whether it was time for that.

    Each difference is logged for a person to look into: ``amends money reconcile`` shows them.
    """
    if not _is_time(service, RECONCILED_AT, _RECONCILE_EVERY):
        return False
    found = reconcile(service.engine, service.store, service.provider_for, service.clock)
    for difference in found.differences:
        _log.error(
            "books_differ", order=difference.order, kind=difference.kind, about=difference.about
        )
    _log.info("reconciled", orders=found.orders, refunds=found.refunds, heard=found.heard,
              differences=len(found.differences))  # fmt: skip
    return True


def tidy_if_due(service: Service) -> bool:
    """Forget sessions, links and leases that are over and what old feeds were answered, once an
    hour; whether it was time."""
    if not _is_time(service, _TIDIED_AT, _TIDY_EVERY):
        return False
    now = service.clock.now()
    service.store.access.forget_expired(now)
    service.store.leases.forget_lapsed(now - _TIDY_EVERY)
    answers, old = service.store.import_answers, now - _IMPORT_ANSWERS_KEPT
    while answers.forget(old, _FORGOTTEN_AT_ONCE) == _FORGOTTEN_AT_ONCE:
        pass
    return True


def _is_time(service: Service, name: str, every: timedelta) -> bool:
    """Whether what is done ``every`` so often is to be done now; it then counts as done, so that
    what fails is not tried again at once."""
    now, last = service.clock.now(), service.store.meta.get(name)
    if last is not None and now - from_micros(int(last)) < every:
        return False
    service.store.meta.put(name, str(to_micros(now)))
    return True


class Ticker:
    """A running server's own threads for it, beside those of other processes on the same database.

    ``name`` is the process's among them. Deadlines wait for nobody: jobs, which wait for the world,
    have a thread of their own, and so has what one process does for all.
    """

    def __init__(self, service: Service, name: str) -> None:
        self._service = service
        self._worker = Worker(service.store.leases, name, service.clock.now, _DUTIES)
        self._dealer = Dealer(service)
        self._stop = threading.Event()
        self._beaten = service.clock.now()
        self._threads = [
            threading.Thread(target=self._every, args=arguments, name=arguments[0], daemon=True)
            for arguments in (
                ("leases", RENEW_EVERY.total_seconds(), self._renew),
                *(("deadlines", _EVERY_SECONDS, partial(self._deadlines, n)) for n in SWEEPERS),
                ("jobs", _EVERY_SECONDS, self._jobs),
                ("upkeep", _LOOKED_AT_SECONDS, self._upkeep),
                ("dealing", _LOOKED_AT_SECONDS, self._deal),
                ("webhooks", _EVERY_SECONDS, self._webhooks),
            )
        ]

    def start(self) -> None:
        """Begin. The first beat tells how long there was nobody."""
        self._beat()
        self._worker.renew()
        for thread in self._threads:
            thread.start()

    @property
    def runs(self) -> bool:
        """Whether all of its threads are there."""
        return all(thread.is_alive() for thread in self._threads)

    def stop(self, within: float) -> None:
        """End when the batch and the job under way are done, and leave the rest to others.

        What has not come to an end after so many seconds is left where it is: jobs and deadlines
        are safe to be taken up again by whoever comes next.
        """
        self._stop.set()
        until = time.monotonic() + within
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        try:
            self._worker.leave()
        except Exception as error:  # the database is gone: what we hold lapses by itself
            _log.error("leases_not_given_up", error=type(error).__name__)

    def _every(self, what: str, seconds: float, work: Callable[[], object]) -> None:
        while not self._stop.wait(seconds):
            try:
                work()
            except Exception as error:  # the next round must come, whatever this one met
                _log.error("clock_failed", what=what, error=type(error).__name__, exc_info=error)

    def _slots(self) -> Collection[int]:
        return () if self._stop.is_set() else self._worker.slots()

    def _has(self, duty: str) -> bool:
        return not self._stop.is_set() and self._worker.has(duty)

    def _renew(self) -> None:
        self._worker.renew()
        if self._service.clock.now() - self._beaten >= _BEAT_EVERY:
            self._beat()

    def _beat(self) -> None:
        keep_beat(self._service.store.uptime, self._service.clock.now, _LONGEST_GAP)
        self._beaten = self._service.clock.now()

    def _deadlines(self, which: int) -> None:
        let_expire(self._service, lambda: [s for s in self._slots() if s % len(SWEEPERS) == which])

    def _jobs(self) -> None:
        while work_off(self._service, self._slots) or self._callbacks():
            self._give_way()

    def _give_way(self) -> None:
        """Commands go first: while any wait or are answered, jobs wait too, a little each time."""
        until = time.monotonic() + _GIVES_WAY_SECONDS
        while self._service.groups.busy and time.monotonic() < until:
            if self._stop.wait(_LOOKS_AGAIN_SECONDS):
                return

    def _callbacks(self) -> bool:
        return self._has(_CALLBACKS) and take_callbacks(self._service) > 0

    def _deal(self) -> None:
        if self._has(_DEALING):
            self._dealer.deal()

    def _webhooks(self) -> None:
        if self._has(_WEBHOOKS):
            self._service.courier.begin(lambda: self._has(_WEBHOOKS))

    def _upkeep(self) -> None:
        if self._has(_UPKEEP):
            tidy_if_due(self._service)
            # A provider that is down today is asked tomorrow.
            reconcile_if_due(self._service)
