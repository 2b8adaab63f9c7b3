"""What code about money says and reckons, to the letter: each refusal whole, each boundary from
both sides. What mutation testing found nothing else to tell."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from amends.kernel.decision import Facts, Refused, Stamp
from amends.kernel.money import Money
from amends.order.books import count_as_refund, order_of_difference, send_again
from amends.order.escrow import fee_kept, refuse_release, sellers_share
from amends.order.events.books import RefundCorrected, RefundCounted
from amends.order.events.money import RefundFailed, RefundRecorded
from amends.order.freezing import refuse_frozen, refuse_sending
from amends.order.refunds import SHIPPING, awardable, bounded_amount
from amends.order.retries import (
    covered,
    find_refund,
    fits,
    plan_retry,
    record_refund,
    refuse_without_refunds,
)
from amends.order.state import Chargeback, Difference, DifferenceKind, Line, Order, Refund
from tests.given import T0, order, terms
from tests.order.asking import NOW, claim, refund, then, with_refund

R1, R2, R3, X1 = "A-1001-R1", "A-1001-R2", "A-1001-R3", "A-1001-X1"
ONE = with_refund(refund())
NONE = order()
TWO_LINES = {
    "lines": (Line("1", 1, 60_000, 60_000), Line("2", 1, 90_000, 90_000)),
    "shipping_paid": 10_000,
}


def rub(amount: int) -> Money:
    return Money(amount, "RUB")


def taken(amount: int, outcome: Any = "") -> dict[str, Chargeback]:
    return {"cb": Chargeback("cb", amount, T0, outcome=outcome)}


def differing(kind: DifferenceKind, about: str, **changes: Any) -> Difference:
    return Difference(X1, kind, about, NOW, **changes)


def counted(of: Order, difference: Difference, **changes: Any) -> Any:
    given: dict[str, Any] = {"reference": "re_9", "in_place_of": None, "funded_by": "seller"}
    return count_as_refund(of, difference, terms(), Stamp(NOW, "c1"), **{**given, **changes})


# --- refusals ------------------------------------------------------------------------------------


def test_what_is_said_of_refunds_there_are_not() -> None:
    assert refuse_without_refunds(NONE) == Refused("no_refund", {}, ("see_order",))
    unknown = Refused("unknown_refund", {"refund": R2}, ("see_refunds",), "invalid", "refund")
    assert find_refund(ONE, R2) == unknown


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Money(15, "USD"), Refused("other_currency", {"currency": "USD", "order": "RUB"},
                                   ("use_order_currency",), "invalid", "fee")),
        (rub(9), Refused("amount_too_small", {"least": rub(10)}, ("ask_more",), "invalid", "fee")),
        (rub(21), Refused("amount_too_large", {"asked": rub(21), "most": rub(20)}, ("ask_less",),
                          "invalid", "fee")),
    ],
)  # fmt: skip
def test_what_is_said_of_an_amount_out_of_bounds(asked: Money, said: Refused) -> None:
    assert bounded_amount(NONE, asked, 20, least=10, field="fee") == said


def test_what_is_said_while_money_is_frozen() -> None:
    chargebacks = {**taken(1), "old": Chargeback("old", 1, T0, outcome="lost")}
    said = Refused("chargeback_open", {"chargebacks": ("cb",)}, ("wait_for_bank",))
    assert refuse_frozen(order(chargebacks=chargebacks)) == said
    differences = {X1: differing("not_recorded", "re_9")}
    said = Refused("difference_open", {"differences": (X1,)}, ("wait_for_finance",))
    assert refuse_frozen(order(differences=differences)) == said


def test_what_is_said_of_money_a_bank_has_taken() -> None:
    of = with_refund(refund(), chargebacks=taken(100_000, "lost"))
    facts: Facts = {"refund": R1, "taken": rub(100_000)}
    assert refuse_sending(of, refund()) == Refused("taken_by_bank", facts, ("see_refunds",))


def test_what_stands_between_a_seller_and_the_money() -> None:
    watched = then(NONE, record_refund(NONE, refund(), terms()))
    assert [d.what for d in watched.deadlines] == ["finance"]
    waits = replace(watched, refunds={})
    two = replace(with_refund(refund(2), refund(3)), deadlines=watched.deadlines)
    retried = replace(waits, deadlines=tuple(
        replace(d, what="refund_retry") for d in watched.deadlines))  # fmt: skip
    for of, said in [
        (order(released=5), Refused("already_released", {"amount": rub(5)})),
        (order(cancelled_at=T0), Refused("order_cancelled", {"at": T0}, ("see_refund",))),
        (order(claims=claim()), Refused("dispute_open", {"disputes": ("A-1001-D1",)},
                                        ("wait_for_end_of_dispute",))),
        (waits, Refused("refund_under_way", {"refunds": (R1,)}, ("wait_for_refund",))),
        (retried, Refused("refund_under_way", {"refunds": (R1,)}, ("wait_for_refund",))),
        (two, Refused("refund_under_way", {"refunds": (R1, R2, R3)}, ("wait_for_refund",))),
    ]:  # fmt: skip
        assert refuse_release(of) == said


def test_what_is_said_of_a_difference_that_cannot_be_decided_so() -> None:
    difference = differing("captured_less", "pay_1", ours=2, theirs=1)
    facts = {"difference": X1, "kind": "captured_less"}
    said = Refused("cannot_be_counted", facts, ("explain_it",), field="resolution")
    assert counted(ONE, difference) == said
    said = Refused("cannot_be_sent_again", facts, ("explain_it",), field="resolution")
    assert send_again(ONE, difference, terms(), Stamp(NOW, "c1")) == said
    lost = differing("not_at_provider", R1, ours=80_000)
    none = replace(with_refund(refund(state="settled")), chargebacks=taken(160_000, "lost"))
    said = Refused("nothing_left_to_refund", {"refund": R1}, ("see_refunds",))
    assert send_again(none, lost, terms(), Stamp(NOW, "c1")) == said


def test_what_is_said_of_more_than_there_is() -> None:
    of = with_refund(refund(state="sent"))
    facts = {"paid": rub(80_001), "left": rub(80_000)}
    said = Refused("more_paid_than_left", facts, ("explain_it",), field="resolution")
    assert counted(of, differing("not_recorded", "re_9", theirs=80_001)) == said


@pytest.mark.parametrize(
    ("id_", "of"),
    [(X1, "A-1001"), ("A-X1-X12", "A-X1"), ("-X1", ""), ("A-1001", None), ("A-X", None),
     ("A-Xx", None), ("A-X\u0661", None), ("", None)],
)  # fmt: skip
def test_which_order_a_difference_leads_to(id_: str, of: str | None) -> None:
    assert order_of_difference(id_) == of


# --- what is left ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("others", "bank", "whether"),
    [
        ([], 80_000, True),
        ([], 80_001, False),
        # Those recorded before it come first, and of those after it what may have left.
        ([refund(0, amount=30_000)], 50_000, True),
        ([refund(0, amount=30_000)], 50_001, False),
        ([refund(0, amount=30_000, state="failed")], 80_000, True),
        ([refund(2, amount=30_000)], 80_000, True),
        ([refund(2, amount=30_000, state="sent")], 50_000, True),
        ([refund(2, amount=30_000, state="sent")], 50_001, False),
        ([refund(0, amount=30_000), refund(2, amount=20_000, state="sent")], 30_000, True),
        ([refund(0, amount=30_000), refund(2, amount=20_000, state="sent")], 30_001, False),
        ([refund(0, amount=30_000), refund(2, amount=20_000)], 50_000, True),
    ],
)
def test_whether_the_money_is_still_there(others: list[Refund], bank: int, whether: bool) -> None:
    mine = refund()
    inside = {r.id: r for r in sorted([*others, mine], key=lambda r: r.id)}
    of = order(refunds=inside, chargebacks=taken(bank, "lost"))
    assert covered(of, mine) is whether


def test_what_fits_to_the_last_minor_unit() -> None:
    whole = refund(2, amount=80_000, lines={"1": 80_000})
    assert fits(ONE, whole)
    assert not fits(ONE, replace(whole, amount=80_001))
    assert not fits(ONE, replace(whole, lines={"1": 80_001}))


def test_another_refund_gives_back_the_same_and_is_borne_by_the_same() -> None:
    old = refund(state="failed", funded_by="platform", dispute="A-1001-D1", attempt=2)
    again = plan_retry(with_refund(old), old, NOW)
    assert again == refund(2, funded_by="platform", dispute="A-1001-D1", retry_of=R1, attempt=3)
    left = with_refund(old, refund(2, amount=159_999, lines={"1": 159_999}))
    last = plan_retry(left, old, NOW)
    assert last is not None
    assert (last.amount, last.lines) == (1, {"1": 1})
    assert (
        plan_retry(with_refund(old, refund(2, amount=160_000, lines={"1": 160_000})), old, NOW)
        is None
    )


def test_a_refund_of_an_open_dispute_has_no_clock_of_its_own() -> None:
    mine = refund(dispute="A-1001-D1")
    assert record_refund(order(claims=claim()), mine, terms()).overdue is None


def test_postage_that_went_back_is_not_awarded_again() -> None:
    back = refund(amount=4_000, lines={SHIPPING: 4_000}, dispute="A-1001-D1")
    of = with_refund(back, captured=160_000, **TWO_LINES)
    assert awardable(of, {"1": 1, "2": 1}) == 156_000
    assert awardable(of, {"1": 1, "2": 1}, beside="A-1001-D1") == 160_000


def test_a_seller_who_has_nothing_left_has_nothing() -> None:
    gone = with_refund(refund(amount=160_000, lines={"1": 160_000}))
    assert sellers_share(gone) == 0
    assert fee_kept(order(fee=8_000)) == 0
    assert fee_kept(order(released=160_000)) == 0


# --- what is counted ------------------------------------------------------------------------------


def test_what_is_counted_in_place_of_ours_leaves_the_rest_to_be_sent() -> None:
    mine = refund(amount=80_000, lines={"1": 50_000, "2": 20_000, SHIPPING: 10_000},
                  funded_by="platform", dispute="A-1001-D1", attempt=2)  # fmt: skip
    of = with_refund(mine, captured=160_000, **TWO_LINES)
    seen = differing("not_recorded", "re_9", theirs=40_000)
    corrected, rest, told = counted(of, seen, in_place_of=mine)
    assert corrected == RefundCorrected(at=NOW, refund=R1, reason="counted", counted=True)
    assert isinstance(rest, RefundRecorded)
    assert isinstance(told, RefundCounted)
    theirs = told.refund
    assert theirs.lines == {"1": 25_000, "2": 10_000, SHIPPING: 5_000}
    assert (theirs.amount, theirs.state, theirs.settled_at) == (40_000, "settled", NOW)
    assert theirs.arrives_from is not None
    assert theirs.arrives_until is not None
    assert theirs.arrives_from < theirs.arrives_until
    assert (theirs.provider_reference, theirs.difference) == ("re_9", X1)
    assert (theirs.funded_by, theirs.dispute, theirs.retry_of, theirs.attempt) == (
        "platform", "A-1001-D1", R1, 3,
    )  # fmt: skip
    assert rest.refund.lines == {"1": 25_000, "2": 10_000, SHIPPING: 5_000}
    assert (rest.refund.amount, rest.refund.funded_by, rest.refund.dispute) == (
        40_000, "platform", "A-1001-D1",
    )  # fmt: skip


def test_the_rest_is_of_the_lines_that_were_promised() -> None:
    """What was counted may be of other lines by then; what is sent is of those still owed."""
    mine = refund(amount=60_000, lines={"1": 60_000}, state="failed")
    of = with_refund(mine, captured=160_000, **TWO_LINES)
    _, rest, told = counted(of, differing("not_recorded", "re_9", theirs=59_999), in_place_of=mine)
    assert told.refund.lines == {"1": 59_999}
    assert (rest.refund.amount, rest.refund.lines) == (1, {"1": 1})
    whole = counted(of, differing("not_recorded", "re_9", theirs=60_000), in_place_of=mine)
    assert [type(event) for event in whole] == [RefundCorrected, RefundCounted]
    assert whole[-1].refund.lines == {"1": 60_000}


def test_what_goes_beyond_ours_is_of_the_whole_order() -> None:
    mine = refund(amount=60_000, lines={"1": 60_000})
    of = with_refund(mine, captured=160_000, **TWO_LINES)
    *_, told = counted(of, differing("not_recorded", "re_9", theirs=160_000), in_place_of=mine)
    assert told.refund.lines == {"1": 60_000, "2": 90_000, SHIPPING: 10_000}
    *_, told = counted(with_refund(captured=160_000, **TWO_LINES),
                       differing("not_recorded", "re_9", theirs=160_000))  # fmt: skip
    assert (told.refund.retry_of, told.refund.attempt) == ("", 1)


def test_a_refund_of_ours_that_was_paid_after_all_stays_what_it_is() -> None:
    mine = refund(2, state="failed", recorded_at=T0, retry_of=R1, attempt=2, dispute="A-1001-D1")
    of = with_refund(mine)
    (told,) = counted(of, differing("not_settled_here", R2, ours=80_000, theirs=80_000))
    ours = told.refund
    assert (ours.id, ours.recorded_at, ours.attempt, ours.retry_of, ours.dispute) == (
        R2, T0, 2, R1, "A-1001-D1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "about", "ours", "theirs", "paid"),
    [
        ("not_recorded", "re_9", None, 1, 1),
        ("not_recorded", "re_9", None, None, None),
        ("booked_twice", R1, 80_000, 160_000, 80_000),
        ("booked_twice", R1, 80_000, 150_000, 70_000),
        ("other_amount", R1, 80_000, 70_000, 70_000),
        ("other_amount", R1, 80_000, 80_000, None),
        ("not_at_provider", R1, 80_000, None, None),
    ],
)
def test_how_much_is_not_counted_yet(
    kind: DifferenceKind, about: str, ours: int | None, theirs: int | None, paid: int | None
) -> None:
    of = with_refund(refund(state="settled"))
    outcome = counted(of, differing(kind, about, ours=ours, theirs=theirs))
    if paid is None:
        assert isinstance(outcome, Refused)
    else:
        assert outcome[-1].refund.amount == paid


def test_who_gives_way_is_tried_again_by_the_platform_a_day_later() -> None:
    of = with_refund(refund(amount=150_000, lines={"1": 150_000}))
    gave_way, _ = counted(of, differing("not_recorded", "re_9", theirs=20_000))
    assert isinstance(gave_way, RefundFailed)
    assert gave_way.at == NOW
    clock = gave_way.retry
    assert (clock.what, clock.turn, clock.subject, clock.anchor) == (
        "refund_retry", "platform", R1, "refund_failed",
    )  # fmt: skip
