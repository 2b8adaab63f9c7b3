"""Appeals: on which grounds, before whom, and what goes on when the decision stands."""

from __future__ import annotations

from amends.dispute.asked import AskedOfDispute
from amends.dispute.case import CaseEvent
from amends.dispute.conflicts import refuse_conflict, refuse_ranks
from amends.dispute.effects import effect_events, effect_of, settle
from amends.dispute.events.effects import DisputeClosed, StepResumed
from amends.dispute.events.judging import appeal_key
from amends.dispute.money import has_arrived, is_coming, refunds_of
from amends.dispute.state import Appeal, Case, Dispute, Phase
from amends.dispute.steps import replacement_clock, return_clock
from amends.kernel.decision import Facts, Refused
from amends.kernel.instants import Instant
from amends.kernel.people import PersonId, Side, other_side
from amends.order.state import Order
from amends.policy.clocks import start_clock
from amends.policy.terms import Terms

AFTER_DECISION: tuple[Phase, ...] = ("returning", "replacing", "settling", "closed")


def refuse_grounds(asked: AskedOfDispute, grounds: str) -> Refused | None:
    """Refuses grounds that do not hold for the asking side at this point."""
    appeals, phase = asked.terms.appeals, asked.dispute.phase
    facts: Facts = {"grounds": grounds, "phase": phase}
    if phase == "ruled":
        if grounds not in appeals.grounds_in_window:
            return Refused("grounds_not_now", facts, ("choose_grounds",), field="grounds")
        return _refuse_window(asked)
    if grounds not in appeals.grounds_any_time:
        return Refused("grounds_not_now", facts, ("choose_grounds",), field="grounds")
    if grounds == "money_did_not_come":
        missing = asked.side == "buyer" and money_is_missing(asked.order, asked.dispute, asked.now)
    else:
        missing = owes_a_step(asked.dispute, asked.side)
    if not missing:
        if phase == "closed" and not _something_comes(asked):
            return asked.refuse_phase("ruled")
        return Refused("nothing_is_late", facts, ("wait", "see_refund"), field="grounds")
    # Each once, or a case could be kept from ever ending.
    if appeal_key(asked.dispute, asked.side, grounds) in asked.dispute.appealed:
        return Refused("appealed_before", facts, ("contact_support",), field="grounds")
    return _refuse_held_units(asked)


def _refuse_window(asked: AskedOfDispute) -> Refused | None:
    """A ruling can be appealed once in a dispute, by a side that has not accepted it."""
    dispute = asked.dispute
    if asked.side in dispute.ruling_accepted_by:
        return Refused("ruling_accepted_before", {"side": asked.side}, ("wait_for_other_side",))
    if dispute.appeal:
        facts: Facts = {"grounds": dispute.appeal.grounds, "phase": dispute.appeal.back_to}
        return Refused("appealed_before", facts, ("contact_support",))
    return None


def _refuse_held_units(asked: AskedOfDispute) -> Refused | None:
    """A closed dispute is not opened again for units that another one holds by now."""
    order, dispute = asked.order, asked.dispute
    others = {key: claim for key, claim in order.open_claims.items() if key != dispute.id}
    for line in order.lines:
        held = sum(claim.lines.get(line.id, 0) for claim in others.values())
        wanted = dispute.claim.lines.get(line.id, 0)
        if wanted and held + wanted > line.quantity:
            return Refused("units_already_in_dispute", {"disputes": tuple(others)}, ("wait",))
    return None


def money_is_missing(order: Order, dispute: Dispute, now: Instant) -> bool:
    """Whether a refund for the dispute failed, was taken back or is not booked yet, or should have
    reached the buyer's bank by ``now``, unless finance found that it did."""
    return any(
        refund.state != "settled"
        or (
            refund.arrives_until is not None
            and refund.arrives_until <= now
            and refund.traced != "arrived"
        )
        for refund in refunds_of(order, dispute.id)
    )


def _something_comes(asked: AskedOfDispute) -> bool:
    """Whether a closed dispute ended in money or goods for the asking side."""
    dispute = asked.dispute
    ends = dispute.outcome == "replaced" or bool(refunds_of(asked.order, dispute.id))
    return asked.side == "buyer" and ends


def owes_a_step(dispute: Dispute, side: Side) -> bool:
    """Whether the other side of ``side`` has not done its step of what was agreed or ruled.

    In a return it is whoever's turn it is, and for the buyer who is to ship also the seller, whose
    address may be of no use. A replacement is the seller's until it has come, and the buyer can
    still say that it never did after the case was closed with it.
    """
    match dispute.phase:
        case "returning":
            to_ship = side == "buyer" and dispute.step == "return_shipment"
            return to_ship or dispute.turn == other_side(side)
        case "replacing":
            sent = dispute.replacement
            return side == "buyer" and not (sent and sent.delivered_at)
        case _:
            return side == "buyer" and dispute.outcome == "replaced"


def refuse_hearing(asked: AskedOfDispute, person: PersonId) -> Refused | None:
    """Refuses whoever had a part in the case as the one who hears the appeal."""
    dispute = asked.dispute
    refused = refuse_conflict(asked, person)
    if refused:
        return refused
    facts: Facts = {"person": person}
    if dispute.ruling and dispute.ruling.by == person:
        return Refused("author_of_ruling", facts, ("choose_other_person",))
    if dispute.mediator == person:
        return Refused("mediator_of_dispute", facts, ("choose_other_person",))
    return refuse_ranks(asked, person)


def appeal_of(dispute: Dispute) -> Appeal:
    """The appeal a dispute is in. Raises ValueError when there is none, which only a damaged record
    can hold."""
    if dispute.appeal is None:
        raise ValueError(f"{dispute.id} has no appeal")
    return dispute.appeal


def resumed(
    case: Case, dispute: Dispute, terms: Terms, now: Instant, because: str
) -> tuple[CaseEvent, ...]:
    """What goes on when the decision stands: the ruling is carried out, the step that the appeal
    interrupted goes on with its clock started anew, or the dispute ends as it had."""
    order, appeal, effect = case.order, appeal_of(dispute), effect_of(dispute)
    match appeal.back_to:
        case "returning":
            clock = return_clock(order, dispute.return_, terms, now, because)
        case "replacing":
            clock = replacement_clock(order, dispute.replacement, terms, now, because)
        case "settling":
            if not _waits_for_money(order, dispute):
                return settle(order, dispute, terms, now, effect, because)
            term = terms.refunds.settled_within
            clock = start_clock(term, "refund", "platform", now, because)
        case _:
            if appeal.outcome is None:
                return effect_events(order, dispute, terms, now, effect, because)
            closed = DisputeClosed(
                at=now, dispute=dispute.id, outcome=appeal.outcome, because=because
            )
            return (closed,)
    going_on = StepResumed(
        at=now, dispute=dispute.id, phase=appeal.back_to, turn=clock.turn, deadlines=(clock,)
    )
    return (going_on,)


def _waits_for_money(order: Order, dispute: Dispute) -> bool:
    if dispute.withheld:
        return order.frozen
    return is_coming(order, dispute.id) or not has_arrived(order, dispute.id)
