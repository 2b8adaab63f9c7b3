"""A ruling takes effect: at the end of a mediation, or in place of what an appeal was against."""

from __future__ import annotations

from msgspec.structs import replace

from amends.dispute.appeals import appeal_of
from amends.dispute.asked import AskedOfDispute
from amends.dispute.case import CaseEvent
from amends.dispute.effects import carry_out
from amends.dispute.events.judging import AppealDecided, RulingIssued
from amends.dispute.money import worth
from amends.dispute.proof import refuse_evidence
from amends.dispute.state import Effect, Ruling
from amends.kernel.decision import Facts, Refused
from amends.kernel.people import Side
from amends.policy.clocks import start_clock


def issue(asked: AskedOfDispute, ruling: Ruling, effect: Effect) -> tuple[CaseEvent, ...]:
    """Both sides see it and may appeal; where the pack knows no appeal, it is carried out."""
    window, turn = asked.terms.appeals.window, _losing_side(ruling)
    clock = start_clock(window, "appeal", turn, asked.now, "ruling_issued") if window else None
    issued = RulingIssued(
        at=asked.now,
        dispute=asked.dispute.id,
        phase="ruled",
        turn=turn if clock else "platform",
        deadlines=(clock,) if clock else (),
        ruling=ruling,
        effect=effect,
    )
    return (issued, *(() if clock else carry_out(asked, effect, "ruling_issued")))


def change_by_appeal(
    asked: AskedOfDispute, ruling: Ruling, effect: Effect
) -> tuple[CaseEvent, ...]:
    """It takes the place of the ruling before and is carried out: the last word."""
    decided = AppealDecided(
        at=asked.now,
        dispute=asked.dispute.id,
        appeal=replace(
            appeal_of(asked.dispute),
            decided="changed",
            decided_by=ruling.by,
            decided_ref=ruling.text_ref,
        ),
        ruling=ruling,
        effect=effect,
    )
    return (decided, *carry_out(asked, effect, "appeal_decided"))


def refuse_alone(asked: AskedOfDispute, ruling: Ruling) -> Refused | None:
    """Refuses what one person may not award on their own: more than their limit, or more than the
    pack leaves to one person."""
    order, currency = asked.order, asked.order.currency
    amount: Facts = {"amount": order.money(ruling.amount)}
    above = asked.terms.platform.large(currency)
    if above is not None and ruling.amount > above:
        facts: Facts = {**amount, "above": order.money(above)}
        return Refused("two_people_needed", facts, ("propose_ruling",), field="amount")
    return refuse_limit(asked, ruling, "propose_ruling")


def refuse_limit(asked: AskedOfDispute, ruling: Ruling, then: str) -> Refused | None:
    """Refuses what is above the asker's own limit; ``then``: what would help."""
    member = asked.stamp.staff.get(asked.by.person)
    limit = member.limit(asked.order.currency) if member else None
    if limit is None or ruling.amount <= limit:
        return None
    money = asked.order.money
    facts: Facts = {"amount": money(ruling.amount), "limit": money(limit)}
    return Refused("above_own_limit", facts, (then,), field="amount")


def refuse_outdated(asked: AskedOfDispute, ruling: Ruling) -> Refused | None:
    """Refuses a ruling that was right when it was written and cannot be carried out any more."""
    most = worth(asked.order, asked.dispute)
    if ruling.amount > most:
        money = asked.order.money
        facts: Facts = {"amount": money(ruling.amount), "most": money(most)}
        return Refused("proposal_outdated", facts, ("send_back_ruling",))
    gone = refuse_evidence(asked.order, asked.by, ruling.evidence)
    return Refused("proposal_outdated", {}, ("send_back_ruling",)) if gone else None


def _losing_side(ruling: Ruling) -> Side:
    """Whom an appeal would serve; after a split, the buyer who claimed more."""
    return "seller" if ruling.finding == "for_buyer" else "buyer"
