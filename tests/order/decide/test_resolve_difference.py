"""Finance decides what a difference means: nothing is edited, and the money moves again."""

from __future__ import annotations

from typing import Any

import pytest

from amends.kernel.money import Money
from amends.kernel.people import CLOCK
from amends.order.decide.record_difference import RecordDifference
from amends.order.decide.refund_settled import ReportRefundSettled
from amends.order.decide.resolve_difference import ResolveDifference
from amends.order.events.base import OrderEvent
from amends.order.events.books import DifferenceResolved, RefundCorrected, RefundCounted
from amends.order.events.money import RefundFailed, RefundRecorded
from amends.order.state import Chargeback, DifferenceKind, Order
from tests.given import DAY, FINANCE, PROVIDER, T0, order
from tests.order.asking import (
    NOW,
    ask,
    contents,
    events,
    may,
    refund,
    refused,
    settled,
    then,
    with_refund,
)

R1, R2, R3, X1 = "A-1001-R1", "A-1001-R2", "A-1001-R3", "A-1001-X1"


def differing(
    of: Order, kind: DifferenceKind, about: str, ours: int | None, theirs: int | None
) -> Order:
    seen = RecordDifference(
        kind, about,
        None if ours is None else Money(ours, "RUB"),
        None if theirs is None else Money(theirs, "RUB"),
    )  # fmt: skip
    return then(of, *events(ask(of, CLOCK, seen)))


def by_hand(of: Order, amount: int = 30_000) -> Order:
    return differing(of, "not_recorded", "re_9", None, amount)


def resolve(of: Order, resolution: Any = "count_as_refund", **changes: Any) -> Order:
    return then(of, *told(of, resolution, **changes))


def told(of: Order, resolution: Any = "count_as_refund", **changes: Any) -> tuple[OrderEvent, ...]:
    return events(ask(of, FINANCE, ResolveDifference(X1, resolution, "Seen.", **changes)))


def refusal(of: Order, resolution: Any = "count_as_refund", **changes: Any) -> Any:
    return refused(ask(of, FINANCE, ResolveDifference(X1, resolution, "Seen.", **changes)))


def test_what_is_explained_changes_nothing_but_the_freeze() -> None:
    frozen = by_hand(order())
    (event,) = told(frozen, "explained")
    assert isinstance(event, DifferenceResolved)
    assert (event.by, event.resolution) == ("f1", "explained")
    (content,) = contents(ask(frozen, FINANCE, ResolveDifference(X1, "explained", "A typo.")))
    assert (content.ref, content.text) == (event.reason_ref, "A typo.")
    after = then(frozen, event)
    assert (after.frozen, after.deadlines, after.refunds) == (False, (), {})
    assert after.differences[X1].resolution == "explained"


def test_a_refund_made_by_hand_counts_from_then_on() -> None:
    after = resolve(by_hand(order()))
    counted = after.refunds[R1]
    assert (counted.state, counted.amount, counted.lines) == ("settled", 30_000, {"1": 30_000})
    assert (counted.provider_reference, counted.difference) == ("re_9", X1)
    assert (counted.funded_by, counted.dispute, counted.retry_of) == ("seller", "", "")
    assert counted.arrives_until is not None
    assert (after.refundable, after.frozen) == (130_000, False)


def test_the_platform_may_bear_it() -> None:
    assert resolve(by_hand(order()), paid_by="platform").refunds[R1].funded_by == "platform"


def test_refunds_not_sent_yet_make_room_the_newest_first() -> None:
    of = by_hand(with_refund(refund(amount=70_000, lines={"1": 70_000}),
                             refund(2, amount=80_000, lines={"1": 80_000})))  # fmt: skip
    gave_way, counted, resolved = told(of)
    assert isinstance(gave_way, RefundFailed)
    assert (gave_way.refund, gave_way.reason) == (R2, "counted_elsewhere")
    assert (gave_way.retry.what, gave_way.retry.at) == ("refund_retry", NOW + DAY)
    assert isinstance(counted, RefundCounted)
    assert isinstance(resolved, DifferenceResolved)
    after = then(of, gave_way, counted, resolved)
    assert after.refunded == 100_000


def test_what_was_sent_does_not_make_room() -> None:
    of = by_hand(with_refund(refund(amount=160_000, lines={"1": 160_000}, state="sent")))
    assert refusal(of) == ("more_paid_than_left", "conflict", "resolution")


def test_a_refund_by_hand_in_place_of_ours() -> None:
    mine = refund(dispute="A-1001-D1", funded_by="platform")
    of = by_hand(with_refund(mine), 80_000)
    corrected, counted, _ = told(of, refund=R1)
    assert isinstance(corrected, RefundCorrected)
    assert isinstance(counted, RefundCounted)
    stands = counted.refund
    assert (stands.retry_of, stands.attempt, stands.dispute) == (R1, 2, "A-1001-D1")
    assert (stands.funded_by, stands.lines) == ("platform", {"1": 80_000})
    after = then(of, corrected, counted)
    assert (after.refunds[R1].state, after.refunds[R1].traced) == ("failed", "counted")
    assert after.refunded == 80_000


def test_more_by_hand_than_ours_was_is_of_the_whole_order() -> None:
    of = by_hand(with_refund(refund(amount=10_000, lines={"1": 10_000}, state="failed")), 50_000)
    assert resolve(of, refund=R1).refunds[R2].amount == 50_000


@pytest.mark.parametrize(
    ("of", "named", "rule"),
    [
        (with_refund(refund(state="sent")), R1, ("not_in_its_place", "conflict", "refund")),
        (settled(with_refund(refund())), R1, ("not_in_its_place", "conflict", "refund")),
        (with_refund(refund(state="failed", traced="arrived")), R1,
         ("not_in_its_place", "conflict", "refund")),
        (with_refund(refund(state="failed"), refund(2, retry_of=R1)), R1,
         ("not_in_its_place", "conflict", "refund")),
        (order(), R3, ("unknown_refund", "invalid", "refund")),
    ],
)  # fmt: skip
def test_in_place_of_what_went_it_cannot_be(of: Order, named: str, rule: Any) -> None:
    assert refusal(by_hand(of), refund=named) == rule


def test_in_place_of_ours_is_for_what_nobody_asked_for() -> None:
    of = differing(settled(with_refund(refund())), "booked_twice", R1, 80_000, 160_000)
    found = refusal(of, refund=R1, reference="re_2")
    assert found == ("not_in_its_place", "conflict", "refund")


def test_paid_twice_the_second_counts_under_its_own_reference() -> None:
    of = differing(settled(with_refund(refund())), "booked_twice", R1, 80_000, 160_000)
    assert refusal(of) == ("reference_missing", "invalid", "reference")
    after = resolve(of, reference=" re_2 ")
    assert (after.refunds[R2].amount, after.refunds[R2].provider_reference) == (80_000, "re_2")
    assert after.refunded == 160_000


def test_another_amount_replaces_ours_and_the_rest_is_sent() -> None:
    of = settled(with_refund(refund(dispute="A-1001-D1")))
    of = differing(of, "other_amount", R1, 80_000, 50_000)
    after = resolve(of)
    assert (after.refunds[R1].state, after.refunds[R1].reason) == ("reversed", "counted")
    assert (after.refunds[R2].amount, after.refunds[R2].provider_reference) == (50_000, "re_1")
    rest = after.refunds[R3]
    assert (rest.amount, rest.state, rest.dispute) == (30_000, "recorded", "A-1001-D1")
    assert after.refunded == 80_000


def test_more_than_we_asked_for_leaves_no_rest() -> None:
    of = differing(settled(with_refund(refund())), "other_amount", R1, 80_000, 90_000)
    after = resolve(of)
    assert list(after.refunds) == [R1, R2]
    assert after.refunded == 90_000


def test_a_late_report_of_what_is_counted_elsewhere_says_nothing_new() -> None:
    of = settled(with_refund(refund()))
    after = resolve(differing(of, "other_amount", R1, 80_000, 50_000))
    assert events(ask(after, PROVIDER, ReportRefundSettled(R1, "re_1"))) == ()


def test_ours_that_failed_and_was_paid_counts_after_all() -> None:
    of = with_refund(refund(state="failed", dispute="A-1001-D1"), refund(2, retry_of=R1))
    after = resolve(differing(of, "not_settled_here", R1, 80_000, 80_000))
    back = after.refunds[R1]
    assert (back.state, back.dispute, back.attempt, back.recorded_at) == (
        "settled", "A-1001-D1", 1, NOW,
    )  # fmt: skip
    assert back.difference == X1
    assert after.refunded == 160_000


@pytest.mark.parametrize(
    ("kind", "about", "ours", "theirs"),
    [
        ("captured_less", "pay_1", 160_000, 90_000),
        ("not_at_provider", R1, 80_000, None),
        ("other_amount", R1, 80_000, 80_000),
    ],
)
def test_where_nothing_more_was_paid_there_is_nothing_to_count(
    kind: Any, about: str, ours: int, theirs: int | None
) -> None:
    of = differing(settled(with_refund(refund())), kind, about, ours, theirs)
    found = refusal(of, reference="re_1")
    assert found == ("cannot_be_counted", "conflict", "resolution")


def test_money_of_another_currency_cannot_be_counted() -> None:
    seen = RecordDifference("not_recorded", "re_9", theirs=Money(30, "USD"))
    of = then(order(), *events(ask(order(), CLOCK, seen)))
    assert refusal(of) == ("cannot_be_counted", "conflict", "resolution")


def test_what_the_provider_does_not_have_is_sent_again() -> None:
    of = differing(settled(with_refund(refund())), "not_at_provider", R1, 80_000, None)
    corrected, another, _ = told(of, "send_again")
    assert isinstance(corrected, RefundCorrected)
    assert isinstance(another, RefundRecorded)
    assert (another.refund.retry_of, another.refund.amount) == (R1, 80_000)
    after = then(of, corrected, another)
    lost = after.refunds[R1]
    assert (lost.state, lost.reason, lost.traced) == ("reversed", "not_at_provider", "")


def test_only_what_is_not_there_is_sent_again() -> None:
    assert refusal(by_hand(order()), "send_again") == (
        "cannot_be_sent_again", "conflict", "resolution",
    )  # fmt: skip


def test_nothing_is_sent_again_of_what_a_bank_has_taken() -> None:
    taken = {"cb": Chargeback("cb", 160_000, T0, "lost")}
    of = settled(with_refund(refund(), chargebacks=taken))
    of = differing(of, "not_at_provider", R1, 80_000, None)
    assert refusal(of, "send_again")[0] == "nothing_left_to_refund"


def test_while_a_bank_decides_only_an_explanation_is_taken() -> None:
    of = by_hand(order(chargebacks={"cb": Chargeback("cb", 1, T0)}))
    assert refusal(of) == ("chargeback_open", "conflict", "resolution")
    assert resolve(of, "explained").open_differences == ()


def test_it_is_decided_once_with_a_reason() -> None:
    of = by_hand(order())
    blank = ask(of, FINANCE, ResolveDifference(X1, "explained", "  "))
    assert refused(blank) == ("text_missing", "invalid", "reason")
    other = ask(of, FINANCE, ResolveDifference("A-1001-X9", "explained", "x"))
    assert refused(other) == ("unknown_difference", "invalid", "difference")
    twice = differing(resolve(of, "explained"), "not_recorded", "re_10", None, 5)
    assert refusal(twice, "explained") == ("difference_decided", "conflict", "difference")


def test_it_can_be_decided_while_one_is_open() -> None:
    assert may(by_hand(order()), FINANCE, ResolveDifference) is None
    nothing = may(order(), FINANCE, ResolveDifference)
    assert nothing is not None
    assert nothing.rule == "no_difference_open"
