"""Give the case to an impartial person."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.conflicts import refuse_assigning, refuse_conflict
from amends.dispute.deciders import refuse_proposed
from amends.dispute.events.judging import MediatorAssigned
from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Id

BY = frozenset({Role.SUPERVISOR, Role.ADMIN, Role.CLOCK})  # the clock: the queue deals cases out


class AssignMediator(Struct, frozen=True, forbid_unknown_fields=True, tag="assign_mediator"):
    """``mediator``: the person who takes the place of any mediator before."""

    mediator: Id


def may(asked: AskedOfDispute) -> Refused | None:
    """In mediation, by somebody without a tie to the case."""
    order, person = asked.order, asked.by.person
    refused = asked.refuse_phase("mediation") or refuse_proposed(asked.dispute)
    if not refused and person in (order.buyer, order.seller):
        refused = refuse_conflict(asked, person)
    return refused


def decide(asked: AskedOfDispute, command: AssignMediator) -> Outcome:
    """The clocks run on: who rules changes, not by when."""
    dispute = asked.dispute
    if command.mediator == dispute.mediator:
        facts: Facts = {"mediator": command.mediator}
        return Refused("already_assigned", facts, ("choose_other_person",), field="mediator")
    refused = refuse_conflict(asked, command.mediator) or refuse_assigning(
        asked, command.mediator, Role.MEDIATOR
    )
    if refused:
        return refused
    assigned = MediatorAssigned(at=asked.now, dispute=dispute.id, mediator=command.mediator)
    return Accepted((assigned,))
