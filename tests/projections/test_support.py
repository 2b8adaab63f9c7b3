"""Who waits for support: there as long as somebody does, and gone with the answer."""

from __future__ import annotations

from amends.dispute.case import CaseEvent, evolve
from amends.kernel.instants import to_micros
from amends.kernel.money import Money
from amends.kernel.people import Actor, Role
from amends.kernel.record import Recorded, Row
from amends.order.decide.open_goodwill_case import OpenGoodwillCase
from amends.order.decide.record_contact import RecordContact
from amends.order.decide.send_message import SendMessage
from amends.order.events.life import FollowUpDue, OrderReminded, RaisedAnswered, RaisedToSupervisor
from amends.order.events.money import RefundRecorded
from amends.projections import project
from tests.given import BUYER, DAY, SUPERVISOR, SUPPORT, T0, order, parcel, placed
from tests.order.asking import NOW, ask, events


def told(
    event: CaseEvent, by: Actor, before: object = None
) -> tuple[list[Row], list[tuple[object, object]]]:
    """The rows of the desk an event changes, and who gets a notice."""
    was = placed()
    if before is not None:
        was = evolve(was, before)  # type: ignore[arg-type]
    done = project(was, Recorded("A-1001", 2, event.at, by, "c1", event), evolve(was, event))
    rows = [row for row in done.rows if row.table == "support_tasks"]
    notices = [row.values for row in done.rows if row.table == "notices"]
    return rows, [(values["role"], values["person"]) for values in notices if values]


def test_a_message_to_support_is_a_task_and_a_notice() -> None:
    (asked,) = events(ask(order(), BUYER, SendMessage("Help?", to_support=True)))
    rows, notices = told(asked, BUYER)
    assert [(row.key, row.values) for row in rows] == [
        (
            {"subject": "M1"},
            {"kind": "message", "side": "buyer", "since": to_micros(NOW),
             "due_at": to_micros(NOW + 3 * DAY), "taken_by": ""},
        )
    ]  # fmt: skip
    assert notices == [("support", ""), ("seller", "s1")]
    (answered,) = events(ask(order(), SUPPORT, SendMessage("Yes.")))
    rows, _ = told(answered, SUPPORT, asked)
    assert rows == [Row("support_tasks", {"subject": "M1"}, None)]


def test_a_supervisors_answer_is_told_to_the_side_that_asked() -> None:
    raised = RaisedToSupervisor(at=NOW, by="b1", role="buyer", ref="c.text")
    answer = RaisedAnswered(at=NOW, request="R1", by="v1", side="buyer", ref="c.text")
    rows, notices = told(answer, SUPERVISOR, raised)
    assert rows == [Row("support_tasks", {"subject": "R1"}, None)]
    assert notices == [("buyer", "b1"), ("support", "")]


def test_goodwill_is_late_when_it_is_not_booked_in_time() -> None:
    over = order(parcels=(parcel(),), protection_ended_at=NOW)
    given = OpenGoodwillCase("Kind", Money(900, "RUB"))
    _, refund = events(ask(over, SUPPORT, given, NOW + DAY))
    assert isinstance(refund, RefundRecorded)
    assert refund.overdue is not None
    ((task,), _) = told(refund, SUPPORT)
    assert task.values is not None
    assert (task.values["kind"], task.values["since"]) == ("goodwill", to_micros(NOW + DAY))
    assert task.values["due_at"] == to_micros(refund.overdue.at)
    assert refund.overdue.at > refund.at


def test_support_is_reminded_of_what_it_promised_and_finance_is_not() -> None:
    promise = RecordContact("phone", "buyer", "I will look.", NOW + 4 * DAY)
    (promised,) = events(ask(order(), SUPPORT, promise))
    reminder = OrderReminded(
        at=NOW + 2 * DAY, what="follow_up", turn="platform", due=NOW + 4 * DAY, subject="1"
    )
    clock = Actor("clock", Role.CLOCK)
    assert told(reminder, clock, promised)[1] == [("support", "")]
    rows, notices = told(FollowUpDue(at=NOW + 4 * DAY, contact="1"), clock, promised)
    assert (rows, notices) == ([], [("support", "")])
    assert T0 < NOW
