"""A case is looked through for watch words when it comes to be judged, and let go afterwards."""

from __future__ import annotations

from amends.dispute.case import CaseEvent
from amends.dispute.decide.escalate import Escalate
from amends.dispute.decide.write_note import WriteNote
from amends.dispute.state import Case
from amends.kernel.decision import Accepted
from amends.kernel.people import CLOCK
from amends.kernel.record import Recorded
from amends.projections import project
from tests.dispute.cases import D1, ESCALATED, accepted, answered, mediated, opened, ruling
from tests.given import BUYER, DAY, MEDIATOR, after


def asked(before: Case, outcome: Accepted[CaseEvent]) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for event in outcome.events:
        case = after(before, event)
        recorded = Recorded("A-1001", case.version, event.at, CLOCK, "c1", event)
        jobs = project(before, recorded, case).jobs
        found += [(job.id, job.payload) for job in jobs if job.kind == "watch_case"]
        before = case
    return found


def test_it_is_looked_through_when_it_comes_to_somebody_of_the_platform() -> None:
    case = answered(opened())
    (job,) = asked(case, accepted(case, Escalate(), BUYER, ESCALATED))
    assert job == (f"A-1001:{case.version + 1}:watch_case", {"dispute": D1})


def test_nothing_is_asked_while_it_stays_there_and_once_when_it_leaves() -> None:
    case = mediated()
    assert asked(case, accepted(case, WriteNote("Hm."), MEDIATOR, ESCALATED + DAY)) == []
    (job,) = asked(case, accepted(case, ruling(), MEDIATOR, ESCALATED + DAY))
    assert job[1] == {"dispute": D1}
