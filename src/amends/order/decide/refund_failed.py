"""The payment provider did not book a refund, or took it back after it had."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Name
from amends.order.asked import Asked, OrderOutcome
from amends.order.events.money import RefundFailed
from amends.order.retries import (
    NOT_CONNECTED,
    alarm_clock,
    find_refund,
    refuse_without_refunds,
)
from amends.policy.clocks import start_clock

BY = frozenset({Role.PROVIDER, Role.CLOCK})


class ReportRefundFailed(Struct, frozen=True, forbid_unknown_fields=True, tag="refund_failed"):
    """``refund``: our id of it. ``reason``: the provider's code."""

    refund: Name
    reason: Name


def may(asked: Asked) -> Refused | None:
    """When there is a refund at all."""
    return refuse_without_refunds(asked.order)


def decide(asked: Asked, command: ReportRefundFailed) -> OrderOutcome:
    """It is tried again as often as the pack says; then it is finance's task, told every day. Where
    the way it was paid is dead, the buyer is asked for another, if the pack has any. Where the
    provider is not connected, trying again may not help: it is finance's task meanwhile as well.

    Where finance has traced it already, a person looks at the contradiction before money moves.
    """
    refund = find_refund(asked.order, command.refund)
    if isinstance(refund, Refused):
        return refund
    if refund.state in ("failed", "reversed") or refund.traced == "paid_another_way":
        return Accepted(())
    terms = asked.terms.refunds
    others = terms.other_routes
    if others.chosen_within and others.is_dead(command.reason) and not refund.traced:
        retry = start_clock(
            others.chosen_within, "refund_route", "buyer", asked.now, "refund_failed",
            subject=refund.id,
        )  # fmt: skip
    elif refund.attempt <= terms.retries and not refund.traced:
        retry = start_clock(
            terms.retried_after, "refund_retry", "platform", asked.now,
            NOT_CONNECTED if command.reason == NOT_CONNECTED else "refund_failed",
            subject=refund.id,
        )  # fmt: skip
    else:
        retry = alarm_clock(asked.terms, "finance", refund.id, asked.now, "refund_failed")
    failed = RefundFailed(at=asked.now, refund=refund.id, reason=command.reason, retry=retry)
    return Accepted((failed,))
