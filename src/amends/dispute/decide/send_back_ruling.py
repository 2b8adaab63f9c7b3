"""Give a proposed ruling back to its author, who may also take it back."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.conflicts import refuse_conflict
from amends.dispute.deciders import decider, proposal, refuse_unproposed
from amends.dispute.events.judging import RulingSentBack
from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Prose

BY = frozenset({Role.MEDIATOR, Role.APPEALS, Role.SUPERVISOR})


class SendBackRuling(Struct, frozen=True, forbid_unknown_fields=True, tag="send_back_ruling"):
    """``note``: what is to be thought over, which the parties never see."""

    note: Prose


def may(asked: AskedOfDispute) -> Refused | None:
    """By any supervisor, and by whoever proposed it."""
    refused = refuse_unproposed(asked) or refuse_conflict(asked, asked.by.person)
    if refused:
        return refused
    by = asked.by
    if by.role is Role.SUPERVISOR or by.person == proposal(asked.dispute).ruling.by:
        return None
    facts: Facts = {"phase": asked.dispute.phase, "turn": asked.dispute.turn}
    return Refused("not_assigned", facts, ("ask_supervisor",))


def decide(asked: AskedOfDispute, command: SendBackRuling) -> Outcome:
    """Whoever decides goes on, with the time that is left."""
    dispute = asked.dispute
    if not command.note.strip():
        return Refused("text_missing", {}, ("say_why",), "invalid", "note")
    note_ref, contents = asked.text("note", command.note)
    sent_back = RulingSentBack(
        at=asked.now,
        dispute=dispute.id,
        phase=dispute.phase,
        turn=decider(replace(dispute, proposed=None)),
        deadlines=dispute.deadlines,
        person=asked.by.person,
        note_ref=note_ref,
    )
    return Accepted((sent_back,), contents)
