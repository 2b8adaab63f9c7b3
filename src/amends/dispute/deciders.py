"""Who decides a dispute now: its mediator, its appeals officer, or a supervisor who took over."""

from __future__ import annotations

from amends.dispute.asked import AskedOfDispute
from amends.dispute.conflicts import refuse_conflict
from amends.dispute.state import Dispute
from amends.kernel.deadlines import Turn
from amends.kernel.decision import Facts, Refused
from amends.kernel.people import Role


def taken_over(dispute: Dispute) -> bool:
    """Whether a decision is overdue, so that a supervisor's clock runs."""
    steps = ("supervisor_ruling", "supervisor_appeal_decision")
    return any(dispute.deadline(step) for step in steps)


def decider(dispute: Dispute) -> Turn:
    """Whose turn it is in mediation or appeal when no side is asked for information."""
    if taken_over(dispute):
        return "supervisor"
    return "appeals" if dispute.phase == "appeal" else "mediator"


def refuse_decider(asked: AskedOfDispute) -> Refused | None:
    """Refuses whoever does not decide this dispute now, or may not for a tie to it.

    An assigned mediator may still rule once a supervisor has taken over, as may the officer.
    """
    dispute, by = asked.dispute, asked.by
    refused = asked.refuse_phase("mediation", "appeal")
    if refused:
        return refused
    facts: Facts = {"phase": dispute.phase, "turn": dispute.turn}
    in_appeal = dispute.phase == "appeal"
    match by.role:
        case Role.SUPERVISOR:
            if not taken_over(dispute):
                next_ = "assign_appeals_officer" if in_appeal else "assign_mediator"
                return Refused("not_overdue", facts, (next_,))
        case _:
            wanted = Role.APPEALS if in_appeal else Role.MEDIATOR
            person = dispute.officer if in_appeal else dispute.mediator
            if by.role is not wanted or by.person != person:
                return Refused("not_assigned", facts, ("ask_supervisor",))
    return refuse_conflict(asked, by.person) or _refuse_author(asked)


def _refuse_author(asked: AskedOfDispute) -> Refused | None:
    """An appeal is never heard by whoever wrote the ruling."""
    ruling, person = asked.dispute.ruling, asked.by.person
    if asked.dispute.phase == "appeal" and ruling and ruling.by == person:
        return Refused("author_of_ruling", {"person": person}, ("choose_other_person",))
    return None
