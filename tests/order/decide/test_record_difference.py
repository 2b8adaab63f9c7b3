"""The two books differ: it is on record once, freezes the money, and ends when they agree again."""

from __future__ import annotations

from typing import Any

import pytest

from amends.kernel.money import Money
from amends.kernel.people import CLOCK
from amends.order.decide.record_agreement import RecordAgreement
from amends.order.decide.record_difference import RecordDifference
from amends.order.events.books import DifferenceRecorded, DifferenceResolved
from amends.order.freezing import refuse_frozen
from amends.order.state import Chargeback, Order
from tests.given import DAY, T0, order
from tests.order.asking import (
    NOW,
    ask,
    events,
    may,
    only,
    refund,
    refused,
    settled,
    then,
    with_refund,
)

R1, X1, X2 = "A-1001-R1", "A-1001-X1", "A-1001-X2"
BY_HAND = RecordDifference("not_recorded", "re_9", theirs=Money(30_000, "RUB"))


def recorded(of: Order, command: RecordDifference = BY_HAND, at: Any = NOW) -> Order:
    return then(of, *events(ask(of, CLOCK, command, at)))


def test_it_is_on_record_with_a_clock_for_finance() -> None:
    event = only(ask(order(), CLOCK, BY_HAND), DifferenceRecorded)
    assert (event.difference.id, event.difference.kind, event.difference.about) == (
        X1, "not_recorded", "re_9",
    )  # fmt: skip
    assert (event.difference.ours, event.difference.theirs) == (None, 30_000)
    assert (event.again.what, event.again.at, event.again.subject) == ("difference", NOW + DAY, X1)
    assert event.told == ("finance",)


def test_it_freezes_the_money_and_the_refusal_names_it() -> None:
    frozen = recorded(order())
    assert (frozen.frozen, frozen.open_differences) == (True, (X1,))
    refusal = refuse_frozen(frozen)
    assert refusal is not None
    assert (refusal.rule, refusal.facts) == ("difference_open", {"differences": (X1,)})
    assert refuse_frozen(order()) is None


def test_a_bank_comes_before_the_books() -> None:
    both = recorded(order(chargebacks={"cb": Chargeback("cb", 1, T0)}))
    refusal = refuse_frozen(both)
    assert refusal is not None
    assert refusal.rule == "chargeback_open"


def test_seen_twice_it_is_recorded_once() -> None:
    once = recorded(order())
    assert events(ask(once, CLOCK, BY_HAND, NOW + DAY)) == ()


def test_with_other_figures_an_open_one_is_brought_up_to_date() -> None:
    less = RecordDifference("captured_less", "pay_1", Money(160_000, "RUB"), Money(90_000, "RUB"))
    lesser = RecordDifference("captured_less", "pay_1", Money(160_000, "RUB"), Money(80_000, "RUB"))
    after = recorded(recorded(order(), less), lesser, NOW + DAY)
    (difference,) = after.differences.values()
    assert (difference.id, difference.at, difference.theirs) == (X1, NOW, 80_000)


def test_an_amount_in_another_currency_says_which() -> None:
    seen = RecordDifference("not_recorded", "re_9", theirs=Money(30, "USD"))
    assert recorded(order()).differences[X1].other_currency == ""
    assert recorded(order(), seen).differences[X1].other_currency == "USD"


def test_decided_on_it_is_not_recorded_again_with_the_same_figures() -> None:
    decided = then(
        recorded(order()),
        DifferenceResolved(at=NOW, difference=X1, by="f1", resolution="explained"),
    )
    assert not decided.frozen
    assert decided.deadlines == ()
    assert events(ask(decided, CLOCK, BY_HAND)) == ()
    other = RecordDifference("not_recorded", "re_9", theirs=Money(40_000, "RUB"))
    assert list(recorded(decided, other).differences) == [X1, X2]


def test_when_the_books_agree_it_ends_and_may_come_again() -> None:
    agreed = only(ask(recorded(order()), CLOCK, RecordAgreement(X1), NOW + DAY), DifferenceResolved)
    assert (agreed.resolution, agreed.told) == ("books_agree", ())
    after = then(recorded(order()), agreed)
    assert not after.frozen
    assert recorded(after, at=NOW + 2 * DAY).open_differences == (X2,)


@pytest.mark.parametrize(
    ("kind", "about", "of", "differs"),
    [
        ("not_at_provider", R1, settled(with_refund(refund())), True),
        ("not_at_provider", R1, with_refund(refund(state="pending")), True),
        ("not_at_provider", R1, with_refund(refund(state="failed")), False),
        ("not_at_provider", R1, with_refund(refund(state="settled", traced="arrived")), False),
        ("not_at_provider", "A-1001-R9", with_refund(refund()), False),
        ("not_settled_here", R1, with_refund(refund(state="failed")), True),
        ("not_settled_here", R1, settled(with_refund(refund())), False),
        ("not_settled_here", R1, with_refund(refund(state="failed", traced="arrived")), False),
        ("other_amount", R1, with_refund(refund(state="sent")), True),
        ("booked_twice", R1, with_refund(refund(state="failed")), False),
        ("not_recorded", "re_1", settled(with_refund(refund())), False),
        ("not_recorded", "re_2", settled(with_refund(refund())), True),
        ("captured_less", "pay_1", order(), True),
    ],
)
def test_what_is_no_difference_by_now_is_not_recorded(
    kind: Any, about: str, of: Order, *, differs: bool
) -> None:
    seen = RecordDifference(kind, about, Money(80_000, "RUB"), Money(1, "RUB"))
    assert bool(events(ask(of, CLOCK, seen))) == differs


def test_an_agreement_is_about_an_open_difference() -> None:
    assert may(order(), CLOCK, RecordDifference) is None
    nothing = may(order(), CLOCK, RecordAgreement)
    assert nothing is not None
    assert nothing.rule == "no_difference_open"
    assert may(recorded(order()), CLOCK, RecordAgreement) is None
    other = ask(recorded(order()), CLOCK, RecordAgreement(X2))
    assert refused(other) == ("unknown_difference", "invalid", "difference")
