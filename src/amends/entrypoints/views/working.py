"""How a refund was reckoned, line by line."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.money import Money
from amends.order.refunds import SHIPPING
from amends.order.state import Line, Order, Refund


class LineWorkingView(Struct, frozen=True):
    """One line's part of a refund; postage is the line ``shipping``.

    ``price`` is of all units; less ``discount`` (the line's own and its share of the order's) and,
    unless ``tax_included``, with ``tax`` it comes to ``paid``. ``before`` is what refunds recorded
    earlier give back of it, ``now`` what this one does.
    """

    line: str
    quantity: int
    price: Money
    discount: Money
    tax: Money
    tax_included: bool
    paid: Money
    before: Money
    now: Money


def working_of(order: Order, refund: Refund) -> tuple[LineWorkingView, ...]:
    """Each line that the refund gives something back of, postage last; what they give ``now`` sums
    to the refund's amount."""
    bought = list(order.lines)
    if order.shipping_paid:
        paid = order.shipping_paid
        bought.append(Line(id=SHIPPING, quantity=1, unit_price=paid, paid=paid))
    return tuple(_working(order, refund, line) for line in bought if line.id in refund.lines)


def _working(order: Order, refund: Refund, line: Line) -> LineWorkingView:
    money = order.money
    price = line.unit_price * line.quantity
    return LineWorkingView(
        line=line.id,
        quantity=line.quantity,
        price=money(price),
        discount=money(line.discount),
        tax=money(line.tax),
        tax_included=line.tax > 0 and line.paid == price - line.discount,
        paid=money(line.paid),
        before=money(_before(order, refund, line.id)),
        now=money(refund.lines[line.id]),
    )


def _before(order: Order, refund: Refund, line: str) -> int:
    recorded = list(order.refunds)
    earlier = recorded[: recorded.index(refund.id)]
    return sum(order.refunds[r].lines.get(line, 0) for r in earlier if order.refunds[r].counts)
