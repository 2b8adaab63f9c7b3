"""Looking for watch words after a case came to be judged, or after a list was changed."""

from __future__ import annotations

from amends.engine.jobs import Again, Done
from amends.engine.store import JobToRun
from amends.entrypoints.judging.watching import (
    Place,
    look_further,
    look_in_case,
    watch_list_job,
)
from amends.entrypoints.service import CaseEngine
from amends.kernel.instants import from_micros


class WatchCaseJob:
    """Looks for everybody's words in one case, or forgets it."""

    def __init__(self, engine: CaseEngine) -> None:
        self._engine = engine

    def __call__(self, job: JobToRun) -> Done | Again:
        """As the case stands now."""
        look_in_case(self._engine, job.order, str(job.payload["dispute"]))
        return Done()


class WatchListJob:
    """Looks for one person's words in some hundred cases, and has another job go on from there, so
    that others' jobs do not wait for all of it."""

    def __init__(self, engine: CaseEngine) -> None:
        self._engine = engine

    def __call__(self, job: JobToRun) -> Done | Again:
        """Their list is that of now."""
        person, since = str(job.payload["person"]), from_micros(int(job.payload["since"] or 0))
        after = job.payload["after"]
        place = Place(
            int(job.payload["lane"] or 0),
            None if after is None else str(after),
            int(job.payload["looked"] or 0),
        )
        place = look_further(self._engine, (person,), since, place)
        if not place.whole:
            now = self._engine.clock()
            self._engine.store.jobs.add(watch_list_job(person, since, now, place))
        return Done()
