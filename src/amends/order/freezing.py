"""What keeps every unit of an order's money where it is."""

from __future__ import annotations

from amends.kernel.decision import Facts, Refused
from amends.order.retries import covered
from amends.order.state import Order, Refund


def refuse_frozen(order: Order) -> Refused | None:
    """Refuses to move money while a bank decides about the payment, or while our books and the
    payment provider's differ about it."""
    if order.chargeback_open:
        undecided = tuple(c.id for c in order.chargebacks.values() if not c.outcome)
        return Refused("chargeback_open", {"chargebacks": undecided}, ("wait_for_bank",))
    if order.open_differences:
        facts: Facts = {"differences": order.open_differences}
        return Refused("difference_open", facts, ("wait_for_finance",))
    return None


def refuse_sending(order: Order, refund: Refund) -> Refused | None:
    """Refuses to send a refund that is under way: the money is frozen, or a bank has given it to
    the buyer since the refund was recorded."""
    refused = refuse_frozen(order)
    if refused or covered(order, refund):
        return refused
    facts: Facts = {"refund": refund.id, "taken": order.money(order.taken_by_bank)}
    return Refused("taken_by_bank", facts, ("see_refunds",))
