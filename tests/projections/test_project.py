"""What follows from events: rows, postings that sum to zero, notices to the right people, jobs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amends.dispute.case import CaseEvent, evolve
from amends.dispute.events.judging import InformationRequested, MediatorAssigned
from amends.dispute.events.negotiation import (
    DisputeOpened,
    DisputeReminded,
    Escalated,
    OfferAccepted,
)
from amends.dispute.judge import OnDispute, OnOrder, decide
from amends.dispute.state import Case, InformationRequest
from amends.kernel.deadlines import Deadline
from amends.kernel.decision import Accepted
from amends.kernel.instants import Instant, to_micros
from amends.kernel.people import CLOCK, Actor
from amends.kernel.record import Projected, Recorded, Row
from amends.order.decide.open_goodwill_case import OpenGoodwillCase
from amends.order.decide.record_chargeback import RecordChargeback
from amends.order.decide.record_chargeback_outcome import RecordChargebackOutcome
from amends.order.decide.refund_failed import ReportRefundFailed
from amends.order.decide.refund_settled import ReportRefundSettled
from amends.order.decide.send_message import SendMessage
from amends.order.events.life import OrderPlaced, OrderReminded, ParcelSent, TrackingRecorded
from amends.order.events.money import ChargebackRecorded, FundsReleased
from amends.order.state import Chargeback
from amends.projections import project
from amends.projections.ledger import balances
from tests.dispute.cases import opened
from tests.given import (
    BUYER,
    FINANCE,
    PROVIDER,
    SELLER,
    SUPPORT,
    T0,
    after,
    order,
    parcel,
    placed,
    shipped,
    stamp,
    terms,
)  # fmt: skip

LATER = T0 + timedelta(days=60)


def projected(before: Case | None, event: CaseEvent, by: Actor = CLOCK) -> Projected:
    case = evolve(before, event)
    return project(before, Recorded("A-1001", case.version, event.at, by, "c1", event), case)


def rows(of: Projected, table: str) -> list[Row]:
    return [row for row in of.rows if row.table == table]


def told(of: Projected) -> list[tuple[object, object]]:
    values = [row.values or {} for row in rows(of, "notices")]
    return [(value["role"], value["person"]) for value in values]


@pytest.mark.parametrize(("until", "jobs"), [(LATER, ["A-1001:3:chargeback_answer"]), (None, [])])
def test_a_bank_that_hears_our_side_is_to_be_answered(
    until: Instant | None, jobs: list[str]
) -> None:
    taken = ChargebackRecorded(at=T0, chargeback=Chargeback("cb_1", 100, T0, evidence_until=until))
    asked = projected(after(shipped()), taken).jobs
    assert [job.id for job in asked if job.kind != "mail"] == jobs


def test_a_placed_order_is_listed_booked_and_its_capture_asked_for() -> None:
    result = projected(None, OrderPlaced(at=T0, order=order()))
    (listed,) = rows(result, "orders")
    assert listed.values is not None
    assert listed.values["status"] == "placed"
    assert listed.values["placed_at"] == to_micros(T0)
    amounts = {
        (r.values or {})["account"]: (r.values or {})["amount"] for r in rows(result, "postings")
    }
    assert amounts == {"clearing": 160_000, "escrow": -160_000}
    assert [job.id for job in result.jobs] == ["A-1001:1:capture"]


def test_an_opened_dispute_is_listed_with_its_next_deadline_and_both_sides_are_told() -> None:
    case = opened()
    event = DisputeOpened(
        at=T0,
        dispute="A-1001-D2",
        claim=case.disputes["A-1001-D1"].claim,
        negotiation_ends=T0,
        ruling_due=T0,
        deadlines=case.disputes["A-1001-D1"].deadlines,
    )
    result = projected(case, event, BUYER)
    (listed,) = rows(result, "disputes")
    assert listed.key == {"dispute_id": "A-1001-D2"}
    assert listed.values is not None
    due = case.disputes["A-1001-D1"].deadlines[0].at
    assert listed.values["due_at"] == to_micros(due)
    assert told(result) == [("buyer", "b1"), ("seller", "s1")]
    dues = [(row.values or {})["due_at"] for row in rows(result, "notices")]
    assert dues == [None, to_micros(due)], "only whoever must act has a date to act by"
    mails = [job for job in result.jobs if job.kind == "mail"]
    assert len(mails) == 2


def test_a_mail_waits_a_minute_for_what_follows_and_knows_its_place() -> None:
    case = opened()
    event = OfferAccepted(at=LATER, dispute="A-1001-D1", offer="O1", by="seller")
    mails = [job for job in projected(case, event).jobs if job.kind == "mail"]
    assert [job.run_at for job in mails] == [LATER + timedelta(minutes=1)] * 2
    places = [(job.payload["n"], job.payload["at"]) for job in mails]
    assert places == [(case.version + 1, to_micros(LATER))] * 2


def test_what_settles_the_matter_asks_for_nothing_whatever_still_runs() -> None:
    case = opened()
    assert case.disputes["A-1001-D1"].deadlines
    accepted = OfferAccepted(at=T0, dispute="A-1001-D1", offer="O1", by="seller")
    dues = [(row.values or {})["due_at"] for row in rows(projected(case, accepted), "notices")]
    assert dues == [None, None]


def test_a_role_is_told_on_its_page_and_not_by_mail() -> None:
    case = opened()
    event = Escalated(
        at=T0, dispute="A-1001-D1", phase="mediation", turn="mediator", deadlines=(),
        because="seller_silent", ruling_due=LATER,
    )  # fmt: skip
    result = projected(case, event)
    assert told(result) == [("buyer", "b1"), ("seller", "s1"), ("supervisor", "")]
    assert [job.kind for job in result.jobs].count("mail") == 2
    assigned = after(case, event, MediatorAssigned(at=T0, dispute="A-1001-D1", mediator="m1"))
    again = projected(assigned, event)
    assert ("mediator", "m1") in told(again)


@pytest.mark.parametrize(
    ("turn", "who"),
    [
        ("buyer", ("buyer", "b1")),
        ("seller", ("seller", "s1")),
        ("mediator", ("mediator", "")),
        ("appeals", ("appeals", "")),
        ("platform", ("finance", "")),
        ("supervisor", ("supervisor", "")),
    ],
)
def test_a_reminder_goes_to_whose_turn_it_is(turn: str, who: tuple[str, str]) -> None:
    event = DisputeReminded(at=T0, dispute="A-1001-D1", what="answer", turn=turn, due=LATER)  # type: ignore[arg-type]  # every turn in turn
    result = projected(opened(), event)
    assert told(result) == [who]
    (row,) = rows(result, "notices")
    assert (row.values or {})["due_at"] == to_micros(LATER), "the deadline it reminds of"


def test_the_end_of_protection_asks_nobody_to_act_until_they_are_reminded() -> None:
    clock = Deadline("protection", "buyer", LATER, T0, "window_began", "carrier_days")
    sent = ParcelSent(at=T0, parcel=parcel(), protection=clock)
    (row,) = rows(projected(placed(), sent), "notices")
    assert (row.values or {})["due_at"] is None
    reminded = OrderReminded(at=T0, what="protection", turn="buyer", due=clock.at)
    (row,) = rows(projected(after(placed(), sent), reminded), "notices")
    assert (row.values or {})["due_at"] == to_micros(clock.at)


def test_a_message_is_listed_and_the_other_side_told() -> None:
    case = shipped()
    outcome = decide(
        case, OnOrder("A-1001", SendMessage("Where is it?")), BUYER, terms(), stamp(LATER)
    )
    assert isinstance(outcome, Accepted)
    result = projected(case, outcome.events[0], BUYER)
    (listed,) = rows(result, "messages")
    assert listed.key == {"n": 1}
    assert told(result) == [("seller", "s1")]


class Books:
    """Lives a case and looks at its balances after each command."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.posted = dict(balances(case.order))

    def do(self, command: OnOrder | OnDispute, by: Actor) -> dict[str, int]:
        outcome = decide(self.case, command, by, terms(), stamp(LATER))
        assert isinstance(outcome, Accepted), outcome
        for event in outcome.events:
            self.tell(event)
        return {name: amount for name, amount in balances(self.case.order).items() if amount}

    def tell(self, event: CaseEvent) -> None:
        result = projected(self.case, event)
        self.case = evolve(self.case, event)
        for row in rows(result, "postings"):
            assert row.values is not None
            account, amount = str(row.values["account"]), row.values["amount"]
            assert isinstance(amount, int)
            self.posted[account] = self.posted.get(account, 0) + amount
        assert self.posted == balances(self.case.order)
        assert sum(self.posted.values()) == 0


def test_money_moves_from_account_to_account_and_always_sums_to_zero() -> None:
    paid_out = after(
        shipped(protection_ended_at=T0 + timedelta(days=30)),
        FundsReleased(at=T0 + timedelta(days=31), amount=160_000),
    )
    books = Books(paid_out)
    on = "A-1001"
    budget = order().money(50_000)
    assert books.do(OnOrder(on, OpenGoodwillCase("Sorry.", budget)), SUPPORT) == {
        "clearing": 160_000, "seller": -160_000, "goodwill": 50_000, "refund_pending": -50_000,
    }  # fmt: skip
    failed = ReportRefundFailed("A-1001-R1", "expired_card")
    assert books.do(OnOrder(on, failed), PROVIDER) == {"clearing": 160_000, "seller": -160_000}
    settled = ReportRefundSettled("A-1001-R1", "re_1")
    assert books.do(OnOrder(on, settled), PROVIDER) == {
        "clearing": 110_000, "seller": -160_000, "goodwill": 50_000,
    }  # fmt: skip
    taken = RecordChargeback("cb_1", order().money(60_000))
    assert books.do(OnOrder(on, taken), FINANCE) == {
        "clearing": 50_000, "seller": -160_000, "goodwill": 50_000, "chargeback_loss": 60_000,
    }  # fmt: skip
    lost = RecordChargebackOutcome("cb_1", "lost")
    assert books.do(OnOrder(on, lost), FINANCE) == {
        "clearing": 50_000, "seller": -100_000, "goodwill": 50_000,
    }  # fmt: skip


def test_no_order_has_no_balances() -> None:
    assert balances(None) == {}
    assert sum(balances(placed().order).values()) == 0


def test_a_seller_is_told_of_what_the_buyer_sends_and_the_other_way_round() -> None:
    case = shipped()
    for by, other in ((BUYER, ("seller", "s1")), (SELLER, ("buyer", "b1"))):
        outcome = decide(case, OnOrder("A-1001", SendMessage("Hello")), by, terms(), stamp(LATER))
        assert isinstance(outcome, Accepted)
        assert told(projected(case, outcome.events[0], by)) == [other]


def test_the_buyer_is_told_when_the_order_leaves_and_when_it_arrives() -> None:
    sent = ParcelSent(at=T0, parcel=parcel())
    assert told(projected(placed(), sent)) == [("buyer", "b1")]
    returned = ParcelSent(at=T0, parcel=parcel(kind="return", dispute="A-1001-D1"))
    assert told(projected(placed(), returned)) == []
    for status, expected in (("delivered", [("buyer", "b1")]), ("in_transit", [])):
        tracked = TrackingRecorded(at=T0, parcel="S1", status=status)  # type: ignore[arg-type]  # both are statuses
        assert told(projected(shipped(), tracked)) == expected


def test_only_the_side_asked_is_told_of_a_question() -> None:
    event = InformationRequested(
        at=T0, dispute="A-1001-D1", phase="mediation", turn="seller", deadlines=(),
        request=InformationRequest("seller", "q", T0), by="m1",
    )  # fmt: skip
    assert told(projected(opened(), event)) == [("seller", "s1")]
