"""Help after the window, at the platform's own cost."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.budgets import MonthlyBudget
from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.money import Money
from amends.kernel.people import Role
from amends.kernel.texts import Prose
from amends.order.asked import Asked, OrderOutcome, refuse_blank, refuse_cancelled, refuse_party
from amends.order.events.base import OrderEvent
from amends.order.events.money import GoodwillCaseOpened
from amends.order.freezing import refuse_frozen
from amends.order.protection import protection
from amends.order.refunds import bounded_amount, plan_refund
from amends.order.retries import record_refund
from amends.order.state import Order

BY = frozenset({Role.SUPPORT, Role.SUPERVISOR})


class OpenGoodwillCase(Struct, frozen=True, forbid_unknown_fields=True, tag="open_goodwill_case"):
    """``reason``: why the platform helps. ``budget``: what it gives, up to what was paid."""

    reason: Prose
    budget: Money


def may(asked: Asked) -> Refused | None:
    """When no dispute can be opened any more: before, the buyer has a right, or will have one. And
    for support while something is left of the month's budget."""
    order = asked.order
    own = refuse_party(asked)
    if own:
        return own
    if order.cancelled_at:
        return refuse_cancelled(order)
    if order.open_claims:
        disputes: Facts = {"disputes": tuple(order.open_claims)}
        return Refused("dispute_open", disputes, ("wait_for_end_of_dispute",))
    frozen = refuse_frozen(order)
    if frozen:
        return frozen
    entries = protection(order, asked.terms, asked.now)
    running = tuple(e.line for e in entries if e.state != "over")
    if running and not order.protection_ended_at:
        return Refused("window_still_open", {"lines": running}, ("open_dispute",))
    if not order.captured:
        return Refused("nothing_paid_here", {}, ("see_order",))
    if not order.refundable:
        return Refused("nothing_left_to_refund", {}, ("see_refund",))
    month = asked.stamp.goodwill
    if asked.by.role is Role.SUPPORT and month and not month.left:
        spent = _of_month(order, month)
        return Refused("goodwill_month_spent", spent, ("wait_for_next_month", "raise_goodwill"))
    return None


def decide(asked: Asked, command: OpenGoodwillCase) -> OrderOutcome:
    """A refund to the buyer that the seller does not pay. Support gives up to what the platform
    honours without a ruling, all its cases on the order together, and of what is left of the
    month's budget; a supervisor may go beyond both."""
    order, now = asked.order, asked.now
    refused = refuse_blank(command.reason, "reason", "say_why")
    if refused:
        return refused
    budget = bounded_amount(order, command.budget, order.refundable, least=1, field="budget")
    if isinstance(budget, Refused):
        return budget
    cap = asked.terms.platform.honours_up_to.get(order.currency, 0)
    if asked.by.role is Role.SUPPORT and order.goodwill_given + budget > cap:
        facts: Facts = {
            "budget": order.money(budget),
            "given": order.money(order.goodwill_given),
            "cap": order.money(cap),
        }
        return Refused("goodwill_cap", facts, ("lower_goodwill", "raise_goodwill"), field="budget")
    month = asked.stamp.goodwill
    if asked.by.role is Role.SUPPORT and month and budget > month.left:
        beyond = {"budget": order.money(budget), **_of_month(order, month)}
        steps = ("lower_goodwill", "wait_for_next_month", "raise_goodwill")
        return Refused("goodwill_month", beyond, steps, field="budget")
    reason_ref, contents = asked.text("reason", command.reason)
    opened = GoodwillCaseOpened(
        at=now,
        number=order.goodwill_cases + 1,
        by=asked.by.person,
        reason_ref=reason_ref,
        budget=budget,
    )
    refund = plan_refund(
        order,
        budget,
        now,
        lines={line.id: line.quantity for line in order.lines},
        funded_by="platform",
        with_shipping=True,
    )
    events: tuple[OrderEvent, ...] = (opened,)
    return Accepted(
        (*events, record_refund(order, refund, asked.terms)) if refund else events, contents
    )


def _of_month(order: Order, month: MonthlyBudget) -> Facts:
    return {
        "granted": order.money(month.granted),
        "month_budget": order.money(month.budget),
        "ends": month.ends,
    }
