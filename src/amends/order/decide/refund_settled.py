"""The payment provider booked a refund."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Name
from amends.order.asked import Asked, OrderOutcome
from amends.order.dates import at_the_bank
from amends.order.events.money import FinanceAlarmed, RefundReferenced, RefundSettled
from amends.order.retries import alarm_clock, find_refund, fits, refuse_without_refunds
from amends.order.state import Refund

BY = frozenset({Role.PROVIDER, Role.CLOCK})


class ReportRefundSettled(Struct, frozen=True, forbid_unknown_fields=True, tag="refund_settled"):
    """``refund``: our id of it. ``provider_ref``: the provider's. ``bank_ref``: by what the
    buyer's bank finds it, for cards the ARN; it is often known later, and may be told then."""

    refund: Name
    provider_ref: Name
    bank_ref: Name = ""


def may(asked: Asked) -> Refused | None:
    """When there is a refund at all."""
    return refuse_without_refunds(asked.order)


def decide(asked: Asked, command: ReportRefundSettled) -> OrderOutcome:
    """On its way to the buyer's bank; when it shows there is counted from the instruction.

    A refund that was believed to have failed is recorded as what it is, unless the same money went
    out another way by now: then a person has to look.
    """
    order, now, terms = asked.order, asked.now, asked.terms
    refund = find_refund(order, command.refund)
    if isinstance(refund, Refused):
        return refund
    paid_otherwise = _paid_otherwise(refund)
    if refund.state == "settled" and not paid_otherwise:
        if command.bank_ref in ("", refund.bank_reference):
            return Accepted(())
        named = RefundReferenced(at=now, refund=refund.id, bank_ref=command.bank_ref)
        return Accepted((named,))
    if not refund.under_way and (
        paid_otherwise or order.retried(refund.id) or not fits(order, refund)
    ):
        alarmed = any(d.subject == refund.id and d.what == "finance" for d in order.deadlines)
        if alarmed or refund.traced in ("arrived", "counted"):
            return Accepted(())
        again = alarm_clock(terms, "finance", refund.id, now, "settled_after_all")
        alarm = FinanceAlarmed(at=now, refund=refund.id, because="settled_after_all", again=again)
        return Accepted((alarm,))
    arrives_from, arrives_until = at_the_bank(refund, terms, asked.stamp.calendar)
    settled = RefundSettled(
        at=now,
        refund=refund.id,
        provider_ref=command.provider_ref,
        arrives_from=arrives_from,
        arrives_until=arrives_until,
        bank_ref=command.bank_ref,
    )
    return Accepted((settled,))


def _paid_otherwise(refund: Refund) -> bool:
    """Whether finance paid it another way before the provider ever said it was booked."""
    return refund.traced == "paid_another_way" and refund.arrives_from is None
