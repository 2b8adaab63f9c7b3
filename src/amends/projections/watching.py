"""Whether a case has come to be somebody's to judge, or is so no more: then watch words are looked
for in it, or forgotten."""

from __future__ import annotations

from amends.dispute.case import CaseEvent
from amends.dispute.events.base import DisputeEvent
from amends.dispute.state import Case
from amends.kernel.record import Job, Recorded
from amends.projections.jobs import job_id

JUDGED = ("mediation", "appeal")
"""The phases that somebody of the platform decides."""
WATCH_CASE = "watch_case"


def watch_jobs(before: Case | None, recorded: Recorded[CaseEvent], after: Case) -> tuple[Job, ...]:
    """One at the event that opens a case to those who judge, and one at that which closes it."""
    event = recorded.event
    if not isinstance(event, DisputeEvent):
        return ()
    was = before.disputes.get(event.dispute) if before else None
    judged = after.disputes[event.dispute].phase in JUDGED
    if judged == (was is not None and was.phase in JUDGED):
        return ()
    name = job_id(recorded, WATCH_CASE)
    return (Job(name, WATCH_CASE, recorded.at, {"dispute": event.dispute}),)
