"""Planning a refund: how much can go back, and for which lines."""

from __future__ import annotations

from collections.abc import Mapping

from amends.kernel.decision import Facts, Refused
from amends.kernel.instants import Instant
from amends.kernel.money import Money, allocate
from amends.order.state import FundedBy, Order, Refund

SHIPPING = "shipping"


def claimable(order: Order, lines: Mapping[str, int]) -> int:
    """What was paid for ``lines`` (units by line id) and not yet refunded: the most to ask for.

    Postage counts only when every unit of the order is concerned. Never more than what can still
    be refunded of the order's captured share.
    """
    paid = sum(_left_of_line(order, line, units) for line, units in lines.items())
    if is_whole_order(order, lines):
        paid += order.shipping_paid - order.refunded_of(SHIPPING)
    return min(paid, order.refundable)


def is_whole_order(order: Order, lines: Mapping[str, int]) -> bool:
    """Whether ``lines`` are all units of all lines."""
    return all(lines.get(line.id, 0) == line.quantity for line in order.lines)


def _left_of_line(order: Order, line_id: str, units: int) -> int:
    line = order.line(line_id)
    if line is None:
        raise ValueError(f"order {order.id} has no line {line_id}")
    return max(0, min(line.paid_for(units), line.paid - order.refunded_of(line_id)))


def plan_refund(
    order: Order,
    amount: int,
    now: Instant,
    *,
    lines: Mapping[str, int],
    dispute: str = "",
    funded_by: FundedBy = "seller",
    with_shipping: bool = False,
) -> Refund | None:
    """The refund of ``amount`` minor units, or of what is left when that is less; None for 0.

    The amount is spread over the lines concerned in proportion to what is left of each, by largest
    remainder, so that no line ever gives back more than was paid for it.
    """
    parts = {line: _left_of_line(order, line, units) for line, units in lines.items()}
    if with_shipping:
        parts[SHIPPING] = order.shipping_paid - order.refunded_of(SHIPPING)
    amount = min(amount, order.refundable, sum(parts.values()))
    if amount <= 0:
        return None
    shares = allocate(amount, list(parts.values()))
    return Refund(
        id=f"{order.id}-R{len(order.refunds) + 1}",
        amount=amount,
        lines={line: share for line, share in zip(parts, shares, strict=True) if share},
        recorded_at=now,
        funded_by=funded_by,
        dispute=dispute,
    )


def bounded_amount(order: Order, amount: Money, most: int, *, least: int) -> int | Refused:
    """``amount`` in minor units, when it is in the order's currency and in ``[least, most]``."""
    if amount.currency != order.currency:
        facts: Facts = {"currency": amount.currency, "order": order.currency}
        return Refused("other_currency", facts, ("use_order_currency",), "invalid", "amount")
    if amount.amount < least:
        return Refused(
            "amount_too_small", {"least": order.money(least)}, ("ask_more",), "invalid", "amount"
        )
    if amount.amount > most:
        return Refused(
            "amount_too_large", {"asked": amount, "most": order.money(most)}, ("ask_less",),
            "invalid", "amount",
        )  # fmt: skip
    return amount.amount
