"""Chargebacks: the bank's own track, told any number of times."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from amends.kernel.decision import Accepted
from amends.kernel.money import Money
from amends.order.decide.record_chargeback import RecordChargeback
from amends.order.decide.record_chargeback_answer import RecordChargebackAnswer
from amends.order.decide.record_chargeback_outcome import RecordChargebackOutcome
from amends.order.events.money import (
    ChargebackAnswered,
    ChargebackOutcomeRecorded,
    ChargebackRecorded,
)
from amends.order.state import Chargeback, Order
from tests.given import FINANCE, PROVIDER, order
from tests.order.asking import NOW, ask, events, may, only, refused, then


def rub(amount: int) -> Money:
    return Money(amount, "RUB")


def taken(of: Order, reference: str = "cb1", amount: int = 100_000) -> Order:
    return then(of, *events(ask(of, PROVIDER, RecordChargeback(reference, rub(amount)))))


def test_the_bank_takes_and_refunds_wait() -> None:
    recorded = only(
        ask(order(), PROVIDER, RecordChargeback("cb1", rub(100_000))), ChargebackRecorded
    )
    assert recorded.chargeback == Chargeback("cb1", 100_000, NOW)
    after = then(order(), recorded)
    assert (after.chargeback_open, after.taken_by_bank, after.refundable) == (True, 100_000, 60_000)


def test_the_same_again_changes_nothing_and_another_amount_is_refused() -> None:
    after = taken(order())
    assert ask(after, FINANCE, RecordChargeback("cb1", rub(100_000))) == Accepted(())
    assert refused(ask(after, FINANCE, RecordChargeback("cb1", rub(99_999)))) == (
        "chargeback_differs", "conflict", "amount",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "rule"),
    [(0, "amount_too_small"), (1, None), (60_000, None), (60_001, "amount_too_large")],
)
def test_several_take_no_more_than_was_captured(amount: int, rule: str | None) -> None:
    outcome = ask(taken(order()), PROVIDER, RecordChargeback("cb2", rub(amount)))
    if rule is None:
        assert events(outcome)
    else:
        assert refused(outcome) == (rule, "invalid", "amount")


def test_what_came_back_from_the_bank_can_be_taken_again() -> None:
    won = then(taken(order()), ChargebackOutcomeRecorded(at=NOW, chargeback="cb1", won=True))
    assert events(ask(won, PROVIDER, RecordChargeback("cb2", rub(160_000))))


def test_it_is_in_the_orders_currency_and_has_a_reference() -> None:
    assert refused(ask(order(), PROVIDER, RecordChargeback("cb1", Money(1, "USD"))))[0] == (
        "other_currency"
    )
    assert refused(ask(order(), PROVIDER, RecordChargeback(" ", rub(1)))) == (
        "text_missing", "invalid", "reference",
    )  # fmt: skip


@pytest.mark.parametrize(("outcome", "refundable"), [("won", 160_000), ("lost", 60_000)])
def test_the_bank_decides(outcome: str, refundable: int) -> None:
    told = RecordChargebackOutcome("cb1", "won" if outcome == "won" else "lost")
    decided = only(ask(taken(order()), PROVIDER, told), ChargebackOutcomeRecorded)
    assert decided.won == (outcome == "won")
    after = then(taken(order()), decided)
    assert (after.chargeback_open, after.refundable) == (False, refundable)
    assert ask(after, FINANCE, told) == Accepted(())


def test_an_outcome_is_final() -> None:
    won = then(taken(order()), ChargebackOutcomeRecorded(at=NOW, chargeback="cb1", won=True))
    assert refused(ask(won, PROVIDER, RecordChargebackOutcome("cb1", "lost"))) == (
        "chargeback_decided", "conflict", "outcome",
    )  # fmt: skip


def test_the_bank_hears_our_side_until_it_says() -> None:
    until = NOW + timedelta(days=7)
    elsewhere = until.astimezone(timezone(timedelta(hours=3)))
    told = RecordChargeback("cb1", rub(100_000), elsewhere)
    recorded = only(ask(order(), PROVIDER, told), ChargebackRecorded)
    assert recorded.chargeback.evidence_until == until
    assert recorded.chargeback.evidence_until.utcoffset() == timedelta(0)


def test_that_the_bank_has_our_side_is_recorded_once() -> None:
    told = RecordChargebackAnswer("cb1", "ab" * 32)
    answered = only(ask(taken(order()), PROVIDER, told), ChargebackAnswered)
    assert (answered.chargeback, answered.digest) == ("cb1", "ab" * 32)
    after = then(taken(order()), answered)
    assert after.chargebacks["cb1"].answered_at == NOW
    assert (after.chargeback_open, after.refundable) == (True, 60_000)
    assert ask(after, FINANCE, RecordChargebackAnswer("cb1")) == Accepted(())
    assert refused(ask(after, FINANCE, RecordChargebackAnswer("cb2"))) == (
        "unknown_chargeback", "invalid", "reference",
    )  # fmt: skip
    assert refused(ask(order(), FINANCE, RecordChargebackAnswer("cb1")))[0] == "no_chargeback"


def test_an_outcome_is_of_a_known_chargeback() -> None:
    assert refused(ask(taken(order()), PROVIDER, RecordChargebackOutcome("cb2", "won"))) == (
        "unknown_chargeback", "invalid", "reference",
    )  # fmt: skip
    no = may(order(), PROVIDER, RecordChargebackOutcome)
    assert no is not None
    assert no.rule == "no_chargeback"
