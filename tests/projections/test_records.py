"""What sellers and buyers are known by: when a row is written, and how an end is counted."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from amends.dispute.case import CaseEvent
from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.cancel_dispute import CancelDispute
from amends.dispute.escalation import escalated
from amends.dispute.events.effects import DisputeClosed
from amends.dispute.events.judging import AppealFiled
from amends.dispute.state import Appeal, Case, Dispute, Effect, Outcome
from amends.kernel.instants import to_micros
from amends.kernel.people import CLOCK
from amends.kernel.record import Recorded, Row
from amends.order.decide.leave_feedback import LeaveFeedback
from amends.order.events.life import FeedbackLeft, ParcelSent
from amends.order.state import Parcel
from amends.projections import project
from amends.projections.records import how_it_ended
from tests.dispute.cases import (
    ANSWERED,
    D1,
    ESCALATED,
    OPENED,
    accepted,
    answered,
    claim,
    of,
    opened,
    rub,
    ruled,
)
from tests.given import BUYER, DAY, SELLER, T0, after, order, parcel, placed, shipped, terms
from tests.order.asking import ask, only

TABLES = ("case_ends", "first_answers", "reviews")
END = OPENED + 20 * DAY
MONEY = Effect("refund", 100, "seller", "agreement")


def rows(before: Case, *events: CaseEvent) -> list[Row]:
    written: list[Row] = []
    for event in events:
        case = after(before, event)
        recorded = Recorded("A-1001", case.version, event.at, CLOCK, "c1", event)
        written += [row for row in project(before, recorded, case).rows if row.table in TABLES]
        before = case
    return written


def case_with(case: Case, **changes: Any) -> Case:
    return replace(case, disputes={D1: replace(of(case), **changes)})


def found(finding: Any) -> Case:
    """A dispute that was ruled on so."""
    ruling = of(ruled()).ruling
    assert ruling is not None
    return case_with(ruled(), ruling=replace(ruling, finding=finding))


def ended(case: Case, outcome: Outcome = "refunded") -> dict[str, Any]:
    """The row of a dispute that is closed."""
    closed = DisputeClosed(at=END, dispute=D1, outcome=outcome, because="x")
    (row,) = rows(case, closed)
    assert (row.table, row.key) == ("case_ends", {"dispute_id": D1})
    assert row.values is not None
    return dict(row.values)


def test_an_agreement_is_settled_and_no_lost_case() -> None:
    assert ended(case_with(answered(), effect=MONEY)) == {
        "buyer": "b1", "seller": "s1", "ended": "settled", "undelivered": "no",
        "at": to_micros(END),
    }  # fmt: skip


def test_an_agreement_that_takes_the_place_of_a_ruling_is_settled() -> None:
    assert ended(case_with(ruled(), effect=MONEY))["ended"] == "settled"


@pytest.mark.parametrize("source", ["ruling", "appeal", "fallback"])
@pytest.mark.parametrize("finding", ["for_buyer", "for_seller", "split"])
def test_a_ruling_counts_for_whom_it_was_found(source: Any, finding: str) -> None:
    case = case_with(found(finding), effect=replace(MONEY, source=source))
    assert ended(case)["ended"] == finding


def test_what_is_paid_instead_of_agreed_goods_is_settled() -> None:
    case = case_with(answered(), effect=replace(MONEY, source="fallback"))
    assert ended(case, "refunded")["ended"] == "settled"


def test_the_platforms_own_lateness_is_nobodys_loss() -> None:
    case = case_with(ruled(), effect=replace(MONEY, source="platform", funded_by="platform"))
    assert ended(case, "honoured_by_platform")["ended"] == "platform"


def test_what_the_buyer_takes_back_or_gives_up_is_withdrawn() -> None:
    (row,) = rows(opened(), *accepted(opened(), CancelDispute(), BUYER, ANSWERED).events)
    assert row.values is not None
    assert row.values["ended"] == "withdrawn"
    given_up = case_with(ruled(), effect=replace(MONEY, source="ruling"))
    assert ended(given_up, "abandoned")["ended"] == "withdrawn"


def test_an_appeal_takes_an_end_back() -> None:
    closed = after(
        case_with(ruled(), effect=MONEY),
        DisputeClosed(at=END, dispute=D1, outcome="refunded", because="x"),
    )
    appeal = Appeal("buyer", "money_missing", "c.appeal", END + DAY, "closed", outcome="refunded")
    filed = AppealFiled(
        at=END + DAY, dispute=D1, phase="appeal", turn="appeals", deadlines=(), appeal=appeal
    )
    assert rows(closed, filed) == [Row("case_ends", {"dispute_id": D1}, None)]


def never_came(case: Case, source: Any = "agreement", **changes: Any) -> Case:
    about = replace(of(case).claim, reason="not_received", received=False)
    return case_with(case, claim=about, effect=replace(MONEY, source=source), **changes)


def with_parcels(case: Case, *parcels: Parcel) -> Case:
    return replace(case, order=replace(case.order, parcels=parcels))


def test_goods_that_never_came_and_were_made_good_are_undelivered() -> None:
    assert ended(never_came(answered()))["undelivered"] == "yes"
    assert ended(never_came(answered()), "settled_without_refund")["undelivered"] == "no"
    assert ended(with_parcels(never_came(answered())))["undelivered"] == "yes"


def test_goods_a_carrier_delivered_are_undelivered_only_when_found_so() -> None:
    there = parcel(delivered_at=T0 + 5 * DAY)
    assert ended(with_parcels(never_came(answered()), there))["undelivered"] == "no"
    assert ended(with_parcels(never_came(ruled(), "ruling"), there))["undelivered"] == "yes"
    against = never_came(found("for_seller"), "ruling")
    assert ended(against)["undelivered"] == "no"


def test_the_first_answer_is_written_once_with_how_long_it_took() -> None:
    accepts = accepted(
        opened(), AcceptOffer(offer="O1", amount=rub(160_000)), SELLER, ANSWERED
    ).events[0]
    (row,) = rows(opened(), accepts)
    assert (row.table, row.key) == ("first_answers", {"dispute_id": D1})
    assert row.values == {
        "seller": "s1", "answered": "yes", "seconds": 86_400, "at": to_micros(ANSWERED),
    }  # fmt: skip
    later = accepted(
        answered(), AcceptOffer(offer="O2", amount=rub(20_000)), BUYER, ANSWERED + DAY
    ).events[0]
    assert rows(answered(), later) == []


def test_a_seller_who_stays_silent_has_a_row_that_says_so() -> None:
    silent = escalated(of(opened()), terms(), ESCALATED, "seller_silent")
    (row,) = rows(opened(), silent)
    assert row.values == {
        "seller": "s1", "answered": "no", "seconds": None, "at": to_micros(ESCALATED),
    }  # fmt: skip
    assert rows(opened(), replace(silent, because="buyer_escalated")) == []


def test_opening_a_dispute_and_events_of_the_order_write_none() -> None:
    assert rows(shipped(), *accepted(shipped(), claim(), BUYER, OPENED).events) == []
    assert rows(placed(), ParcelSent(at=T0 + DAY, parcel=parcel())) == []


def test_feedback_has_a_row_that_the_next_one_replaces() -> None:
    came = order(received_at=T0 + 9 * DAY)
    left = only(ask(came, BUYER, LeaveFeedback(stars=2, text="Thin.")), FeedbackLeft)
    (row,) = rows(replace(placed(), order=came), left)
    assert (row.table, row.key) == ("reviews", {})
    assert row.values == {
        "seller": "s1", "stars": "2", "ref": left.ref, "at": to_micros(left.at),
    }  # fmt: skip


def test_a_dispute_without_any_effect_is_withdrawn() -> None:
    plain: Dispute = of(opened())
    assert how_it_ended(plain) == "withdrawn"
