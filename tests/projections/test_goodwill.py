"""Each case of goodwill is a row of the month it was opened in."""

from __future__ import annotations

from amends.dispute.case import evolve
from amends.kernel.instants import to_micros
from amends.kernel.money import Money
from amends.kernel.record import Recorded, Row
from amends.order.decide.open_goodwill_case import OpenGoodwillCase
from amends.order.events.base import OrderEvent
from amends.projections import project
from tests.given import DAY, SUPPORT, T0, order, parcel, placed
from tests.order.asking import ask, events

END = T0 + 24 * DAY


def rows(event: OrderEvent) -> list[Row]:
    was = placed()
    done = project(was, Recorded("A-1001", 2, event.at, SUPPORT, "c1", event), evolve(was, event))
    return [row for row in done.rows if row.table == "goodwill_cases"]


def test_opening_a_case_adds_a_row_and_its_refund_none() -> None:
    over = order(parcels=(parcel(),), protection_ended_at=END)
    opened, refund = events(ask(over, SUPPORT, OpenGoodwillCase("Kind", Money(900, "RUB")), END))
    assert rows(opened) == [
        Row(
            "goodwill_cases",
            {"n": 1},
            {"month": f"{END:%Y-%m}", "currency": "RUB", "amount": 900, "at": to_micros(END)},
        )
    ]
    assert rows(refund) == []
