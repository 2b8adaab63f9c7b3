"""Give a case back that one cannot judge impartially."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.deciders import refuse_proposed, refuse_unassigned
from amends.dispute.events.judging import Recused
from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Prose

BY = frozenset({Role.MEDIATOR, Role.APPEALS})


class Recuse(Struct, frozen=True, forbid_unknown_fields=True, tag="recuse"):
    """``note``: why, as far as it can be said."""

    note: Prose = ""


def may(asked: AskedOfDispute) -> Refused | None:
    """By the mediator of a mediation or the officer of an appeal."""
    return (
        asked.refuse_phase("mediation", "appeal")
        or refuse_unassigned(asked)
        or refuse_proposed(asked.dispute)
    )


def decide(asked: AskedOfDispute, command: Recuse) -> Outcome:
    """Back to the queue; the same person does not get it again."""
    note_ref, contents = asked.text("note", command.note)
    recused = Recused(
        at=asked.now, dispute=asked.dispute.id, person=asked.by.person, reason_ref=note_ref
    )
    return Accepted((recused,), contents)
