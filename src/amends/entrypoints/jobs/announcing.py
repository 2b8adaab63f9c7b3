"""Putting what was recorded into the feed of the marketplace that placed the order."""

from __future__ import annotations

from amends.engine.jobs import Again, Done
from amends.engine.store import JobToRun
from amends.entrypoints.service import CaseEngine
from amends.entrypoints.webhooks_out.messages import messages_of
from amends.order.events.life import OrderPlaced


class AnnounceJob:
    """Tells the events of one write. Told twice they are in the feed once, by their ids."""

    def __init__(self, engine: CaseEngine) -> None:
        self._engine = engine

    def __call__(self, job: JobToRun) -> Done | Again:
        """The first event says whose order it is, and in which currency."""
        first = self._engine.events(job.order, 0, 1)[0]
        if not isinstance(first.event, OrderPlaced):
            raise TypeError(f"order {job.order} does not begin with its placing")
        after, upto = int(job.payload["after"] or 0), int(job.payload["upto"] or 0)
        events = self._engine.events(job.order, after, upto)
        messages = messages_of(events, first.event.order.currency)
        self._engine.store.webhooks.announce(first.by.person, messages)
        return Done()
