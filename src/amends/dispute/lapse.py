"""What follows when a clock of a dispute has run out, by the step it ran on."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.appeals import appeal_of, resumed
from amends.dispute.case import CaseEvent, evolve
from amends.dispute.clocks import kept_ruling_clocks
from amends.dispute.effects import (
    effect_events,
    effect_of,
    end_replaced,
    refund_without_return,
    settle,
)
from amends.dispute.escalation import escalated
from amends.dispute.events.effects import DisputeClosed, ReturnInspected
from amends.dispute.events.judging import (
    AppealDecided,
    AppealMissed,
    InformationMissed,
    OperatorAlarmed,
    RulingMissed,
)
from amends.dispute.money import worth
from amends.dispute.state import Case, Dispute, Effect
from amends.kernel.deadlines import Deadline
from amends.kernel.instants import Instant
from amends.kernel.people import Side
from amends.order.state import Order
from amends.policy.clocks import start_clock
from amends.policy.terms import Terms


class Lapse(Struct, frozen=True):
    """A clock of a dispute that has run out."""

    case: Case
    dispute: Dispute
    clock: Deadline
    terms: Terms

    @property
    def at(self) -> Instant:
        """The clock's own end: what follows is stamped with it."""
        return self.clock.at

    @property
    def order(self) -> Order:
        """The order the dispute is about."""
        return self.case.order


Events = tuple[CaseEvent, ...]


def lapsed(lapse: Lapse) -> Events:
    """What the end of the clock brings.

    Raises KeyError for a step that has no end of its own, which only a damaged record can hold.
    """
    return _ENDS[lapse.clock.what](lapse)


def _answer(lapse: Lapse) -> Events:
    silent = "seller_silent" if lapse.dispute.phase == "awaiting_seller" else "buyer_silent"
    return _to_mediation(lapse, silent)


def _negotiation(lapse: Lapse) -> Events:
    return _to_mediation(lapse, "negotiation_over")


def _inspection_answer(lapse: Lapse) -> Events:
    return _to_mediation(lapse, "inspection_unanswered")


def _to_mediation(lapse: Lapse, because: str) -> Events:
    return (escalated(lapse.dispute, lapse.terms, lapse.at, because),)


def _information(lapse: Lapse) -> Events:
    """Whoever decides goes on with what there is, in the time that is left."""
    kept = kept_ruling_clocks(lapse.dispute)
    of: Side = "buyer" if lapse.clock.turn == "buyer" else "seller"
    missed = InformationMissed(
        at=lapse.at,
        dispute=lapse.dispute.id,
        phase=lapse.dispute.phase,
        turn=kept[0].turn,
        deadlines=kept,
        of=of,
    )
    return (missed,)


def _ruling(lapse: Lapse) -> Events:
    """A supervisor takes over. Operators are told every day of a claim that the platform could not
    honour in full when nobody rules at all."""
    within = lapse.terms.clocks.supervisor_rules_within
    clocks = [start_clock(within, "supervisor_ruling", "supervisor", lapse.at, "ruling_missed")]
    claimed, cap = _claimed(lapse)
    if claimed > cap:
        clocks.append(_alarm(lapse, "operator_alarm", "ruling_missed"))
    missed = RulingMissed(
        at=lapse.at,
        dispute=lapse.dispute.id,
        phase="mediation",
        turn="supervisor",
        deadlines=tuple(clocks),
    )
    return (missed,)


def _claimed(lapse: Lapse) -> tuple[int, int]:
    """What is claimed (for a replacement: what was paid), and what the platform honours at most."""
    claim = lapse.dispute.claim
    money = claim.amount if claim.remedy != "replacement" else worth(lapse.order, lapse.dispute)
    return money, lapse.terms.platform.honours_up_to.get(lapse.order.currency, 0)


def _supervisor_ruling(lapse: Lapse) -> Events:
    """No case waits for ever: the platform honours the claim, at its own cost, up to the cap."""
    effect = Effect(
        remedy="refund",
        amount=min(_claimed(lapse)),
        return_paid_by="seller",
        source="platform",
        funded_by="platform",
        without_amount="honoured_by_platform",
    )
    return _settle(lapse, effect, "supervisor_ruling_missed")


def _operator_alarm(lapse: Lapse) -> Events:
    others = tuple(d for d in lapse.dispute.deadlines if d.what != "operator_alarm")
    asked = lapse.dispute.information
    alarmed = OperatorAlarmed(
        at=lapse.at,
        dispute=lapse.dispute.id,
        phase="mediation",
        turn=asked.of if asked else "supervisor",
        deadlines=(*others, _alarm(lapse, "operator_alarm", "operator_alarmed")),
        because="claim_above_cap",
    )
    return (alarmed,)


def _refund(lapse: Lapse) -> Events:
    """Money that is still under way, or that is frozen, is finance's task from here."""
    alarmed = OperatorAlarmed(
        at=lapse.at,
        dispute=lapse.dispute.id,
        phase="settling",
        turn="platform",
        deadlines=(_alarm(lapse, "refund", "operator_alarmed"),),
        because=_held_by(lapse.order) if lapse.dispute.withheld else "refund_overdue",
    )
    return (alarmed,)


def _held_by(order: Order) -> str:
    return "chargeback_open" if order.chargeback_open else "difference_open"


def _alarm(lapse: Lapse, what: str, anchor: str) -> Deadline:
    """The next alarm. It is itself a reminder and has none."""
    every = lapse.terms.refunds.finance_alarm_every
    return replace(start_clock(every, what, "platform", lapse.at, anchor), reminders=())


def _appeal(lapse: Lapse) -> Events:
    """The ruling binds."""
    return effect_events(
        lapse.order,
        lapse.dispute,
        lapse.terms,
        lapse.at,
        effect_of(lapse.dispute),
        "appeal_window_over",
    )


def _appeal_decision(lapse: Lapse) -> Events:
    within = lapse.terms.appeals.supervisor_decides_within
    clock = start_clock(
        within, "supervisor_appeal_decision", "supervisor", lapse.at, "appeal_missed"
    )
    missed = AppealMissed(
        at=lapse.at,
        dispute=lapse.dispute.id,
        phase="appeal",
        turn="supervisor",
        deadlines=(clock,),
    )
    return (missed,)


def _supervisor_appeal_decision(lapse: Lapse) -> Events:
    """Nobody decided: what was ruled or was under way stands."""
    decided = AppealDecided(
        at=lapse.at,
        dispute=lapse.dispute.id,
        appeal=replace(appeal_of(lapse.dispute), decided="stands"),
    )
    case = evolve(lapse.case, decided)
    dispute = case.disputes[lapse.dispute.id]
    return (decided, *resumed(case, dispute, lapse.terms, lapse.at, "appeal_not_decided"))


def _return_address(lapse: Lapse) -> Events:
    effect = refund_without_return(lapse.dispute, effect_of(lapse.dispute))
    return _settle(lapse, effect, "return_address_missing")


def _return_shipment(lapse: Lapse) -> Events:
    closed = DisputeClosed(
        at=lapse.at, dispute=lapse.dispute.id, outcome="abandoned", because="return_not_shipped"
    )
    return (closed,)


def _return_arrival(lapse: Lapse) -> Events:
    """Lost on the way: who pays the return bears it, as the pack says."""
    effect, returns = effect_of(lapse.dispute), lapse.terms.returns
    seller_pays = effect.return_paid_by == "seller"
    then = returns.lost_when_seller_pays if seller_pays else returns.lost_when_buyer_pays
    if then == "mediation":
        return _to_mediation(lapse, "return_lost")
    return _settle(lapse, refund_without_return(lapse.dispute, effect), "return_lost")


def _inspection(lapse: Lapse) -> Events:
    """What the seller did not look at counts as sent."""
    dispute = lapse.dispute
    inspected = ReturnInspected(
        at=lapse.at,
        dispute=dispute.id,
        phase="returning",
        turn="seller",
        deadlines=dispute.deadlines,
        condition="as_sent",
        taken_as_sent=True,
    )
    return (inspected, *_settle(lapse, effect_of(dispute), "inspection_missed"))


def _replacement_shipment(lapse: Lapse) -> Events:
    return _refund_instead(lapse, "replacement_not_shipped")


def _replacement_arrival(lapse: Lapse) -> Events:
    """The carrier's word counts when the buyer gives none; without it the money goes back."""
    sent = lapse.dispute.replacement
    if sent and sent.delivered_at:
        return end_replaced(
            lapse.order, lapse.dispute, lapse.terms, lapse.at, "replacement_delivered"
        )
    return _refund_instead(lapse, "replacement_lost")


def _refund_instead(lapse: Lapse, because: str) -> Events:
    """All that was paid for the units, money that went with the replacement included."""
    agreed = effect_of(lapse.dispute)
    effect = Effect(
        remedy="refund",
        amount=worth(lapse.order, lapse.dispute),
        return_paid_by=agreed.return_paid_by,
        source="fallback",
        funded_by=agreed.funded_by,
    )
    return _settle(lapse, effect, because)


def _settle(lapse: Lapse, effect: Effect, because: str) -> Events:
    return settle(lapse.order, lapse.dispute, lapse.terms, lapse.at, effect, because)


_ENDS: dict[str, Callable[[Lapse], Events]] = {
    "answer": _answer,
    "negotiation": _negotiation,
    "information": _information,
    "ruling": _ruling,
    "supervisor_ruling": _supervisor_ruling,
    "operator_alarm": _operator_alarm,
    "appeal": _appeal,
    "appeal_decision": _appeal_decision,
    "supervisor_appeal_decision": _supervisor_appeal_decision,
    "return_address": _return_address,
    "return_shipment": _return_shipment,
    "return_arrival": _return_arrival,
    "inspection": _inspection,
    "inspection_answer": _inspection_answer,
    "replacement_shipment": _replacement_shipment,
    "replacement_arrival": _replacement_arrival,
    "refund": _refund,
}
