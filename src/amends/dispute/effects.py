"""Carrying out what was agreed or ruled: a return, a replacement, or money."""

from __future__ import annotations

from msgspec.structs import replace

from amends.dispute.asked import AskedOfDispute
from amends.dispute.case import CaseEvent
from amends.dispute.events.effects import DisputeClosed, EffectStarted
from amends.dispute.money import is_coming, paid_outcome, plan_rest, sent_for
from amends.dispute.state import Dispute, Effect
from amends.dispute.steps import replacement_clock, return_clock
from amends.kernel.instants import Instant
from amends.order.events.money import RefundRecorded
from amends.order.state import Order
from amends.policy.clocks import start_clock
from amends.policy.terms import Terms


def carry_out(asked: AskedOfDispute, effect: Effect, because: str) -> tuple[CaseEvent, ...]:
    """What follows from ``effect`` now that it is final; ``because`` names the step or rule."""
    return effect_events(asked.order, asked.dispute, asked.terms, asked.now, effect, because)


def effect_events(
    order: Order, dispute: Dispute, terms: Terms, now: Instant, effect: Effect, because: str
) -> tuple[CaseEvent, ...]:
    """The same, for callers that expire a deadline at its own instant ``now``."""
    match effect.remedy:
        case "return_and_refund":
            step = return_clock(order, dispute.return_, terms, now, because)
            return (
                EffectStarted(
                    at=now, dispute=dispute.id, phase="returning", turn=step.turn,
                    deadlines=(step,), effect=effect,
                ),
            )  # fmt: skip
        case "replacement":
            ship = replacement_clock(order, None, terms, now, because)
            started = EffectStarted(
                at=now, dispute=dispute.id, phase="replacing", turn=ship.turn,
                deadlines=(ship,), effect=effect,
            )  # fmt: skip
            # Money that is frozen is sent when the replacement has come.
            part = None if order.frozen else plan_rest(order, dispute, effect, now)
            return (started, RefundRecorded(at=now, refund=part)) if part else (started,)
        case _:
            return settle(order, dispute, terms, now, effect, because)


def settle(
    order: Order, dispute: Dispute, terms: Terms, now: Instant, effect: Effect, because: str
) -> tuple[CaseEvent, ...]:
    """Send the money: record the refund, wait for one under way or until it thaws, or close.

    What was sent for the dispute before is part of the effect's amount, so only the rest is sent,
    and never more than can still be refunded. When nothing can, because a bank has given the buyer
    the money already, the dispute ends as if it had been paid.
    """
    sent = sent_for(order, dispute.id)
    coming = is_coming(order, dispute.id)
    owed = effect.amount > sent
    if not owed and not coming:
        outcome = paid_outcome(effect) if sent else effect.without_amount
        return (DisputeClosed(at=now, dispute=dispute.id, outcome=outcome, because=because),)
    withheld = owed and order.frozen
    under_way = start_clock(terms.refunds.settled_within, "refund", "platform", now, because)
    started = EffectStarted(
        at=now, dispute=dispute.id, phase="settling", turn="platform", deadlines=(under_way,),
        effect=effect, withheld=withheld,
    )  # fmt: skip
    if withheld:
        return (started,)
    refund = plan_rest(order, dispute, effect, now)
    if refund:
        return (started, RefundRecorded(at=now, refund=refund))
    if coming:
        return (started,)
    ended = DisputeClosed(
        at=now, dispute=dispute.id, outcome=paid_outcome(effect), because="nothing_left_to_refund"
    )
    return (started, ended)


def refund_without_return(dispute: Dispute, effect: Effect) -> Effect:
    """The same money with the goods kept: for a return that cannot go on by the seller's doing."""
    return Effect(
        remedy="refund",
        amount=effect.amount,
        return_paid_by=effect.return_paid_by,
        source="fallback",
        funded_by=effect.funded_by,
        without_amount=dispute.outcome or "settled_without_refund",
        by_line=effect.by_line,
    )


def effect_of(dispute: Dispute) -> Effect:
    """What a dispute was agreed or ruled to bring. Raises ValueError when that is nothing yet,
    which only a damaged record can hold of one whose effect is under way."""
    if dispute.effect is None:
        raise ValueError(f"{dispute.id} has no effect under way")
    return dispute.effect


def end_replaced(
    order: Order, dispute: Dispute, terms: Terms, now: Instant, because: str
) -> tuple[CaseEvent, ...]:
    """The end of a dispute whose replacement has come, once the money agreed on beside it, if
    any, has gone."""
    effect = replace(effect_of(dispute), without_amount="replaced")
    return settle(order, dispute, terms, now, effect, because)
