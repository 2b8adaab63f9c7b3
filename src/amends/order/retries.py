"""A refund that outlives its first attempt: who watches it, and what takes its place."""

from __future__ import annotations

from msgspec.structs import replace

from amends.kernel.deadlines import Deadline
from amends.kernel.decision import Refused
from amends.kernel.instants import Instant
from amends.kernel.money import allocate
from amends.order.events.money import RefundRecorded
from amends.order.state import Order, Refund
from amends.policy.clocks import start_clock
from amends.policy.terms import Terms

# Why a refund failed, and what its clock runs from: whoever runs the service has to see to it.
NOT_CONNECTED = "provider_not_connected"


def record_refund(order: Order, refund: Refund, terms: Terms) -> RefundRecorded:
    """The event of a refund, with a clock for finance unless an open dispute's watches over it."""
    overdue = None
    if refund.dispute not in order.open_claims:
        overdue = start_clock(
            terms.refunds.settled_within,
            "finance",
            "platform",
            refund.recorded_at,
            "refund_recorded",
            subject=refund.id,
        )
    return RefundRecorded(at=refund.recorded_at, refund=refund, overdue=overdue)


def refuse_without_refunds(order: Order) -> Refused | None:
    """Refuses to speak of refunds where there is none."""
    return None if order.refunds else Refused("no_refund", {}, ("see_order",))


def find_refund(order: Order, refund_id: str) -> Refund | Refused:
    """The refund called ``refund_id``."""
    refund = order.refunds.get(refund_id)
    if refund is None:
        facts = {"refund": refund_id}
        return Refused("unknown_refund", facts, ("see_refunds",), "invalid", "refund")
    return refund


def alarm_clock(terms: Terms, what: str, subject: str, since: Instant, anchor: str) -> Deadline:
    """When finance is told again of a refund or a difference that waits for a person. It is itself
    a reminder and has none."""
    term = terms.refunds.finance_alarm_every
    clock = start_clock(term, what, "platform", since, anchor, subject=subject)
    return replace(clock, reminders=())


def plan_retry(order: Order, old: Refund, now: Instant) -> Refund | None:
    """Another refund in the place of ``old``, which no longer counts; None when nothing is left.

    It gives back the same for the same lines, unless less than that is left by now.
    """
    parts = {key: min(share, _left(order, key)) for key, share in old.lines.items()}
    amount = min(sum(parts.values()), order.refundable)
    if amount <= 0:
        return None
    shares = allocate(amount, list(parts.values()))
    return Refund(
        id=f"{order.id}-R{len(order.refunds) + 1}",
        amount=amount,
        lines={key: share for key, share in zip(parts, shares, strict=True) if share},
        recorded_at=now,
        funded_by=old.funded_by,
        dispute=old.dispute,
        retry_of=old.id,
        attempt=old.attempt + 1,
    )


def fits(order: Order, refund: Refund) -> bool:
    """Whether ``refund``, which does not count now, may count: within the order's cap and each
    line's."""
    return refund.amount <= order.refundable and all(
        share <= _left(order, key) for key, share in refund.lines.items()
    )


def covered(order: Order, refund: Refund) -> bool:
    """Whether the money for a refund under way is still there: a bank may have taken it since the
    refund was recorded. Those recorded before it, and those that may have left, come first."""
    first, ahead = 0, True
    for other in order.refunds.values():
        if other.id == refund.id:
            ahead = False
        elif other.counts and (ahead or other.state != "recorded"):
            first += other.amount
    return refund.amount <= order.captured - order.taken_by_bank - first


def _left(order: Order, key: str) -> int:
    """What can still go back for a whole line, or for the postage."""
    line = order.line(key)
    paid = order.shipping_paid if line is None else line.paid
    return max(0, paid - order.refunded_of(key))
