"""Take a case back from somebody who is not there, so that it waits for nobody."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.conflicts import absence
from amends.dispute.deciders import refuse_proposed
from amends.dispute.events.judging import ReturnedToQueue
from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import PersonId, Role

BY = frozenset({Role.CLOCK, Role.SUPERVISOR})


class ReturnToQueue(Struct, frozen=True, forbid_unknown_fields=True, tag="return_to_queue"):
    """The queue then gives it to somebody else."""


def may(asked: AskedOfDispute) -> Refused | None:
    """Only when whoever has it is disabled, away, silent, or works as something else."""
    refused = asked.refuse_phase("mediation", "appeal") or refuse_proposed(asked.dispute)
    if refused:
        return refused
    person, because = _who_and_why(asked)
    if person is None:
        return Refused("nobody_has_it", {"phase": asked.dispute.phase}, ("assign_somebody",))
    if because is None:
        return Refused("judge_is_there", {"person": person}, ("assign_somebody", "wait"))
    return None


def decide(asked: AskedOfDispute, command: ReturnToQueue) -> Outcome:
    """The clocks run on. It may come back to the same person when they are there again."""
    person, because = _who_and_why(asked)
    returned = ReturnedToQueue(
        at=asked.now, dispute=asked.dispute.id, person=person or "", because=because or ""
    )
    return Accepted((returned,))


def _who_and_why(asked: AskedOfDispute) -> tuple[PersonId | None, str | None]:
    """Who has the case, and why they cannot go on; somebody without an account is there."""
    appeal = asked.dispute.phase == "appeal"
    person = asked.dispute.officer if appeal else asked.dispute.mediator
    member = asked.stamp.staff.get(person) if person else None
    role = Role.APPEALS if appeal else Role.MEDIATOR
    return person, absence(member, role, asked.terms, asked.now) if member else None
