"""What waits for support, or for the supervisors it raises things to.

A task is there exactly as long as somebody waits: for what was promised, for an answer, for money
that did not come, or for goodwill that is still under way.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from amends.dispute.state import Case
from amends.kernel.instants import Instant, to_micros
from amends.kernel.people import PersonId
from amends.kernel.record import Row
from amends.order.state import Order

SupportKind = Literal["follow_up", "message", "raised", "missing_money", "goodwill"]


class SupportTask(Struct, frozen=True):
    """``subject``: a request or a refund. ``side``: who waits. ``due``: when it is late."""

    subject: str
    kind: SupportKind
    side: str
    since: Instant
    due: Instant
    taken_by: PersonId = ""


def support_tasks(order: Order) -> tuple[SupportTask, ...]:
    """All of an order's, in the order of its record."""
    asked = [
        SupportTask(r.id, r.kind, r.side, r.at, r.due or r.at, r.taken_by) for r in order.requests
    ]
    traced = [
        SupportTask(clock.subject, "missing_money", "buyer", refund.missing_since, clock.at)
        for clock in order.deadlines
        if clock.what == "trace"
        and (refund := order.refunds.get(clock.subject))
        and refund.missing_since
    ]
    booked_by = {clock.subject: clock.at for clock in order.deadlines if clock.what == "finance"}
    given = [
        SupportTask(r.id, "goodwill", "buyer", r.recorded_at, booked_by.get(r.id, r.recorded_at))
        for r in order.refunds.values()
        if r.funded_by == "platform" and not r.dispute and r.under_way
    ]
    return (*asked, *traced, *given)


def support_rows(before: Case | None, after: Case) -> tuple[Row, ...]:
    """The rows that tasks begun, changed and ended come to."""
    was = {task.subject: task for task in support_tasks(before.order)} if before else {}
    now = {task.subject: task for task in support_tasks(after.order)}
    begun = [_row(task) for subject, task in now.items() if was.get(subject) != task]
    ended = [
        Row("support_tasks", {"subject": subject}, None)
        for subject in sorted(was.keys() - now.keys())
    ]
    return (*begun, *ended)


def _row(task: SupportTask) -> Row:
    return Row(
        "support_tasks",
        {"subject": task.subject},
        {
            "kind": task.kind,
            "side": task.side,
            "since": to_micros(task.since),
            "due_at": to_micros(task.due),
            "taken_by": task.taken_by,
        },
    )
