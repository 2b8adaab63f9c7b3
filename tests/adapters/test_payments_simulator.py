from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from amends.adapters.clock import VIRTUAL_START, VirtualClock
from amends.adapters.payments.simulator import PaymentSimulator
from amends.engine.outside import Capture, PaymentProvider, ProviderConflict, ProviderUnclear
from amends.engine.simulated import Behaviour, SimulatedPayments
from amends.kernel.money import Money
from tests.adapters.clocks import standing_clock
from tests.adapters.contract_payments import PaymentProviderContract, rub

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TICK = timedelta(microseconds=1)


@pytest.fixture
def clock() -> VirtualClock:
    return standing_clock()


@pytest.fixture
def simulator(clock: VirtualClock) -> Iterator[PaymentSimulator]:
    made = PaymentSimulator(":memory:", clock)
    made.book_capture("pay_1", rub(160000))
    yield made
    made.close()


class TestInMemory(PaymentProviderContract):
    @pytest.fixture
    def provider(self, simulator: PaymentSimulator) -> PaymentProvider:
        return simulator


class TestInAFile(PaymentProviderContract):
    @pytest.fixture
    def provider(self, tmp_path: Path, clock: VirtualClock) -> Iterator[PaymentProvider]:
        made = PaymentSimulator(tmp_path / "payments.sqlite", clock)
        made.book_capture("pay_1", rub(160000))
        yield made
        made.close()


def test_fulfils_the_port(simulator: PaymentSimulator) -> None:
    port: SimulatedPayments = simulator
    assert port.next_report_at() is None


def test_a_capture_is_booked_once(simulator: PaymentSimulator) -> None:
    simulator.book_capture("pay_1", rub(160000))
    assert simulator.captures() == (Capture("pay_1", rub(160000)),)


def test_shares_of_a_payment_are_one_capture(simulator: PaymentSimulator) -> None:
    for share, amount in (("A-1", 1000), ("A-2", 500), ("A-1", 700), ("A-1", 700)):
        simulator.book_capture("pay_2", rub(amount), share)
    simulator.book_capture("pay_2", Money(10, "USD"), "A-3")
    shown = [capture.amount for capture in simulator.captures() if capture.reference == "pay_2"]
    assert shown == [rub(1200), Money(10, "USD")]
    assert simulator.refund("R1", "pay_2", rub(1201), "k1").code == "exceeds_capture"
    assert simulator.refund("R2", "pay_2", rub(1200), "k2").state == "succeeded"
    assert simulator.refund("R3", "pay_2", Money(10, "USD"), "k3").state == "succeeded"
    assert simulator.refund("R4", "pay_2", Money(1, "EUR"), "k4").code == "currency_mismatch"


def test_shows_what_is_booked_as_the_sandbox_answers_it(simulator: PaymentSimulator) -> None:
    simulator.refund("R1", "pay_1", rub(72000), "k1")
    assert msgspec.json.decode(msgspec.json.encode(simulator.booked())) == {
        "captures": [{"reference": "pay_1", "amount": {"amount": 160000, "currency": "RUB"}}],
        "refunds": [
            {
                "id": "re_1",
                "reference": "pay_1",
                "intent": "R1",
                "amount": {"amount": 72000, "currency": "RUB"},
                "state": "succeeded",
            }
        ],
    }


class TestKeys:
    def test_are_remembered_for_24_hours_and_then_pay_again(
        self, simulator: PaymentSimulator, clock: VirtualClock
    ) -> None:
        first = simulator.refund("R1", "pay_1", rub(100), "k1")
        clock.move_to(VIRTUAL_START + DAY - TICK)
        assert simulator.refund("R1", "pay_1", rub(100), "k1") == first
        clock.move_to(VIRTUAL_START + DAY)
        assert simulator.refund("R1", "pay_1", rub(100), "k1").id != first.id
        assert len(simulator.refunds()) == 2

    def test_remember_a_decline_too(self, simulator: PaymentSimulator) -> None:
        simulator.set_next(["decline"])
        first = simulator.refund("R1", "pay_1", rub(100), "k1")
        assert first.code == "declined_by_provider"
        assert simulator.refund("R1", "pay_1", rub(100), "k1") == first
        assert simulator.refund("R1", "pay_1", rub(100), "k2").state == "succeeded"

    def test_used_for_something_else_are_an_error(self, simulator: PaymentSimulator) -> None:
        simulator.refund("R1", "pay_1", rub(100), "k1")
        with pytest.raises(ProviderConflict):
            simulator.refund("R1", "pay_1", rub(101), "k1")

    def test_are_not_mixed_up_by_odd_names(self, simulator: PaymentSimulator) -> None:
        simulator.book_capture("c", rub(10))
        simulator.book_capture("b c", rub(10))
        simulator.refund("a", "b c", rub(1), "k1")
        with pytest.raises(ProviderConflict):
            simulator.refund("a b", "c", rub(1), "k1")


class TestBehaviour:
    @pytest.mark.parametrize(
        ("behaviour", "reason", "booked"),
        [
            ("timeout", "timeout", 0),
            ("timeout_but_done", "timeout", 1),
            ("unavailable", "unavailable", 0),
        ],
    )
    def test_without_a_clear_answer_only_reading_helps(
        self, simulator: PaymentSimulator, behaviour: Behaviour, reason: str, booked: int
    ) -> None:
        simulator.set_next([behaviour])
        with pytest.raises(ProviderUnclear) as caught:
            simulator.refund("R1", "pay_1", rub(100), "k1")
        assert caught.value.reason == reason
        found = simulator.find_refund("R1", "pay_1")
        assert len(simulator.refunds()) == booked
        again = simulator.refund("R1", "pay_1", rub(100), "k1")
        assert again.state == "succeeded"
        assert found is None or found.id == again.id
        assert len(simulator.refunds()) == 1

    def test_is_used_up_by_refund_calls_alone_and_then_ok_again(
        self, simulator: PaymentSimulator
    ) -> None:
        simulator.set_next(["decline", "unavailable"])
        simulator.find_refund("R1", "pay_1")
        simulator.booked()
        assert simulator.refund("R1", "pay_1", rub(1), "k1").state == "declined"
        with pytest.raises(ProviderUnclear):
            simulator.refund("R2", "pay_1", rub(1), "k2")
        assert simulator.refund("R3", "pay_1", rub(1), "k3").state == "succeeded"

    def test_met_by_a_repeated_call_hides_its_answer_but_does_nothing(
        self, simulator: PaymentSimulator
    ) -> None:
        first = simulator.refund("R1", "pay_1", rub(1), "k1")
        simulator.set_next(["timeout_but_done", "pending"])
        with pytest.raises(ProviderUnclear):
            simulator.refund("R1", "pay_1", rub(1), "k1")
        assert simulator.refund("R1", "pay_1", rub(1), "k1") == first
        assert simulator.refund("R2", "pay_1", rub(1), "k2").state == "succeeded"
        assert len(simulator.refunds()) == 2

    def test_set_again_replaces_what_was_set(self, simulator: PaymentSimulator) -> None:
        simulator.set_next(["decline", "decline"])
        simulator.set_next([])
        assert simulator.refund("R1", "pay_1", rub(1), "k1").state == "succeeded"

    def test_unknown_is_refused_with_what_there_is(self, simulator: PaymentSimulator) -> None:
        simulator.set_next(["decline"])
        with pytest.raises(ValueError, match=r"explode; there are ok, decline"):
            simulator.set_next(["ok", "explode"])  # type: ignore[list-item]
        assert simulator.refund("R1", "pay_1", rub(1), "k1").state == "declined"


class TestWhatBecomesOfARefund:
    def booked(self, simulator: PaymentSimulator) -> tuple[str, str]:
        found = simulator.find_refund("R1", "pay_1")
        assert found is not None
        assert simulator.refunds() == (found,)
        return found.state, found.reason

    @pytest.mark.parametrize(
        ("behaviour", "answered", "first", "after", "then"),
        [
            ("ok", "succeeded", "succeeded", 30 * DAY, ("succeeded", "")),
            ("pending", "pending", "pending", DAY, ("succeeded", "")),
            ("requires_action", "pending", "requires_action", 3 * DAY, ("succeeded", "")),
            ("canceled", "pending", "pending", DAY, ("canceled", "canceled_at_provider")),
            ("fail_later", "succeeded", "succeeded", 2 * DAY, ("failed", "failed_at_provider")),
            ("closed_account", "pending", "pending", 2 * DAY, ("failed", "closed_account")),
            ("chargeback", "pending", "pending", HOUR, ("failed", "charge_disputed")),
        ],
    )
    def test_by_time(
        self,
        simulator: PaymentSimulator,
        clock: VirtualClock,
        behaviour: Behaviour,
        answered: str,
        first: str,
        after: timedelta,
        then: tuple[str, str],
    ) -> None:
        simulator.set_next([behaviour])
        assert simulator.refund("R1", "pay_1", rub(100), "k1").state == answered
        clock.move_to(VIRTUAL_START + after - TICK)
        assert self.booked(simulator) == (first, "")
        clock.move_to(VIRTUAL_START + after)
        assert self.booked(simulator) == then

    @pytest.mark.parametrize(
        ("behaviour", "code"),
        [
            ("decline", "declined_by_provider"),
            ("expired_card", "expired_card"),
            ("empty_balance", "balance_insufficient"),
            ("already_refunded", "already_refunded"),
        ],
    )
    def test_declined_it_is_not_booked(
        self, simulator: PaymentSimulator, behaviour: Behaviour, code: str
    ) -> None:
        simulator.set_next([behaviour])
        reply = simulator.refund("R1", "pay_1", rub(100), "k1")
        assert (reply.state, reply.code) == ("declined", code)
        assert simulator.find_refund("R1", "pay_1") is None

    def test_a_shop_that_refunded_by_hand_leaves_nothing_or_half(
        self, simulator: PaymentSimulator
    ) -> None:
        simulator.set_next(["partial_only"])
        assert simulator.refund("R1", "pay_1", rub(80001), "k1").code == "exceeds_capture"
        assert simulator.refund("R2", "pay_1", rub(80000), "k2").state == "succeeded"
        assert [(r.intent, r.amount.amount) for r in simulator.refunds()] == [
            ("", 80000), ("R2", 80000),
        ]  # fmt: skip
        simulator.book_capture("pay_2", rub(70))
        simulator.set_next(["already_refunded"])
        assert simulator.refund("R3", "pay_2", rub(1), "k3").code == "already_refunded"
        assert simulator.refunds()[-1].amount == rub(70)
        simulator.set_next(["already_refunded"])
        assert simulator.refund("R4", "pay_9", rub(1), "k4").code == "unknown_reference"

    def test_money_that_came_back_can_be_refunded_anew(
        self, simulator: PaymentSimulator, clock: VirtualClock
    ) -> None:
        simulator.set_next(["fail_later"])
        simulator.refund("R1", "pay_1", rub(160000), "k1")
        clock.move_to(VIRTUAL_START + 2 * DAY - TICK)
        assert simulator.refund("R2", "pay_1", rub(1), "k0").code == "already_refunded"
        clock.move_to(VIRTUAL_START + 2 * DAY)
        again = simulator.refund("R1", "pay_1", rub(160000), "k2")
        found = simulator.find_refund("R1", "pay_1")
        assert again.state == "succeeded"
        assert found is not None
        assert found.id == again.id

    def test_the_buyers_bank_knows_it_by_a_number_a_day_later(
        self, simulator: PaymentSimulator, clock: VirtualClock
    ) -> None:
        simulator.refund("R1", "pay_1", rub(100), "k1")
        clock.move_to(VIRTUAL_START + DAY - TICK)
        assert [r.bank_ref for r in simulator.refunds()] == [""]
        clock.move_to(VIRTUAL_START + DAY)
        assert [len(r.bank_ref) for r in simulator.refunds()] == [23]


def test_everything_survives_a_restart(tmp_path: Path, clock: VirtualClock) -> None:
    path = tmp_path / "payments.sqlite"
    before = PaymentSimulator(path, clock)
    before.book_capture("pay_1", rub(1000))
    before.set_next(["pending", "ok", "timeout_but_done", "decline"])
    first = before.refund("R1", "pay_1", rub(400), "k1")
    before.refund("R2", "pay_1", rub(400), "k2")
    before.close()

    after = PaymentSimulator(path, clock)
    assert after.next_report_at() == VIRTUAL_START
    with pytest.raises(ProviderUnclear):
        after.refund("R1", "pay_1", rub(400), "k1")
    assert after.refund("R1", "pay_1", rub(400), "k1") == first
    assert after.refund("R3", "pay_1", rub(201), "k3").code == "exceeds_capture"
    assert [refund.intent for refund in after.refunds()] == ["R1", "R2"]
    after.close()
