"""What follows from an event: rows of lists, ledger postings, notices, and jobs for the outbox.

All of it is computed from the case before and after the event, so that replaying the record makes
the same rows again, byte for byte.
"""

from __future__ import annotations

from amends.dispute.case import CaseEvent
from amends.dispute.state import Case
from amends.kernel.record import Projected, Recorded
from amends.projections.goodwill import goodwill_rows
from amends.projections.jobs import jobs
from amends.projections.ledger import postings
from amends.projections.lists import list_rows
from amends.projections.notices import notice_rows, notices
from amends.projections.pictures import picture_rows
from amends.projections.records import record_rows
from amends.projections.rulings import ruling_jobs, ruling_rows
from amends.projections.support import support_rows
from amends.projections.tasks import task_rows
from amends.projections.watching import watch_jobs

__all__ = ["project"]


def project(before: Case | None, recorded: Recorded[CaseEvent], after: Case) -> Projected:
    """The rows and jobs of one event."""
    told = notices(recorded, after)
    rows = (
        *list_rows(recorded, after),
        *postings(before, recorded, after),
        *task_rows(before, after),
        *support_rows(before, after),
        *ruling_rows(before, recorded, after),
        *goodwill_rows(recorded, after),
        *record_rows(before, recorded, after),
        *picture_rows(recorded),
        *notice_rows(recorded, told),
    )
    asked = (
        *jobs(recorded, told),
        *ruling_jobs(recorded),
        *watch_jobs(before, recorded, after),
    )
    return Projected(rows=rows, jobs=asked)
