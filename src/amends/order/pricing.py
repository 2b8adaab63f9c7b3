"""What was paid for each line of an order that is put in: prices, discounts, taxes, postage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from amends.kernel.decision import Facts, Refused
from amends.kernel.money import CURRENCIES, MOST, Money, allocate
from amends.order.purchase import OrderLine
from amends.order.refunds import SHIPPING
from amends.order.state import Line


class Bill(Struct, frozen=True):
    """The money of an order as it is put in. ``discount`` is the whole order's."""

    currency: str
    lines: Sequence[OrderLine]
    captured: Money
    shipping: Money | None = None
    discount: Money | None = None
    tax_included: bool = False


class Priced(Struct, frozen=True):
    """What was paid, in minor units of the one currency."""

    lines: tuple[Line, ...]
    shipping: int
    captured: int


def price(bill: Bill) -> Priced | Refused:
    """What was paid for each line; the order's discount is spread over them by what they cost.

    Refuses a bill that cannot be right, naming the field.
    """
    refused = _currencies(bill) or _line_ids(bill.lines) or _discounts(bill)
    if refused:
        return refused
    net = [_cost(line) - _amount(line.discount) for line in bill.lines]
    shares = allocate(_amount(bill.discount), net)
    lines = tuple(
        _line(line, cost - share, bill)
        for line, cost, share in zip(bill.lines, net, shares, strict=True)
    )
    shipping = _amount(bill.shipping)
    total = sum(line.paid for line in lines) + shipping
    # Refused before the sum is made a Money, which cannot hold it.
    if total > MOST:
        facts: Facts = {"most": Money(MOST, bill.currency)}
        return Refused("amount_too_large", facts, ("check_prices",), "invalid", "lines")
    if bill.captured.amount > total:
        sums: Facts = {"captured": bill.captured, "sum": Money(total, bill.currency)}
        return Refused(
            "captured_more_than_sum", sums, ("check_prices", "name_own_share"), "invalid",
            "payment.captured",
        )  # fmt: skip
    return Priced(lines, shipping, bill.captured.amount)


def _line(line: OrderLine, net: int, bill: Bill) -> Line:
    tax = _amount(line.tax)
    return Line(
        id=line.id,
        quantity=line.quantity,
        unit_price=line.unit_price.amount,
        paid=net if bill.tax_included else net + tax,
        discount=_cost(line) - net,
        tax=tax,
        sku=line.sku,
        weight_grams=line.weight_grams,
        category=line.category,
    )


def _amount(money: Money | None) -> int:
    return money.amount if money else 0


def _cost(line: OrderLine) -> int:
    return line.unit_price.amount * line.quantity


def _amounts(bill: Bill) -> Iterator[tuple[str, Money | None]]:
    """Every amount of the bill with the path of its field."""
    for i, line in enumerate(bill.lines):
        yield f"lines[{i}].unit_price", line.unit_price
        yield f"lines[{i}].discount", line.discount
        yield f"lines[{i}].tax", line.tax
    yield "discount", bill.discount
    yield "shipping.price", bill.shipping
    yield "payment.captured", bill.captured


def _currencies(bill: Bill) -> Refused | None:
    if bill.currency not in CURRENCIES:
        facts: Facts = {"currency": bill.currency}
        return Refused("unknown_currency", facts, ("use_iso_4217",), "invalid", "currency")
    for field, money in _amounts(bill):
        if money is not None and money.currency != bill.currency:
            other: Facts = {"currency": money.currency, "order": bill.currency}
            return Refused("other_currency", other, ("use_order_currency",), "invalid", field)
    return None


def _line_ids(lines: Sequence[OrderLine]) -> Refused | None:
    seen: set[str] = set()
    for i, line in enumerate(lines):
        facts: Facts = {"line": line.id}
        if line.id in seen:
            return Refused(
                "line_named_twice", facts, ("name_line_once",), "invalid", f"lines[{i}].id"
            )
        if line.id == SHIPPING:
            return Refused(
                "line_id_reserved", facts, ("use_other_id",), "invalid", f"lines[{i}].id"
            )
        seen.add(line.id)
    return None


def _discounts(bill: Bill) -> Refused | None:
    rest = 0
    for i, line in enumerate(bill.lines):
        left = _cost(line) - _amount(line.discount)
        if left < 0:
            return _more_than_price(line.discount, f"lines[{i}].discount")
        if bill.tax_included and _amount(line.tax) > left:
            facts: Facts = {"tax": line.tax}
            return Refused(
                "tax_more_than_price", facts, ("check_prices",), "invalid", f"lines[{i}].tax"
            )
        rest += left
    if _amount(bill.discount) > rest:
        return _more_than_price(bill.discount, "discount")
    return None


def _more_than_price(discount: Money | None, field: str) -> Refused:
    facts: Facts = {"discount": discount}
    return Refused("discount_more_than_price", facts, ("check_prices",), "invalid", field)
