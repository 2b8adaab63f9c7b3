from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from amends.adapters.clock import VIRTUAL_START, VirtualClock
from amends.adapters.payments.simulator import PaymentSimulator
from amends.engine.outside import (
    Behaviour,
    Callback,
    Capture,
    PaymentProvider,
    ProviderConflict,
    ProviderRefund,
    ProviderUnclear,
    SimulatedPayments,
)
from amends.kernel.money import Money
from tests.adapters.clocks import standing_clock
from tests.adapters.contract_payments import PaymentProviderContract, rub

DAY = timedelta(days=1)
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
    assert port.next_change_at() is None


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
        found = simulator.find_refund("R1")
        assert len(simulator.refunds()) == booked
        again = simulator.refund("R1", "pay_1", rub(100), "k1")
        assert again.state == "succeeded"
        assert found is None or found.id == again.id
        assert len(simulator.refunds()) == 1

    def test_is_used_up_by_refund_calls_alone_and_then_ok_again(
        self, simulator: PaymentSimulator
    ) -> None:
        simulator.set_next(["decline", "unavailable"])
        simulator.find_refund("R1")
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


class TestChangesByTime:
    def state(self, simulator: PaymentSimulator) -> str:
        found = simulator.find_refund("R1")
        assert found is not None
        assert simulator.refunds() == (found,)
        return found.state

    def test_pending_succeeds_a_day_later(
        self, simulator: PaymentSimulator, clock: VirtualClock
    ) -> None:
        simulator.set_next(["pending"])
        assert simulator.refund("R1", "pay_1", rub(100), "k1").state == "pending"
        assert simulator.next_change_at() == VIRTUAL_START + DAY
        clock.move_to(VIRTUAL_START + DAY - TICK)
        assert self.state(simulator) == "pending"
        assert simulator.due_callbacks(clock.now()) == ()
        clock.move_to(VIRTUAL_START + DAY)
        assert self.state(simulator) == "succeeded"
        assert simulator.due_callbacks(clock.now()) == (
            Callback(
                "re_1:succeeded",
                VIRTUAL_START + DAY,
                ProviderRefund("re_1", "pay_1", "R1", rub(100), "succeeded"),
            ),
        )

    def test_fail_later_succeeds_and_fails_two_days_after(
        self, simulator: PaymentSimulator, clock: VirtualClock
    ) -> None:
        simulator.set_next(["fail_later"])
        assert simulator.refund("R1", "pay_1", rub(160000), "k1").state == "succeeded"
        clock.move_to(VIRTUAL_START + 2 * DAY - TICK)
        assert self.state(simulator) == "succeeded"
        assert simulator.refund("R2", "pay_1", rub(1), "k2").code == "exceeds_capture"
        clock.move_to(VIRTUAL_START + 2 * DAY)
        assert self.state(simulator) == "failed"
        [callback] = simulator.due_callbacks(clock.now())
        assert (callback.id, callback.refund.state) == ("re_1:failed", "failed")

    def test_money_that_came_back_can_be_refunded_anew(
        self, simulator: PaymentSimulator, clock: VirtualClock
    ) -> None:
        simulator.set_next(["fail_later"])
        simulator.refund("R1", "pay_1", rub(160000), "k1")
        clock.move_to(VIRTUAL_START + 2 * DAY)
        again = simulator.refund("R1", "pay_1", rub(160000), "k2")
        found = simulator.find_refund("R1")
        assert again.state == "succeeded"
        assert found is not None
        assert found.id == again.id

    def test_callbacks_come_oldest_first_until_they_are_delivered(
        self, simulator: PaymentSimulator, clock: VirtualClock
    ) -> None:
        simulator.set_next(["fail_later", "pending"])
        simulator.refund("R1", "pay_1", rub(1), "k1")
        simulator.refund("R2", "pay_1", rub(1), "k2")
        clock.move_to(VIRTUAL_START + 5 * DAY)
        due = simulator.due_callbacks(clock.now())
        assert [callback.id for callback in due] == ["re_2:succeeded", "re_1:failed"]
        assert simulator.due_callbacks(clock.now()) == due
        simulator.mark_delivered("re_2:succeeded")
        simulator.mark_delivered("re_2:succeeded")
        simulator.mark_delivered("re_1:succeeded")
        simulator.mark_delivered("nonsense")
        assert simulator.due_callbacks(clock.now()) == due[1:]
        assert simulator.next_change_at() == VIRTUAL_START + 2 * DAY
        simulator.mark_delivered("re_1:failed")
        assert simulator.due_callbacks(clock.now()) == ()
        assert simulator.next_change_at() is None


def test_everything_survives_a_restart(tmp_path: Path, clock: VirtualClock) -> None:
    path = tmp_path / "payments.sqlite"
    before = PaymentSimulator(path, clock)
    before.book_capture("pay_1", rub(1000))
    before.set_next(["pending", "ok", "timeout_but_done", "decline"])
    first = before.refund("R1", "pay_1", rub(400), "k1")
    before.refund("R2", "pay_1", rub(400), "k2")
    before.close()

    after = PaymentSimulator(path, clock)
    assert after.next_change_at() == VIRTUAL_START + DAY
    with pytest.raises(ProviderUnclear):
        after.refund("R1", "pay_1", rub(400), "k1")
    assert after.refund("R1", "pay_1", rub(400), "k1") == first
    assert after.refund("R3", "pay_1", rub(201), "k3").code == "exceeds_capture"
    assert [refund.intent for refund in after.refunds()] == ["R1", "R2"]
    after.close()
