"""Take over what was raised to the supervisors."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Name
from amends.order.asked import Asked, OrderOutcome, refuse_party
from amends.order.events.life import RaisedTaken
from amends.order.raised import find_raised, refuse_nothing_raised

BY = frozenset({Role.SUPERVISOR})


class TakeRaised(Struct, frozen=True, forbid_unknown_fields=True, tag="take_raised"):
    """``request``: the id of what was raised."""

    request: Name


def may(asked: Asked) -> Refused | None:
    """While something raised is open, by one who is no party to it."""
    return refuse_party(asked) or refuse_nothing_raised(asked.order)


def decide(asked: Asked, command: TakeRaised) -> OrderOutcome:
    """Theirs from here; another supervisor may take it from them."""
    found = find_raised(asked.order, command.request)
    if isinstance(found, Refused):
        return found
    if found.taken_by == asked.by.person:
        facts: Facts = {"request": found.id}
        return Refused("raised_is_yours", facts, ("answer_raised",), field="request")
    return Accepted((RaisedTaken(at=asked.now, request=found.id, by=asked.by.person),))
