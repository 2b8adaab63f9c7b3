"""The money of one dispute: what has gone back for it, what is on its way, what is still owed."""

from __future__ import annotations

from msgspec.structs import replace

from amends.dispute.state import Dispute, Effect, Outcome
from amends.kernel.instants import Instant
from amends.order.refunds import SHIPPING, awardable, left_of_line, plan_refund
from amends.order.state import Order, Refund


def refunds_of(order: Order, dispute_id: str) -> tuple[Refund, ...]:
    """The refunds made for a dispute, those left out in whose place another was recorded."""
    return tuple(
        refund
        for refund in order.refunds.values()
        if refund.dispute == dispute_id and not order.retried(refund.id)
    )


def _is_tried_again(order: Order, refund: Refund) -> bool:
    return any(d.what == "refund_retry" and d.subject == refund.id for d in order.deadlines)


def _sent(order: Order, dispute_id: str) -> tuple[Refund, ...]:
    return tuple(
        refund
        for refund in refunds_of(order, dispute_id)
        if refund.counts or _is_tried_again(order, refund)
    )


def sent_for(order: Order, dispute_id: str) -> int:
    """What has been refunded for a dispute, or is being: a failed refund that will be tried again
    counts, so that nobody sends the same money beside it."""
    return sum(refund.amount for refund in _sent(order, dispute_id))


def is_coming(order: Order, dispute_id: str) -> bool:
    """Whether money for a dispute is on its way without anybody doing anything."""
    return any(
        refund.under_way or _is_tried_again(order, refund)
        for refund in refunds_of(order, dispute_id)
    )


def has_arrived(order: Order, dispute_id: str) -> bool:
    """Whether the provider has booked every refund made for a dispute, or a person has found that
    the buyer has the money although it cannot be counted here: a bank had taken it."""
    return all(
        refund.state == "settled"
        or (refund.state == "failed" and refund.traced in ("arrived", "paid_another_way"))
        for refund in refunds_of(order, dispute_id)
    )


def worth(order: Order, dispute: Dispute) -> int:
    """What was paid for the units a dispute is about, as far as it can go back for it, what has
    gone back for it already included."""
    return awardable(order, dispute.claim.lines, beside=dispute.id)


def line_worth(order: Order, dispute: Dispute, line_id: str) -> int:
    """The same for one line of the claim. Raises ValueError when the order has no such line."""
    units = dispute.claim.lines[line_id]
    return left_of_line(order, line_id, units, beside=dispute.id)


def postage_worth(order: Order, dispute: Dispute) -> int:
    """The same for the postage, which only a claim for the whole order can get back."""
    if not dispute.claim.whole_order:
        return 0
    return order.shipping_paid - order.refunded_of(SHIPPING, beside=dispute.id)


def paid_outcome(effect: Effect) -> Outcome:
    """How a dispute ends whose money has gone."""
    if effect.source == "platform":
        return "honoured_by_platform"
    return "replaced" if effect.remedy == "replacement" else "refunded"


def plan_rest(order: Order, dispute: Dispute, effect: Effect, now: Instant) -> Refund | None:
    """The refund of what ``effect`` owes beyond what was sent; None when that is nothing.

    Never more than can still be refunded. It takes the place of the dispute's refund that failed
    for good, if there is one, so that nobody sends that again beside it.
    """
    sent = _sent(order, dispute.id)
    by_line = {
        line: max(0, share - sum(refund.lines.get(line, 0) for refund in sent))
        for line, share in effect.by_line.items()
    }
    refund = plan_refund(
        order,
        effect.amount - sum(refund.amount for refund in sent),
        now,
        lines=dispute.claim.lines,
        dispute=dispute.id,
        funded_by=effect.funded_by,
        with_shipping=dispute.claim.whole_order,
        by_line=by_line,
    )
    if refund is None:
        return None
    failed = [r.id for r in refunds_of(order, dispute.id) if r not in sent]
    back = dispute.return_ if dispute.phase == "returning" else None
    return replace(
        refund,
        retry_of=failed[-1] if failed else "",
        counted_from=back.delivered_at if back else None,
    )
