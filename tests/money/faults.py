"""Where the refund path can break: each call to the provider, and each commit, fails before, after
or instead; and a process that dies there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Literal

from amends.adapters.payments.simulator import PaymentSimulator
from amends.engine.callbacks import Callbacks
from amends.engine.outside import (
    Capture,
    ProviderChargeback,
    ProviderRefund,
    ProviderUnclear,
    RefundReply,
)
from amends.engine.slots import ALL_SLOTS
from amends.engine.store import Jobs, JobToRun, Records, Store, Unavailable, Write
from amends.kernel.instants import Instant
from amends.kernel.money import Money

Moment = Literal["before", "instead", "after"]


class Crash(BaseException):
    """The process is gone. Not an Exception, so that nothing lives through it."""


class Faults:
    """Asked at every call to the provider and at every commit whether a fault strikes there.

    ``strikes`` answers None, or the moment and whether the process dies or only the call fails.
    """

    def __init__(
        self, strikes: Callable[[str], tuple[Moment, bool] | None] = lambda _: None
    ) -> None:
        self.strikes = strikes
        self._first: Callable[[], Any] | None = None

    def just_before_the_next_commit(self, acts: Callable[[], Any]) -> None:
        """Somebody else is faster: ``acts`` once, after we have read and before we write."""
        self._first = acts

    def before_commit(self) -> None:
        """A commit begins."""
        acts, self._first = self._first, None
        if acts:
            acts()

    def around(self, place: str, error: Exception, call: Callable[[], Any]) -> Any:
        """``call``, with what strikes it. ``error`` is what a call that fails raises."""
        found = self.strikes(place)
        if found is None:
            return call()
        moment, dies = found
        if moment == "after":
            call()
        raise Crash if dies or moment == "before" else error


class FaultyRecords:
    """A record whose commits may fail, or succeed without anybody hearing of it."""

    def __init__(self, records: Records, faults: Faults) -> None:
        self._records, self._faults = records, faults

    def __getattr__(self, name: str) -> Any:
        return getattr(self._records, name)

    def write(self, writes: Sequence[Write]) -> frozenset[str]:
        def write() -> frozenset[str]:
            self._faults.before_commit()
            return self._records.write(writes)

        found: frozenset[str] = self._faults.around("commit", Unavailable("gone"), write)
        return found


class FaultyJobs:
    """An outbox of which the same holds, but for mail: it moves no money."""

    def __init__(self, jobs: Jobs, faults: Faults) -> None:
        self._jobs, self._faults = jobs, faults

    def __getattr__(self, name: str) -> Any:
        return getattr(self._jobs, name)

    def take(
        self, now: Instant, limit: int, until: Instant, slots: Collection[int] = ALL_SLOTS
    ) -> list[JobToRun]:
        def take() -> list[JobToRun]:
            return self._jobs.take(now, limit, until, slots)

        found: list[JobToRun] = self._faults.around("outbox", Unavailable("gone"), take)
        return found

    def finish(self, job: JobToRun) -> bool:
        if job.kind == "mail":
            return self._jobs.finish(job)
        return bool(
            self._faults.around("outbox", Unavailable("gone"), lambda: self._jobs.finish(job))
        )

    def again(self, job: JobToRun, run_at: Instant) -> bool:
        return bool(
            self._faults.around(
                "outbox", Unavailable("gone"), lambda: self._jobs.again(job, run_at)
            )
        )


class FaultyCallbacks:
    """Kept callbacks of which the same holds."""

    def __init__(self, callbacks: Callbacks, faults: Faults) -> None:
        self._callbacks, self._faults = callbacks, faults

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._callbacks, name)
        if name not in ("keep", "take", "finish", "again"):
            return call
        return lambda *args: self._faults.around(
            "callbacks", Unavailable("gone"), lambda: call(*args)
        )


class FaultyStore:
    """A store with all three."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store = store
        self.records = FaultyRecords(store.records, faults)
        self.jobs = FaultyJobs(store.jobs, faults)
        self.callbacks = FaultyCallbacks(store.callbacks, faults)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class FaultyProvider:
    """The provider over a bad line. ``on_refund`` is told of each refund it is asked for, and
    ``on_reply`` of what it answers, whether or not that comes through.

    A call that is struck ``instead`` may only be late: it arrives just before the same refund is
    asked for again.
    """

    def __init__(
        self,
        simulator: PaymentSimulator,
        faults: Faults,
        on_refund: Callable[[str, str, Money], None],
        on_reply: Callable[[str, RefundReply], None],
    ) -> None:
        self._simulator, self._faults = simulator, faults
        self._on_refund, self._on_reply = on_refund, on_reply
        self._late: dict[str, str] = {}

    def refund(
        self, intent: str, reference: str, amount: Money, idempotency_key: str
    ) -> RefundReply:
        def refund() -> RefundReply:
            self._late.pop(intent, None)
            self._on_refund(intent, reference, amount)
            if key:
                self._simulator.refund(intent, reference, amount, key)
            reply = self._simulator.refund(intent, reference, amount, idempotency_key)
            self._on_reply(intent, reply)
            return reply

        key = self._late.get(intent)
        self._late[intent] = idempotency_key
        reply: RefundReply = self._faults.around("refund", ProviderUnclear("timeout"), refund)
        return reply

    def find_refund(self, intent: str, reference: str) -> ProviderRefund | None:
        def find() -> ProviderRefund | None:
            return self._simulator.find_refund(intent, reference)

        found: ProviderRefund | None = self._faults.around(
            "read", ProviderUnclear("unavailable"), find
        )
        return found

    def refunds(self) -> tuple[ProviderRefund, ...]:
        return self._simulator.refunds()

    def captures(self) -> tuple[Capture, ...]:
        return self._simulator.captures()

    def find_chargeback(self, id_: str) -> ProviderChargeback | None:
        found: ProviderChargeback | None = self._faults.around(
            "bank", ProviderUnclear("unavailable"), lambda: self._simulator.find_chargeback(id_)
        )
        return found

    def chargebacks(self) -> tuple[ProviderChargeback, ...]:
        return self._simulator.chargebacks()

    def hand_over(self, chargeback: str, evidence: str) -> bool:
        def hand_over() -> bool:
            return self._simulator.hand_over(chargeback, evidence)

        return bool(self._faults.around("bank", ProviderUnclear("timeout"), hand_over))
