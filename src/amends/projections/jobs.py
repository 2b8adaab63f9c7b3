"""What an event asks of the outside world, once the record is safe."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from amends.dispute.case import CaseEvent
from amends.kernel.instants import to_micros
from amends.kernel.record import Job, Recorded
from amends.order.events.life import OrderAmended, OrderPlaced
from amends.order.events.money import ChargebackRecorded, RefundRecorded
from amends.projections.notices import Notice

MAIL_WAITS = timedelta(minutes=1)
"""How long a mail waits for what follows from the same step, so that one tells all of it."""


def jobs(recorded: Recorded[CaseEvent], told: Sequence[Notice]) -> tuple[Job, ...]:
    """A capture to know of, a refund to send, a bank to answer, mails to write. Ids come from the
    event's number, so the same event never asks twice."""
    asked: list[Job] = []
    if isinstance(recorded.event, OrderPlaced | OrderAmended):
        asked.append(Job(job_id(recorded, "capture"), "capture", recorded.at, {}))
    if isinstance(recorded.event, RefundRecorded):
        payload = {"refund": recorded.event.refund.id}
        asked.append(Job(job_id(recorded, "refund"), "refund", recorded.at, dict(payload)))
    if isinstance(recorded.event, ChargebackRecorded) and recorded.event.chargeback.evidence_until:
        taken = {"chargeback": recorded.event.chargeback.id}
        job = job_id(recorded, "chargeback_answer")
        asked.append(Job(job, "chargeback_answer", recorded.at, dict(taken)))
    for i, notice in enumerate(told):
        if notice.person:
            asked.append(_mail(recorded, i, notice))
    return tuple(asked)


def _mail(recorded: Recorded[CaseEvent], i: int, notice: Notice) -> Job:
    payload = notice.payload() | {"n": recorded.number, "at": to_micros(recorded.at)}
    return Job(job_id(recorded, f"mail:{i}"), "mail", recorded.at + MAIL_WAITS, payload)


def job_id(recorded: Recorded[CaseEvent], what: str) -> str:
    """The id of the job by which an event asks for ``what``."""
    return f"{recorded.order}:{recorded.number}:{what}"
