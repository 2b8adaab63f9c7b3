"""Who decides a dispute now: its mediator, its appeals officer, or a supervisor who took over."""

from __future__ import annotations

from amends.dispute.appeals import refuse_hearing
from amends.dispute.asked import AskedOfDispute
from amends.dispute.conflicts import refuse_conflict, refuse_ranks
from amends.dispute.events.judging import AppealsOfficerAssigned
from amends.dispute.state import Dispute, ProposedRuling
from amends.kernel.deadlines import Turn
from amends.kernel.decision import Facts, Refused
from amends.kernel.people import Role


def taken_over(dispute: Dispute) -> bool:
    """Whether a decision is overdue, so that a supervisor's clock runs."""
    steps = ("supervisor_ruling", "supervisor_appeal_decision")
    return any(dispute.deadline(step) for step in steps)


def decider(dispute: Dispute) -> Turn:
    """Whose turn it is in mediation or appeal when no side is asked for information."""
    if taken_over(dispute) or dispute.proposed:
        return "supervisor"
    return "appeals" if dispute.phase == "appeal" else "mediator"


def refuse_decider(asked: AskedOfDispute) -> Refused | None:
    """Refuses whoever does not decide this dispute now, or may not for a tie to it.

    An assigned mediator may still rule once a supervisor has taken over, as may the officer. An
    appeal that is nobody's may be decided by any officer without a part in the case, who takes it.
    """
    dispute = asked.dispute
    refused = asked.refuse_phase("mediation", "appeal") or refuse_proposed(dispute)
    if not refused and asked.by.role is Role.SUPERVISOR:
        if not taken_over(dispute):
            facts: Facts = {"phase": dispute.phase, "turn": dispute.turn}
            assign = "assign_mediator" if dispute.phase == "mediation" else "assign_appeals_officer"
            refused = Refused("not_overdue", facts, (assign,))
    elif not refused and _may_take(asked):
        refused = refuse_hearing(asked, asked.by.person)
    else:
        refused = refused or refuse_unassigned(asked)
    return refused or refuse_conflict(asked, asked.by.person) or _refuse_author(asked)


def refuse_proposed(dispute: Dispute) -> Refused | None:
    """Refuses what would change who decides, or how, while a ruling waits for a second person."""
    if dispute.proposed is None:
        return None
    facts: Facts = {"proposed_at": dispute.proposed.ruling.at}
    return Refused("ruling_waits", facts, ("approve_ruling", "send_back_ruling"))


def refuse_unproposed(asked: AskedOfDispute) -> Refused | None:
    """Refuses when there is no ruling that waits for a second person."""
    refused = asked.refuse_phase("mediation", "appeal")
    if refused or asked.dispute.proposed:
        return refused
    return Refused("nothing_proposed", {"phase": asked.dispute.phase}, ("see_options",))


def proposal(dispute: Dispute) -> ProposedRuling:
    """The ruling that waits. Raises ValueError when there is none."""
    if dispute.proposed is None:
        raise ValueError(f"no ruling is proposed in {dispute.id}")
    return dispute.proposed


def _may_take(asked: AskedOfDispute) -> bool:
    nobodys = asked.dispute.phase == "appeal" and asked.dispute.officer is None
    return nobodys and asked.by.role is Role.APPEALS


def taken_appeal(asked: AskedOfDispute) -> tuple[AppealsOfficerAssigned, ...]:
    """The appeal becomes the asking officer's, when it is nobody's and they act on it."""
    if not _may_take(asked):
        return ()
    dispute = asked.dispute.id
    return (AppealsOfficerAssigned(at=asked.now, dispute=dispute, officer=asked.by.person),)


def refuse_unassigned(asked: AskedOfDispute) -> Refused | None:
    """Refuses a mediator without this mediation, and an officer without this appeal."""
    dispute, by = asked.dispute, asked.by
    in_appeal = dispute.phase == "appeal"
    role = Role.APPEALS if in_appeal else Role.MEDIATOR
    person = dispute.officer if in_appeal else dispute.mediator
    if by.role is role and by.person == person:
        return None
    facts: Facts = {"phase": dispute.phase, "turn": dispute.turn}
    return Refused("not_assigned", facts, ("ask_supervisor",))


def _refuse_author(asked: AskedOfDispute) -> Refused | None:
    """An appeal is never heard by whoever wrote the ruling, nor by who stands above or below."""
    ruling, person = asked.dispute.ruling, asked.by.person
    if asked.dispute.phase != "appeal":
        return None
    if ruling and ruling.by == person:
        return Refused("author_of_ruling", {"person": person}, ("choose_other_person",))
    return refuse_ranks(asked, person)
