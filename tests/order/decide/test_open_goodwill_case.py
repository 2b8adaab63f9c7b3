"""Goodwill: after the window, with a reason, at the platform's cost."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from amends.kernel.budgets import MonthlyBudget
from amends.kernel.decision import Refused
from amends.kernel.money import Money
from amends.kernel.people import Actor, Role
from amends.order.decide.open_goodwill_case import OpenGoodwillCase
from amends.order.escrow import sellers_share
from amends.order.events.money import GoodwillCaseOpened, RefundRecorded
from amends.order.state import Chargeback, Order
from tests.given import DAY, SECOND, SUPERVISOR, SUPPORT, T0, order, parcel, terms
from tests.order.asking import NOW, ask, claim, contents, events, may, refused, then

END = T0 + 24 * DAY
TEN = OpenGoodwillCase("Written off in the post.", Money(1_000, "RUB"))


def over(**changes: Any) -> Order:
    return order(parcels=(parcel(),), protection_ended_at=END, **changes)


def test_the_platform_pays_and_the_seller_does_not() -> None:
    outcome = ask(over(), SUPPORT, TEN, END)
    opened, recorded = events(outcome)
    assert isinstance(opened, GoodwillCaseOpened)
    assert isinstance(recorded, RefundRecorded)
    (reason,) = contents(outcome)
    assert (opened.number, opened.by, opened.budget) == (1, "u1", 1_000)
    assert (opened.reason_ref, reason.owner) == (reason.ref, "u1")
    assert (recorded.refund.amount, recorded.refund.funded_by) == (1_000, "platform")
    assert recorded.overdue is not None
    after = then(over(), opened, recorded)
    assert (after.goodwill_cases, after.refundable) == (1, 159_000)
    assert sellers_share(after) == 160_000


@pytest.mark.parametrize(
    ("amount", "currency", "rule"),
    [
        (0, "RUB", "amount_too_small"),
        (1, "RUB", None),
        (160_000, "RUB", None),
        (160_001, "RUB", "amount_too_large"),
        (1, "USD", "other_currency"),
    ],
)
def test_the_budget_is_at_most_what_was_paid(amount: int, currency: str, rule: str | None) -> None:
    outcome = ask(over(), SUPPORT, OpenGoodwillCase("Kind", Money(amount, currency)), END)
    if rule is None:
        assert events(outcome)
    else:
        assert refused(outcome) == (rule, "invalid", "budget")


def test_it_has_a_reason() -> None:
    outcome = ask(over(), SUPPORT, OpenGoodwillCase(" ", Money(1, "RUB")), END)
    assert refused(outcome) == ("text_missing", "invalid", "reason")


@pytest.mark.parametrize(
    ("at", "fine"),
    [
        (T0, False),  # not open yet
        (T0 + 7 * DAY - SECOND, False),
        (T0 + 7 * DAY, False),
        (END - SECOND, False),
        (END, True),
    ],
)
def test_while_a_dispute_can_be_opened_that_is_the_way(at: datetime, *, fine: bool) -> None:
    no = may(order(parcels=(parcel(),)), SUPPORT, OpenGoodwillCase, at)
    assert (no is None) == fine
    assert fine or (no is not None and no.rule == "window_still_open")


def test_a_window_ended_by_the_order_counts_as_over() -> None:
    early = order(parcels=(parcel(),), protection_ended_at=NOW)
    assert may(early, SUPPORT, OpenGoodwillCase) is None


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"cancelled_at": T0}, "order_cancelled"),
        ({"claims": claim()}, "dispute_open"),
        ({"chargebacks": {"cb": Chargeback("cb", 1, T0)}}, "chargeback_open"),
        ({"captured": 0}, "nothing_paid_here"),
        (
            {"chargebacks": {"cb": Chargeback("cb", 160_000, T0, outcome="lost")}},
            "nothing_left_to_refund",
        ),
    ],
)
def test_nothing_else_is_under_way(changes: dict[str, Any], rule: str) -> None:
    assert refused(ask(over(**changes), SUPPORT, TEN, END))[0] == rule


def test_support_gives_up_to_the_platforms_cap_and_a_supervisor_beyond() -> None:
    cap = terms().platform.honours_up_to["RUB"]
    large = over(captured=2 * cap)
    first = then(large, *events(ask(large, SUPPORT, TEN, END)))
    rest = OpenGoodwillCase("Kind", Money(cap - 1_000, "RUB"))
    assert events(ask(first, SUPPORT, rest, END))
    beyond = OpenGoodwillCase("Kind", Money(cap - 999, "RUB"))
    refusal = ask(first, SUPPORT, beyond, END)
    assert refused(refusal) == ("goodwill_cap", "conflict", "budget")
    assert isinstance(refusal, Refused)
    assert refusal.facts["given"] == Money(1_000, "RUB")
    assert refusal.next == ("lower_goodwill", "raise_goodwill")
    assert events(ask(first, SUPERVISOR, beyond, END))


@pytest.mark.parametrize(("granted", "fine"), [(4_000, True), (4_001, False)])
def test_support_gives_what_is_left_of_the_months_budget(granted: int, *, fine: bool) -> None:
    month = MonthlyBudget(granted, 5_000, END + 7 * DAY)
    outcome = ask(over(), SUPPORT, TEN, END, goodwill=month)
    if fine:
        assert events(outcome)
        return
    assert refused(outcome) == ("goodwill_month", "conflict", "budget")
    assert isinstance(outcome, Refused)
    assert outcome.facts == {
        "budget": Money(1_000, "RUB"),
        "granted": Money(4_001, "RUB"),
        "month_budget": Money(5_000, "RUB"),
        "ends": END + 7 * DAY,
    }
    assert outcome.next == ("lower_goodwill", "wait_for_next_month", "raise_goodwill")
    assert events(ask(over(), SUPERVISOR, TEN, END, goodwill=month))


@pytest.mark.parametrize("granted", [5_000, 5_001])
def test_a_month_of_which_nothing_is_left_is_told_before_anything_is_filled_in(
    granted: int,
) -> None:
    spent = MonthlyBudget(granted, 5_000, END + 7 * DAY)
    no = may(over(), SUPPORT, OpenGoodwillCase, END, goodwill=spent)
    assert no == ask(over(), SUPPORT, TEN, END, goodwill=spent)
    assert no is not None
    assert (no.rule, no.kind) == ("goodwill_month_spent", "conflict")
    assert no.facts == {
        "granted": Money(granted, "RUB"),
        "month_budget": Money(5_000, "RUB"),
        "ends": END + 7 * DAY,
    }
    assert no.next == ("wait_for_next_month", "raise_goodwill")
    assert may(over(), SUPERVISOR, OpenGoodwillCase, END, goodwill=spent) is None


def test_nobody_gives_goodwill_to_themselves() -> None:
    no = may(over(), Actor("b1", Role.SUPERVISOR), OpenGoodwillCase, END)
    assert no is not None
    assert no.rule == "conflict_of_interest"
