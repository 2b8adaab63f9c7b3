"""The working days are over, and nothing has come to the buyer's bank."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Id, Name
from amends.order.asked import Asked, OrderOutcome
from amends.order.events.money import MissingMoneyReported
from amends.order.proof import refuse_evidence
from amends.order.retries import alarm_clock, find_refund, refuse_without_refunds
from amends.order.state import Refund

BY = frozenset({Role.BUYER})


class ReportMissingMoney(
    Struct, frozen=True, forbid_unknown_fields=True, tag="report_missing_money"
):
    """``refund``: the latest that was booked when left out, of ``dispute`` when that is named.
    ``evidence``: ids of the buyer's uploads, such as a bank statement."""

    refund: Name = ""
    dispute: Name = ""
    evidence: tuple[Id, ...] = ()


def may(asked: Asked) -> Refused | None:
    """From the day on which the money should have shown at the bank."""
    refused = refuse_without_refunds(asked.order)
    if refused:
        return refused
    refusals = [_refused(asked, refund) for refund in asked.order.refunds.values()]
    return None if None in refusals else refusals[-1]


def decide(asked: Asked, command: ReportMissingMoney) -> OrderOutcome:
    """Finance traces it, on a clock."""
    order, now = asked.order, asked.now
    refund = _meant(asked, command)
    if isinstance(refund, Refused):
        return refund
    refused = _refused(asked, refund) or refuse_evidence(order, asked.by, command.evidence)
    if refused:
        return refused
    reported = MissingMoneyReported(
        at=now,
        refund=refund.id,
        evidence=command.evidence,
        trace=alarm_clock(asked.terms, "trace", refund.id, now, "missing_money_reported"),
    )
    return Accepted((reported,))


def _meant(asked: Asked, command: ReportMissingMoney) -> Refund | Refused:
    order = asked.order
    if command.refund:
        return find_refund(order, command.refund)
    mine = [r for r in order.refunds.values() if command.dispute in ("", r.dispute)]
    settled = [r for r in mine if r.state == "settled"]
    if not mine:
        facts: Facts = {"dispute": command.dispute}
        return Refused("unknown_refund", facts, ("see_refunds",), "invalid", "dispute")
    return (settled or mine)[-1]


def _refused(asked: Asked, refund: Refund) -> Refused | None:
    facts: Facts = {"refund": refund.id, "state": refund.state}
    if refund.state != "settled":
        return Refused("refund_not_booked", facts, ("wait_for_refund",))
    if refund.missing_since or refund.arrives_until is None:
        traced: Facts = {**facts, "since": refund.missing_since, "traced": refund.traced}
        return Refused("money_already_traced", traced, ("contact_support",))
    if asked.now < refund.arrives_until:
        term = asked.terms.refunds.arrives_until_working_days
        waiting: Facts = {
            **facts,
            "arrives_until": refund.arrives_until,
            "working_days": term.days,
            "source": term.source,
        }
        return Refused(term.rule, waiting, ("wait_for_bank",))
    return None
