"""Answer whoever asked for a higher level."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Name, Prose
from amends.order.asked import Asked, OrderOutcome, refuse_blank, refuse_party
from amends.order.events.life import RaisedAnswered
from amends.order.raised import find_raised, refuse_nothing_raised

BY = frozenset({Role.SUPERVISOR})


class AnswerRaised(Struct, frozen=True, forbid_unknown_fields=True, tag="answer_raised"):
    """``request``: the id of what was raised. ``text``: what came of it, for whoever asked."""

    request: Name
    text: Prose


def may(asked: Asked) -> Refused | None:
    """While something raised is open, by one who is no party to it."""
    return refuse_party(asked) or refuse_nothing_raised(asked.order)


def decide(asked: Asked, command: AnswerRaised) -> OrderOutcome:
    """It is over, and whoever asked is told."""
    found = find_raised(asked.order, command.request)
    if isinstance(found, Refused):
        return found
    refused = refuse_blank(command.text, "text")
    if refused:
        return refused
    ref, contents = asked.text("text", command.text)
    answered = RaisedAnswered(
        at=asked.now, request=found.id, by=asked.by.person, side=found.side, ref=ref
    )
    return Accepted((answered,), contents)
