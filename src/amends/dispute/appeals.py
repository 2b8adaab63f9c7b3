"""Appeals: on which grounds, before whom, and what goes on when the decision stands."""

from __future__ import annotations

from amends.dispute.asked import AskedOfDispute
from amends.dispute.case import CaseEvent
from amends.dispute.conflicts import refuse_conflict, refuse_ranks
from amends.dispute.effects import effect_events, effect_of, settle
from amends.dispute.events.effects import DisputeClosed, StepResumed
from amends.dispute.events.judging import appeal_key
from amends.dispute.money import has_arrived, is_coming, refunds_of
from amends.dispute.parcels import way_back
from amends.dispute.state import Appeal, Case, Dispute, Phase
from amends.dispute.steps import replacement_clock, return_clock
from amends.kernel.decision import Facts, Refused
from amends.kernel.instants import Instant
from amends.kernel.people import PersonId
from amends.order.state import Order, Refund
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
    early = _refuse_money(asked) if grounds == "money_did_not_come" else _refuse_breach(asked)
    if early:
        return early
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


def _refuse_money(asked: AskedOfDispute) -> Refused | None:
    """Refuses to hear of money that still has time to come, or that nobody owes the asker."""
    missing = [
        at
        for refund in refunds_of(asked.order, asked.dispute.id)
        if asked.side == "buyer" and (at := missing_from(refund, asked.terms))
    ]
    if not missing:
        return _refuse_nothing_late(asked)
    if asked.now >= min(missing):
        return None
    facts: Facts = {"phase": asked.dispute.phase, "until": min(missing)}
    return Refused("money_not_late", facts, ("wait_for_refund",), field="grounds")


def missing_from(refund: Refund, terms: Terms) -> Instant | None:
    """From when a refund that has not come is late: at once when it failed before or was taken
    back; else once the provider, and then the buyer's bank, had their time. None: it never is,
    for finance found that it came, or because no bank says until when."""
    if refund.state == "settled":
        return None if refund.traced == "arrived" else refund.arrives_until
    if refund.retry_of or not refund.under_way:
        return refund.recorded_at
    return refund.recorded_at + terms.refunds.settled_within.span


def _refuse_breach(asked: AskedOfDispute) -> Refused | None:
    """Refuses to hear that a step was not done while its clock runs: the clock's end settles that
    by itself, so that only what no clock sees is left to hear."""
    dispute = asked.dispute
    if asked.side == "buyer" and _is_of_no_use(asked.order, dispute):
        return None
    if dispute.phase not in ("returning", "replacing"):
        return _refuse_nothing_late(asked)
    (running,) = dispute.deadlines
    facts: Facts = {"phase": dispute.phase, "step": running.what, "until": running.at}
    return Refused("step_not_late", facts, ("wait",), field="grounds")


def _is_of_no_use(order: Order, dispute: Dispute) -> bool:
    """Whether the seller's step is done and the buyer may know that it is of no use: an address
    nobody is at, a parcel turned away there, a replacement that is not what was owed. Of that one
    the buyer can still tell after the case was closed with it."""
    match dispute.phase:
        case "returning":
            back = next((p for p in order.parcels if p.id == way_back(dispute).parcel), None)
            turned_away = back is not None and back.status == "returned_to_sender"
            return turned_away or dispute.step == "return_shipment"
        case "replacing":
            sent = dispute.replacement
            return sent is not None and sent.delivered_at is not None
        case _:
            return dispute.outcome == "replaced"


def _refuse_nothing_late(asked: AskedOfDispute) -> Refused | None:
    if asked.dispute.phase == "closed" and not _something_comes(asked):
        return asked.refuse_phase("ruled")
    facts: Facts = {"phase": asked.dispute.phase}
    return Refused("nothing_is_late", facts, ("wait", "see_refund"), field="grounds")


def _something_comes(asked: AskedOfDispute) -> bool:
    """Whether a closed dispute ended in money or goods for the asking side."""
    dispute = asked.dispute
    ends = dispute.outcome == "replaced" or bool(refunds_of(asked.order, dispute.id))
    return asked.side == "buyer" and ends


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
