"""Ask for a higher level."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Prose
from amends.order.asked import Asked, OrderOutcome, refuse_blank
from amends.order.events.life import RaisedToSupervisor

BY = frozenset({Role.SUPPORT, Role.BUYER, Role.SELLER})


class RaiseToSupervisor(Struct, frozen=True, forbid_unknown_fields=True, tag="raise_to_supervisor"):
    """``text``: what should be looked at again."""

    text: Prose


def may(asked: Asked) -> Refused | None:
    """Always."""
    return None


def decide(asked: Asked, command: RaiseToSupervisor) -> OrderOutcome:
    """Supervisors are told."""
    refused = refuse_blank(command.text, "text")
    if refused:
        return refused
    ref, contents = asked.text("text", command.text)
    raised = RaisedToSupervisor(
        at=asked.now,
        by=asked.by.person,
        role=asked.by.role,
        ref=ref,
        answer_by=asked.now + asked.terms.clocks.message_answered_within.span,
    )
    return Accepted((raised,), contents)
