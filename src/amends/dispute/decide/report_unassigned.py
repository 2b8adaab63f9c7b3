"""Say that the queue found nobody for a case, and why, so that a supervisor sees to it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.events.judging import NobodyFits
from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Code

BY = frozenset({Role.CLOCK})


class ReportUnassigned(Struct, frozen=True, forbid_unknown_fields=True, tag="report_unassigned"):
    """``because``: what stood in the way of those who judge such cases, each reason once."""

    because: Annotated[tuple[Code, ...], Meta(min_length=1, max_length=20)]


def may(asked: AskedOfDispute) -> Refused | None:
    """While it is nobody's."""
    refused = asked.refuse_phase("mediation", "appeal")
    if refused:
        return refused
    dispute = asked.dispute
    person = dispute.officer if dispute.phase == "appeal" else dispute.mediator
    if person is None:
        return None
    return Refused("already_assigned", {"person": person}, ("see_options",))


def decide(asked: AskedOfDispute, command: ReportUnassigned) -> Outcome:
    """A supervisor is told once, and again when the reasons are others."""
    because = tuple(sorted(set(command.because)))
    if because == asked.dispute.unassigned:
        return Accepted(())
    return Accepted((NobodyFits(at=asked.now, dispute=asked.dispute.id, because=because),))
