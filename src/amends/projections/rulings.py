"""What was ruled: a row for each ruling, by which like cases are found and overturned ones counted.

Only what is coded stands in a row. The prose stays among the sealed contents, where erasing its
writer erases it; a job reads it there and indexes its words.
"""

from __future__ import annotations

from amends.dispute.case import CaseEvent
from amends.dispute.claims import category_of
from amends.dispute.events.judging import AppealDecided, AppealFiled, AppealMissed, RulingIssued
from amends.dispute.money import worth
from amends.dispute.state import Case, Dispute, Ruling
from amends.kernel.instants import to_micros
from amends.kernel.record import Column, Job, Recorded, Row
from amends.order.state import Order
from amends.projections.jobs import job_id

WHOLE = 10_000
"""A share of all that was in dispute, in basis points."""

INDEX_RULING = "index_ruling"
"""The kind of job that lets a ruling be found by the words of its case."""


def ruling_rows(before: Case | None, recorded: Recorded[CaseEvent], after: Case) -> tuple[Row, ...]:
    """The row an event changes: when a ruling is issued, appealed, and when the appeal ends."""
    event = recorded.event
    if before is None or not isinstance(
        event, RulingIssued | AppealFiled | AppealMissed | AppealDecided
    ):
        return ()
    dispute = after.disputes[event.dispute]
    if dispute.ruling is None:
        return ()  # an appeal because money or goods agreed on did not come
    first = before.disputes[event.dispute].ruling or dispute.ruling
    return (_row(after.order, dispute, dispute.ruling, first),)


def ruling_jobs(recorded: Recorded[CaseEvent]) -> tuple[Job, ...]:
    """Index what was ruled, and what an appeal made of it."""
    event = recorded.event
    if not isinstance(event, RulingIssued | AppealDecided) or event.ruling is None:
        return ()
    name = job_id(recorded, INDEX_RULING)
    return (Job(name, INDEX_RULING, recorded.at, {"dispute": event.dispute}),)


def _row(order: Order, dispute: Dispute, ruling: Ruling, first: Ruling) -> Row:
    claimed = dispute.claim.amount or worth(order, dispute)
    values: dict[str, Column] = {
        "reason": dispute.claim.reason,
        "category": category_of(order, dispute.claim.lines),
        "finding": ruling.finding,
        "remedy": ruling.remedy,
        "reasons": " ".join(ruling.reasons),
        "clauses": " ".join(ruling.clauses),
        "currency": order.currency,
        "claimed": claimed,
        "awarded": ruling.amount,
        "share": ruling.amount * WHOLE // claimed if claimed else 0,
        "author": first.by,
        "appeal": _appeal(dispute),
        "at": to_micros(first.at),
    }
    return Row("rulings", {"dispute_id": dispute.id}, values)


def _appeal(dispute: Dispute) -> str:
    """What became of an appeal against the ruling itself; "" when there was none."""
    appeal = dispute.appeal
    if appeal is None or appeal.back_to != "ruled":
        return ""
    return appeal.decided or "open"
