"""Handing our side of a chargeback to the bank, in time and once."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import structlog

from amends.dispute.judge import OnOrder
from amends.engine.jobs import Again, Done, wait_after
from amends.engine.outside import Clock, ProviderUnclear
from amends.engine.store import JobToRun, Store
from amends.entrypoints.our_side import our_side
from amends.entrypoints.service import CaseEngine, CaseRequest, ProviderFor
from amends.entrypoints.webhooks_in.chargebacks import paid_with
from amends.kernel.decision import Refused
from amends.kernel.people import Actor, Role
from amends.order.decide.record_chargeback_answer import RecordChargebackAnswer
from amends.order.state import Order
from amends.policy.library import Library

# Time for a person to step in, should the provider be down on the last days.
_AT_THE_LATEST_BEFORE = timedelta(days=2)
_LOOKED_AT_EVERY = timedelta(hours=12)
_log = structlog.get_logger(__name__)


class ChargebackAnswerJob:
    """Hands over what we know of the orders that a disputed payment paid.

    It waits for our own disputes about them, since what was found there is the best we can say, but
    not beyond two days before the bank stops listening. A bank hears us once.
    """

    def __init__(
        self,
        engine: CaseEngine,
        store: Store,
        library: Library,
        provider_for: ProviderFor,
        clock: Clock,
    ) -> None:
        self._engine = engine
        self._store = store
        self._library = library
        self._provider_for = provider_for
        self._clock = clock

    def __call__(self, job: JobToRun) -> Done | Again:
        """Hand it over, or say when to look again."""
        view = self._engine.view(job.order)
        order = view.state.order if view else None
        chargeback = order.chargebacks.get(str(job.payload["chargeback"])) if order else None
        provider = self._provider_for(order.payment.provider) if order else None
        if order is None or chargeback is None or provider is None:
            return Done()
        until = chargeback.evidence_until
        if until is None or chargeback.outcome or chargeback.answered_at:
            return Done()
        paid = list(
            paid_with(
                self._engine, self._store.views, self._provider_for, provider,
                order.payment.reference,
            )
        )  # fmt: skip
        now, latest = self._clock.now(), until - _AT_THE_LATEST_BEFORE
        if now < latest and any(view.state.order.open_claims for view in paid):
            return Again(min(latest, now + _LOOKED_AT_EVERY))
        text = our_side([view.state for view in paid], self._store.records, self._library)
        try:
            known = provider.find_chargeback(chargeback.id)
            if known is not None and known.answered:
                return self._record(order, RecordChargebackAnswer(chargeback.id))
            if not provider.hand_over(chargeback.id, text):
                _log.warning("bank_does_not_hear", order=order.id, chargeback=chargeback.id)
                return Done()
        except ProviderUnclear:
            return Again(now + wait_after(job.attempts))
        digest = hashlib.sha256(text.encode()).hexdigest()
        return self._record(order, RecordChargebackAnswer(chargeback.id, digest))

    def _record(self, order: Order, answered: RecordChargebackAnswer) -> Done:
        by = Actor(order.payment.provider, Role.PROVIDER)
        request = CaseRequest(order.id, OnOrder(order.id, answered), by)
        outcome = self._engine.handle_one(request).outcome
        if isinstance(outcome, Refused):
            raise RuntimeError(f"the order does not take it: {outcome.rule}")
        return Done()
