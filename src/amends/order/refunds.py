"""Planning a refund: how much can go back, and for which lines."""

from __future__ import annotations

from collections.abc import Mapping

from amends.kernel.decision import Facts, Refused
from amends.kernel.instants import Instant
from amends.kernel.money import Money, allocate
from amends.order.state import FundedBy, Order, Refund

SHIPPING = "shipping"


def awardable(order: Order, lines: Mapping[str, int], *, beside: str = "") -> int:
    """The most to be claimed, agreed on or ruled for ``lines`` (units by line id): what was paid
    for them and has not gone back, ``beside`` one dispute's refunds.

    Postage counts only when every unit of the order is concerned. Never more than is left of the
    order's captured share. A chargeback its bank has yet to decide does not lessen it: what is
    agreed or ruled meanwhile is withheld until the bank has decided.
    """
    undecided = sum(c.amount for c in order.chargebacks.values() if not c.outcome)
    refunded = sum(
        refund.amount
        for refund in order.refunds.values()
        if refund.counts and not (beside and refund.dispute == beside)
    )
    gone = refunded + order.taken_by_bank - undecided
    return max(0, min(_left_of(order, lines, beside), order.captured - gone))


def refuse_without_money(order: Order, lines: Mapping[str, int]) -> Refused:
    """Why no money can go back for ``lines`` (units by line id): none was paid for them, or it has
    gone back already."""
    paid = sum(line.paid_for(lines.get(line.id, 0)) for line in order.lines)
    if is_whole_order(order, lines):
        paid += order.shipping_paid
    if not min(paid, order.captured):
        return Refused("nothing_paid_here", {}, ("write_to_seller", "contact_support"))
    return Refused("nothing_left_to_refund", {}, ("see_refund",))


def _left_of(order: Order, lines: Mapping[str, int], beside: str = "") -> int:
    left = sum(left_of_line(order, line, units, beside=beside) for line, units in lines.items())
    if is_whole_order(order, lines):
        left += order.shipping_paid - order.refunded_of(SHIPPING, beside=beside)
    return left


def is_whole_order(order: Order, lines: Mapping[str, int]) -> bool:
    """Whether ``lines`` are all units of all lines."""
    return all(lines.get(line.id, 0) == line.quantity for line in order.lines)


def left_of_line(order: Order, line_id: str, units: int, *, beside: str = "") -> int:
    """What was paid for ``units`` of a line and not yet refunded, ``beside`` one dispute's refunds.

    Raises ValueError when the order has no such line.
    """
    line = order.line(line_id)
    if line is None:
        raise ValueError(f"order {order.id} has no line {line_id}")
    return max(0, min(line.paid_for(units), line.paid - order.refunded_of(line_id, beside=beside)))


def plan_refund(
    order: Order,
    amount: int,
    now: Instant,
    *,
    lines: Mapping[str, int],
    dispute: str = "",
    funded_by: FundedBy = "seller",
    with_shipping: bool = False,
    by_line: Mapping[str, int] | None = None,
) -> Refund | None:
    """The refund of ``amount`` minor units, or of what is left when that is less; None for 0.

    The amount is spread over the lines concerned in proportion to what is left of each, by largest
    remainder, so that no line ever gives back more than was paid for it. Where a ruling set an
    amount for each line, ``by_line`` holds them (postage under ``shipping``) and bounds each share.
    """
    parts = {line: left_of_line(order, line, units) for line, units in lines.items()}
    if with_shipping:
        parts[SHIPPING] = order.shipping_paid - order.refunded_of(SHIPPING)
    if by_line:
        parts = {line: min(left, by_line.get(line, 0)) for line, left in parts.items()}
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


def bounded_amount(
    order: Order, amount: Money, most: int, *, least: int, field: str = "amount"
) -> int | Refused:
    """``amount`` in minor units, when it is in the order's currency and in ``[least, most]``."""
    if amount.currency != order.currency:
        facts: Facts = {"currency": amount.currency, "order": order.currency}
        return Refused("other_currency", facts, ("use_order_currency",), "invalid", field)
    if amount.amount < least:
        return Refused(
            "amount_too_small", {"least": order.money(least)}, ("ask_more",), "invalid", field
        )
    if amount.amount > most:
        return Refused(
            "amount_too_large", {"asked": amount, "most": order.money(most)}, ("ask_less",),
            "invalid", field,
        )  # fmt: skip
    return amount.amount
