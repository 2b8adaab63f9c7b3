"""What finance found out about a refund that did not come, or could not be sent."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Name, Prose
from amends.order.asked import Asked, OrderOutcome, refuse_blank
from amends.order.events.base import OrderEvent
from amends.order.events.money import TraceRecorded
from amends.order.freezing import refuse_frozen
from amends.order.retries import (
    alarm_clock,
    find_refund,
    fits,
    plan_retry,
    record_refund,
    refuse_without_refunds,
)
from amends.order.state import Order, Refund, RefundState

BY = frozenset({Role.FINANCE})


class RecordTrace(Struct, frozen=True, forbid_unknown_fields=True, tag="record_trace"):
    """``outcome``: the money arrived, did not arrive, was paid another way, or is to be sent again
    (``retry``). ``note``: how that is known."""

    refund: Name
    outcome: Literal["arrived", "not_arrived", "paid_another_way", "retry"]
    note: Prose


def may(asked: Asked) -> Refused | None:
    """When a refund was reported missing, failed, or is unclear."""
    refused = refuse_without_refunds(asked.order)
    if refused:
        return refused
    refusals = [_nothing_to_trace(asked.order, r) for r in asked.order.refunds.values()]
    return None if None in refusals else refusals[-1]


def decide(asked: Asked, command: RecordTrace) -> OrderOutcome:
    """Finance is asked again and again until the finding ends the matter."""
    order, now = asked.order, asked.now
    refund = find_refund(order, command.refund)
    if isinstance(refund, Refused):
        return refund
    refused = _nothing_to_trace(order, refund) or refuse_blank(command.note, "note", "say_why")
    if refused:
        return refused
    refused = _not_now(order, refund, command.outcome)
    if refused:
        return refused
    again = None
    if command.outcome == "not_arrived" and not order.retried(refund.id):
        again = alarm_clock(asked.terms, "trace", refund.id, now, "not_arrived")
    ref, contents = asked.text("note", command.note)
    traced = TraceRecorded(
        at=now,
        refund=refund.id,
        by=asked.by.person,
        outcome=command.outcome,
        ref=ref,
        state=_state_after(order, refund, command.outcome),
        again=again,
    )
    events: list[OrderEvent] = [traced]
    if command.outcome == "retry":
        another = plan_retry(traced.on(order), refund, now)
        if another is None:
            return Refused("nothing_left_to_refund", {"refund": refund.id}, ("see_refunds",))
        events.append(record_refund(order, another, asked.terms))
    return Accepted(tuple(events), contents)


def _nothing_to_trace(order: Order, refund: Refund) -> Refused | None:
    facts: Facts = {"refund": refund.id, "state": refund.state}
    if refund.under_way and refund.state != "unknown":
        return Refused("refund_under_way", facts, ("wait_for_refund",))
    if refund.state == "settled":
        asked_for = any(d.subject == refund.id for d in order.deadlines)
        return None if asked_for else Refused("not_reported_missing", facts, ("see_refunds",))
    return None


def _not_now(order: Order, refund: Refund, outcome: str) -> Refused | None:
    """Refuses findings by which the same money could go out twice, or would not go out at all."""
    facts: Facts = {"refund": refund.id, "state": refund.state, "outcome": outcome}
    clocks = (d for d in order.deadlines if d.what == "refund_retry" and d.subject == refund.id)
    coming = next(clocks, None)
    if outcome == "not_arrived" and coming:
        return Refused(
            "retry_coming", {**facts, "at": coming.at}, ("wait_for_refund",), field="outcome"
        )
    if outcome not in ("paid_another_way", "retry"):
        return None
    if refund.state == "unknown":
        return Refused("refund_unclear", facts, ("record_not_arrived_first",), field="outcome")
    if order.retried(refund.id):
        return Refused("already_retried", facts, ("see_refunds",), field="outcome")
    if refund.traced in ("arrived", "paid_another_way"):
        traced: Facts = {**facts, "traced": refund.traced}
        return Refused("already_traced", traced, ("see_refunds",), field="outcome")
    frozen = refuse_frozen(order) if outcome == "retry" else None
    return replace(frozen, field="outcome") if frozen else None


def _state_after(order: Order, refund: Refund, outcome: str) -> RefundState | None:
    """What the refund is by this finding; None: what it was."""
    if refund.state == "settled":
        return "reversed" if outcome == "retry" else None
    if refund.state == "unknown":
        return "settled" if outcome == "arrived" else "failed"
    found = outcome in ("arrived", "paid_another_way")
    if found and not order.retried(refund.id) and fits(order, refund):
        return "settled"
    return None
