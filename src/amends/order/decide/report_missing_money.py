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
    """``refund``: when left out, the latest that can be reported, of ``dispute`` when that is
    named. ``evidence``: ids of the buyer's uploads, such as a bank statement."""

    refund: Name = ""
    dispute: Name = ""
    evidence: tuple[Id, ...] = ()


def may(asked: Asked) -> Refused | None:
    """From the day on which the money should have shown at the bank."""
    refunds = _asked_about(asked)
    return _refused(asked, _meant(asked, refunds)) if refunds else _refuse_none(asked)


def decide(asked: Asked, command: ReportMissingMoney) -> OrderOutcome:
    """Finance traces it, on a clock."""
    order, now = asked.order, asked.now
    refund = _meant(asked, _asked_about(asked))
    refused = refuse_evidence(order, asked.by, command.evidence)
    if refused:
        return refused
    reported = MissingMoneyReported(
        at=now,
        refund=refund.id,
        evidence=command.evidence,
        trace=alarm_clock(asked.terms, "trace", refund.id, now, "missing_money_reported"),
    )
    return Accepted((reported,))


def _asked_about(asked: Asked) -> tuple[Refund, ...]:
    refunds = asked.order.refunds.values()
    return tuple(
        r for r in refunds if asked.refund in ("", r.id) and asked.dispute in ("", r.dispute)
    )


def _refuse_none(asked: Asked) -> Refused:
    """Why there is no refund to speak of."""
    none = refuse_without_refunds(asked.order)
    if none:
        return none
    if not asked.refund:
        return Refused("no_refund_of_dispute", {"dispute": asked.dispute}, ("see_dispute",))
    named = find_refund(asked.order, asked.refund)
    if isinstance(named, Refused):
        return named
    facts: Facts = {"refund": named.id, "dispute": asked.dispute}
    return Refused("refund_not_of_dispute", facts, ("see_refunds",), "invalid", "refund")


def _meant(asked: Asked, refunds: tuple[Refund, ...]) -> Refund:
    """The latest that can be reported; where none can, the latest that was booked, of which it is
    then told why not."""
    possible = [refund for refund in refunds if _refused(asked, refund) is None]
    settled = [refund for refund in refunds if refund.state == "settled"]
    return (possible or settled or refunds)[-1]


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
