"""Put a ruling before a supervisor, who issues it: one that nobody may issue alone, or a doubt."""

from __future__ import annotations

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.decide import decide_appeal, issue_ruling
from amends.dispute.deciders import taken_appeal
from amends.dispute.events.judging import RulingProposed
from amends.dispute.rulings import RulingFields, build_ruling
from amends.dispute.state import ProposedRuling
from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role

BY = frozenset({Role.MEDIATOR, Role.APPEALS, Role.SUPERVISOR})


class ProposeRuling(RulingFields, frozen=True, forbid_unknown_fields=True, tag="propose_ruling"):
    """As it would be issued, or in an appeal as it would be changed."""


def may(asked: AskedOfDispute) -> Refused | None:
    """Whenever its author could decide."""
    in_appeal = asked.dispute.phase == "appeal"
    return decide_appeal.may(asked) if in_appeal else issue_ruling.may(asked)


def decide(asked: AskedOfDispute, command: ProposeRuling) -> Outcome:
    """The turn goes to the supervisors; the clocks run on."""
    dispute = asked.dispute
    built = build_ruling(asked, command, "appeal" if dispute.phase == "appeal" else "ruling")
    if isinstance(built, Refused):
        return built
    proposed = RulingProposed(
        at=asked.now,
        dispute=dispute.id,
        phase=dispute.phase,
        turn="supervisor",
        deadlines=dispute.deadlines,
        proposed=ProposedRuling(built.ruling, built.effect),
    )
    return Accepted((*taken_appeal(asked), proposed), built.contents)
