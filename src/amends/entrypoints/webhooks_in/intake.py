"""Callbacks in: verified, kept, and understood afterwards.

Whoever sends one is answered as soon as it is kept. What it means is found out later and by
reading: a report only says where to look, so that one which comes late, twice or before an older
one tells nothing wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import structlog

from amends.engine.callbacks import (
    AboutChargeback,
    AboutNothing,
    AboutRefund,
    CallbackReader,
    KeptCallback,
    State,
)
from amends.engine.jobs import wait_after
from amends.engine.outside import Clock, ProviderUnclear
from amends.engine.store import Store
from amends.entrypoints.service import CaseEngine, ProviderFor, Service
from amends.entrypoints.webhooks_in.chargebacks import take_chargeback
from amends.entrypoints.webhooks_in.payments import order_of_refund, request_for
from amends.kernel.decision import Refused

_AT_ONCE = 20
_LEASE = timedelta(minutes=1)
# A provider may report what it shows a moment later; after that a person has to look.
_SHOWN_WITHIN = timedelta(days=3)
_WANTS_A_PERSON = ("refused", "unknown")
_log = structlog.get_logger(__name__)

Found = tuple[State, str]


class UnknownProvider(LookupError):
    """No payment provider of that name is connected."""


class NotYet(Exception):
    """It cannot be understood now; the message says why."""


class Intake:
    """Takes callbacks in. ``readers`` are the connected providers' adapters by their names."""

    def __init__(
        self,
        engine: CaseEngine,
        store: Store,
        readers: Mapping[str, CallbackReader],
        provider_for: ProviderFor,
        clock: Clock,
    ) -> None:
        self._engine = engine
        self._store = store
        self._readers = readers
        self._provider_for = provider_for
        self._clock = clock

    def receive(self, provider: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Keep a callback, durably; False when it was kept before.

        Raises UnknownProvider, or NotGenuine for what that provider did not send.
        """
        reader = self._readers.get(provider)
        if reader is None:
            raise UnknownProvider(provider)
        heard = reader.hear(headers, body)
        return self._store.callbacks.keep(provider, heard, self._clock.now())

    def understand_due(self) -> int:
        """Find out what some of the kept callbacks mean; how many were looked at.

        One that cannot be understood yet, or at which anything fails, waits for another time.
        """
        now = self._clock.now()
        taken = self._store.callbacks.take(now, _AT_ONCE, now + _LEASE)
        for callback in taken:
            try:
                found = self._understood(callback)
            except (NotYet, ProviderUnclear) as error:
                self._later(callback, str(error))
            except Exception as error:  # the others must not wait for it
                _log.error("callback_failed", provider=callback.provider, callback=callback.id,
                           error=type(error).__name__, exc_info=error)  # fmt: skip
                self._later(callback, type(error).__name__)
            else:
                state, note = found
                self._store.callbacks.finish(callback, state, note)
                if state in _WANTS_A_PERSON:
                    _log.warning("callback_not_taken", provider=callback.provider,
                                 callback=callback.id, state=state, note=note)  # fmt: skip
        return len(taken)

    def _later(self, callback: KeptCallback, why: str) -> None:
        at = self._clock.now() + wait_after(callback.attempts)
        self._store.callbacks.again(callback, at, why)

    def _understood(self, callback: KeptCallback) -> Found:
        about = self._readers[callback.provider].about(callback.kind, callback.body)
        match about:
            case None:
                return "unknown", callback.kind
            case AboutNothing():
                return "irrelevant", ""
            case AboutRefund():
                return self._refund(callback, about)
            case AboutChargeback():
                return self._chargeback(callback, about)

    def _refund(self, callback: KeptCallback, about: AboutRefund) -> Found:
        name = order_of_refund(about.intent)
        view = self._engine.view(name) if name else None
        order = view.state.order if view else None
        provider = self._provider_for(callback.provider)
        if (
            order is None
            or about.intent not in order.refunds
            or provider is None
            or self._provider_for(order.payment.provider) is not provider
        ):
            return "irrelevant", "no_refund_of_ours"
        refund = provider.find_refund(about.intent, order.payment.reference)
        if refund is None:
            return self._not_shown(callback)
        request = request_for(refund, order.payment.provider)
        if request is None:
            return "understood", order.id
        outcome = self._engine.handle_one(request).outcome
        if isinstance(outcome, Refused):
            return "refused", outcome.rule
        return "understood", order.id

    def _chargeback(self, callback: KeptCallback, about: AboutChargeback) -> Found:
        provider = self._provider_for(callback.provider)
        chargeback = provider.find_chargeback(about.id) if provider else None
        if provider is None or chargeback is None:
            return "irrelevant", "no_money_taken"
        taken = take_chargeback(
            self._engine, self._store.views, self._provider_for, provider, chargeback
        )
        if taken.refused:
            return "refused", taken.refused
        if not taken.orders:
            return "irrelevant", "nothing_of_ours_taken"
        return "understood", " ".join(taken.orders)

    def _not_shown(self, callback: KeptCallback) -> Found:
        if self._clock.now() - callback.at < _SHOWN_WITHIN:
            raise NotYet("not_shown_by_provider")
        return "refused", "not_shown_by_provider"


def intake_of(service: Service) -> Intake:
    """The intake of a service's callbacks."""
    return Intake(
        service.engine, service.store, service.readers, service.provider_for, service.clock
    )


def take_callbacks(service: Service) -> int:
    """Hand over what the simulated provider has to report by now, as it would come over the
    network, and find out what some of the kept callbacks mean; how many of both there were."""
    intake = intake_of(service)
    reports = service.simulator.due_reports(service.clock.now())
    for report in reports:
        intake.receive("simulator", report.headers, report.body)
        service.simulator.mark_delivered(report.id)
    return len(reports) + intake.understand_due()
