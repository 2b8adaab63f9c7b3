"""What is asked of finance: refunds and differences that wait for a person.

A task is a clock of the order or a dispute that tells finance again and again; it is there exactly
as long as the clock runs, so nothing can be forgotten and nothing has to be ticked off.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from amends.dispute.money import refunds_of
from amends.dispute.state import Case, Dispute
from amends.kernel.deadlines import Deadline
from amends.kernel.instants import Instant, to_micros
from amends.kernel.record import Row
from amends.order.retries import NOT_CONNECTED
from amends.order.state import Order

TaskKind = Literal[
    "difference", "missing_money", "pay_another_way", "refund_failed", "refund_held_up",
    "refund_late",
]  # fmt: skip


class Task(Struct, frozen=True):
    """Something finance has to see to. ``subject`` is a refund, a difference or a dispute;
    ``since`` when it came to be so, ``due`` when finance is told again, or it is tried again by
    itself. ``amount`` is in minor units."""

    what: str
    subject: str
    kind: TaskKind
    since: Instant
    due: Instant
    amount: int


def tasks(case: Case) -> tuple[Task, ...]:
    """All of a case's, in the order of its clocks. Money of a dispute is asked about once: by the
    refund that is stuck, where there is one."""
    order = case.order
    found = [task for clock in order.deadlines if (task := _of_order(order, clock))]
    asked = {task.subject for task in found}
    for dispute in case.disputes.values():
        if not any(refund.id in asked for refund in refunds_of(order, dispute.id)):
            found += [t for clock in dispute.deadlines if (t := _of_dispute(order, dispute, clock))]
    return tuple(found)


def task_rows(before: Case | None, after: Case) -> tuple[Row, ...]:
    """The rows that tasks begun, changed and ended come to."""
    was = {(task.what, task.subject): task for task in tasks(before)} if before else {}
    now = {(task.what, task.subject): task for task in tasks(after)}
    begun = [_row(after.order, task) for key, task in now.items() if was.get(key) != task]
    ended = [
        Row("finance_tasks", {"what": what, "subject": subject}, None)
        for what, subject in was.keys() - now.keys()
    ]
    return (*begun, *sorted(ended, key=lambda row: sorted(row.key.items())))


def _of_order(order: Order, clock: Deadline) -> Task | None:
    if clock.what == "difference":
        difference = order.differences[clock.subject]
        amount = difference.ours if difference.theirs is None else difference.theirs
        return Task("difference", difference.id, "difference", difference.at, clock.at, amount or 0)
    refund = order.refunds.get(clock.subject)
    if refund is None:
        return None
    kind: TaskKind
    match clock.what, clock.anchor:
        case "trace", _:
            kind = "missing_money"
        case "finance", _ if refund.route and not refund.counts:
            kind = "pay_another_way"
        case "refund_retry", "finance_alarmed":
            kind = "refund_held_up"
        case "refund_retry", anchor if anchor == NOT_CONNECTED:
            kind = "refund_failed"
        case "finance", anchor if anchor != "refund_recorded":
            kind = "refund_late" if refund.under_way else "refund_failed"
        case _:
            return None  # the machine is still at it
    since = refund.missing_since or refund.state_since
    return Task(clock.what, refund.id, kind, since, clock.at, refund.amount)


def _of_dispute(order: Order, dispute: Dispute, clock: Deadline) -> Task | None:
    """Money of a dispute that is still not booked when it should be."""
    if clock.what != "refund" or clock.anchor != "operator_alarmed":
        return None
    waiting = [r for r in refunds_of(order, dispute.id) if r.under_way]
    kind: TaskKind = "refund_held_up" if dispute.withheld else "refund_late"
    since = min((r.state_since for r in waiting), default=clock.since)
    amount = sum(r.amount for r in waiting) or (dispute.effect.amount if dispute.effect else 0)
    return Task(clock.what, dispute.id, kind, since, clock.at, amount)


def _row(order: Order, task: Task) -> Row:
    return Row(
        "finance_tasks",
        {"what": task.what, "subject": task.subject},
        {
            "kind": task.kind,
            "since": to_micros(task.since),
            "due_at": to_micros(task.due),
            "amount": task.amount,
            "currency": order.currency,
        },
    )
