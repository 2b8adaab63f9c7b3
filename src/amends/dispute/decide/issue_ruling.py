"""Decide the dispute. It binds once the time to appeal is over, or both sides accept it."""

from __future__ import annotations

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.deciders import refuse_decider
from amends.dispute.issuing import issue, refuse_alone
from amends.dispute.rulings import RulingFields, build_ruling
from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role

BY = frozenset({Role.MEDIATOR, Role.SUPERVISOR})


class IssueRuling(RulingFields, frozen=True, forbid_unknown_fields=True, tag="issue_ruling"):
    """The whole dispute is ruled on at once, line by line where the findings differ."""


def may(asked: AskedOfDispute) -> Refused | None:
    """In mediation, by whoever decides it, once nobody is left who still has time to be heard."""
    refused = asked.refuse_phase("mediation") or refuse_decider(asked)
    if refused:
        return refused
    dispute, now = asked.dispute, asked.now
    clock = dispute.deadline("information")
    if clock and now < clock.at:
        waiting: Facts = {"side": clock.turn, "until": clock.at}
        return Refused("information_awaited", waiting, ("wait_for_answer",))
    if dispute.unheard and dispute.unheard_until and now < dispute.unheard_until:
        facts: Facts = {"side": dispute.unheard, "until": dispute.unheard_until}
        return Refused("side_not_heard_yet", facts, ("wait_for_answer", "request_information"))
    return None


def decide(asked: AskedOfDispute, command: IssueRuling) -> Outcome:
    """By one person alone, as far as one may award that much."""
    built = build_ruling(asked, command)
    if isinstance(built, Refused):
        return built
    refused = refuse_alone(asked, built.ruling)
    return refused or Accepted(issue(asked, built.ruling, built.effect), built.contents)
