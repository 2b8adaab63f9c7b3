"""What was given out of goodwill: a row for each case, by which a month's are summed.

A case counts in the month it was opened in, whatever becomes of its refund afterwards.
"""

from __future__ import annotations

from amends.dispute.case import CaseEvent
from amends.dispute.state import Case
from amends.kernel.budgets import month_of
from amends.kernel.instants import to_micros
from amends.kernel.record import Recorded, Row
from amends.order.events.money import GoodwillCaseOpened


def goodwill_rows(recorded: Recorded[CaseEvent], after: Case) -> tuple[Row, ...]:
    """The row that opening a case adds."""
    event = recorded.event
    if not isinstance(event, GoodwillCaseOpened):
        return ()
    return (
        Row(
            "goodwill_cases",
            {"n": event.number},
            {
                "month": month_of(event.at),
                "currency": after.order.currency,
                "amount": event.budget,
                "at": to_micros(event.at),
            },
        ),
    )
