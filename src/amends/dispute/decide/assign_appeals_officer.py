"""Give an appeal to somebody who had no part in the case, or take it oneself."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.appeals import refuse_hearing
from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.conflicts import refuse_assigning
from amends.dispute.deciders import refuse_proposed
from amends.dispute.events.judging import AppealsOfficerAssigned
from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Id

# The clock: the queue deals appeals out.
BY = frozenset({Role.APPEALS, Role.SUPERVISOR, Role.ADMIN, Role.CLOCK})


class AssignAppealsOfficer(
    Struct, frozen=True, forbid_unknown_fields=True, tag="assign_appeals_officer"
):
    """``officer``: the person who takes the place of any officer before; an officer who names
    nobody takes the appeal themself."""

    officer: Id | None = None


def may(asked: AskedOfDispute) -> Refused | None:
    """In an appeal; an officer only one that is nobody's yet."""
    refused = asked.refuse_phase("appeal") or refuse_proposed(asked.dispute)
    if refused:
        return refused
    order, person, officer = asked.order, asked.by.person, asked.dispute.officer
    if asked.by.role is Role.APPEALS:
        if officer is not None:
            return Refused("already_assigned", {"officer": officer}, ("ask_supervisor",))
        return refuse_hearing(asked, person)
    # Nobody chooses their own judge.
    return refuse_hearing(asked, person) if person in (order.buyer, order.seller) else None


def decide(asked: AskedOfDispute, command: AssignAppealsOfficer) -> Outcome:
    """The clocks run on: who decides changes, not by when."""
    dispute, officer = asked.dispute, command.officer
    if asked.by.role is Role.APPEALS:
        officer = officer or asked.by.person
        if officer != asked.by.person:
            facts: Facts = {"officer": officer}
            return Refused("only_for_yourself", facts, ("name_yourself",), "forbidden", "officer")
    if officer is None:
        return Refused("officer_missing", {}, ("choose_other_person",), "invalid", "officer")
    if officer == dispute.officer:
        named: Facts = {"officer": officer}
        return Refused("already_assigned", named, ("choose_other_person",), field="officer")
    refused = refuse_hearing(asked, officer) or refuse_assigning(asked, officer, Role.APPEALS)
    if refused:
        return refused
    assigned = AppealsOfficerAssigned(at=asked.now, dispute=dispute.id, officer=officer)
    return Accepted((assigned,))
