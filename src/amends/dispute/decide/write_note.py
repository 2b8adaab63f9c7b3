"""Write something down for whoever judges the case, and nobody else."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.conflicts import refuse_conflict
from amends.dispute.events.judging import NoteWritten
from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Prose

BY = frozenset({Role.MEDIATOR, Role.APPEALS, Role.SUPERVISOR})


class WriteNote(Struct, frozen=True, forbid_unknown_fields=True, tag="write_note"):
    """``text``: what staff shall know, which the parties never see."""

    text: Prose


def may(asked: AskedOfDispute) -> Refused | None:
    """At any time, by whoever has the case and by supervisors."""
    return refuse_conflict(asked, asked.by.person)


def decide(asked: AskedOfDispute, command: WriteNote) -> Outcome:
    """Nothing but the note: turn, clocks and what the parties see stay as they are."""
    text_ref, contents = asked.text("text", command.text)
    if not text_ref:
        return Refused("text_missing", {}, ("say_why",), "invalid", "text")
    written = NoteWritten(
        at=asked.now, dispute=asked.dispute.id, person=asked.by.person, text_ref=text_ref
    )
    return Accepted((written,), contents)
