"""Decide the dispute. It binds once the time to appeal is over, or both sides accept it."""

from __future__ import annotations

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.deciders import refuse_decider
from amends.dispute.effects import carry_out
from amends.dispute.events.judging import RulingIssued
from amends.dispute.rulings import RulingFields, build_ruling
from amends.dispute.state import Ruling
from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role, Side
from amends.policy.clocks import start_clock

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
    """Where the pack knows no appeal it is carried out at once."""
    built = build_ruling(asked, command)
    if isinstance(built, Refused):
        return built
    window, turn = asked.terms.appeals.window, _losing_side(built.ruling)
    clock = start_clock(window, "appeal", turn, asked.now, "ruling_issued") if window else None
    issued = RulingIssued(
        at=asked.now,
        dispute=asked.dispute.id,
        phase="ruled",
        turn=turn if clock else "platform",
        deadlines=(clock,) if clock else (),
        ruling=built.ruling,
        effect=built.effect,
    )
    effects = () if clock else carry_out(asked, built.effect, "ruling_issued")
    return Accepted((issued, *effects), built.contents)


def _losing_side(ruling: Ruling) -> Side:
    """Whom an appeal would serve; after a split, the buyer who claimed more."""
    return "seller" if ruling.finding == "for_buyer" else "buyer"
