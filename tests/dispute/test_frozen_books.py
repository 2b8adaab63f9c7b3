"""The books differ while a dispute is to be paid: the money waits, and goes when it is decided."""

from __future__ import annotations

from amends.dispute.judge import OnOrder, decide
from amends.dispute.state import Case
from amends.kernel.decision import Accepted
from amends.kernel.instants import Instant
from amends.kernel.money import Money
from amends.kernel.people import CLOCK, Actor
from amends.order.decide import OrderCommand
from amends.order.decide.record_agreement import RecordAgreement
from amends.order.decide.record_difference import RecordDifference
from amends.order.decide.refund_settled import ReportRefundSettled
from amends.order.decide.resolve_difference import ResolveDifference
from tests.dispute.carried import AGREED, R1, agreed, ends, held_by_bank
from tests.dispute.cases import of, opened
from tests.given import DAY, FINANCE, PROVIDER, after, stamp, terms

X1 = "A-1001-X1"


def asked(case: Case, command: OrderCommand, by: Actor, at: Instant = AGREED) -> Case:
    outcome = decide(case, OnOrder("A-1001", command), by, terms(), stamp(at))
    assert isinstance(outcome, Accepted), outcome
    return after(case, *outcome.events)


def differing(case: Case, amount: int = 30_000) -> Case:
    seen = RecordDifference("not_recorded", "re_9", theirs=Money(amount, "RUB"))
    return asked(case, seen, CLOCK)


def resolve(case: Case, **changes: str) -> Case:
    command = ResolveDifference(X1, "count_as_refund", "Seen.", **changes)  # type: ignore[arg-type]  # fields of text
    return asked(case, command, FINANCE, AGREED + DAY)


def test_what_was_agreed_waits_and_goes_when_it_is_explained() -> None:
    case = agreed(differing(opened()))
    assert of(case).withheld
    assert not case.order.refunds
    freed = asked(case, ResolveDifference(X1, "explained", "A typo."), FINANCE, AGREED + DAY)
    assert not of(freed).withheld
    assert freed.order.refunds[R1].amount == 160_000


def test_it_goes_as_well_when_the_books_agree_again() -> None:
    freed = asked(agreed(differing(opened())), RecordAgreement(X1), CLOCK, AGREED + DAY)
    assert freed.order.refunds[R1].amount == 160_000


def test_what_was_counted_lessens_what_is_sent() -> None:
    freed = resolve(agreed(differing(opened())))
    assert freed.order.refunds["A-1001-R2"].amount == 130_000
    assert freed.order.refunded == 160_000


def test_counted_in_place_of_the_refund_it_ends_the_dispute() -> None:
    case = differing(agreed(opened()), 160_000)
    assert list(case.order.refunds) == [R1]
    done = resolve(case, refund=R1)
    assert (of(done).phase, of(done).outcome) == ("closed", "refunded")
    assert done.order.refunds["A-1001-R2"].state == "settled"


def test_a_part_counted_leaves_the_dispute_waiting_for_the_rest() -> None:
    done = resolve(differing(agreed(opened()), 60_000), refund=R1)
    assert of(done).phase == "settling"
    assert {r.id: (r.state, r.amount) for r in done.order.refunds.values()} == {
        R1: ("failed", 160_000),
        "A-1001-R3": ("recorded", 100_000),
        "A-1001-R2": ("settled", 60_000),
    }
    booked = asked(done, ReportRefundSettled("A-1001-R3", "re_10"), PROVIDER, AGREED + DAY)
    assert (of(booked).phase, of(booked).outcome) == ("closed", "refunded")


def test_with_a_bank_deciding_as_well_both_have_to_end() -> None:
    case = agreed(differing(held_by_bank(opened(), 1_000)))
    explained = asked(case, ResolveDifference(X1, "explained", "x"), FINANCE)
    assert (of(explained).withheld, explained.order.refunds) == (True, {})


def test_finance_is_told_of_what_waits_for_the_books() -> None:
    events, _ = ends(agreed(differing(opened())), "refund")
    assert [getattr(event, "because", None) for event in events][-1:] == ["difference_open"]


def test_a_refund_outside_of_any_dispute_ends_none() -> None:
    assert of(resolve(differing(opened()))).phase == "awaiting_seller"
