"""What the simulated provider reports of its own accord, and its chargebacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta

import msgspec
import pytest

from amends.adapters.clock import VIRTUAL_START, VirtualClock
from amends.adapters.payments.simulator import EVIDENCE_WITHIN, PaymentSimulator
from amends.engine.callbacks import AboutChargeback, AboutRefund, NotGenuine
from amends.engine.outside import ProviderUnclear
from amends.engine.simulated import Behaviour, Reporting
from amends.kernel.money import Money
from tests.adapters.clocks import standing_clock
from tests.adapters.contract_payments import rub

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def clock() -> VirtualClock:
    return standing_clock()


@pytest.fixture
def simulator(clock: VirtualClock) -> Iterator[PaymentSimulator]:
    made = PaymentSimulator(":memory:", clock)
    made.book_capture("pay_1", rub(1000))
    yield made
    made.close()


def due(simulator: PaymentSimulator, clock: VirtualClock) -> list[str]:
    return [report.id for report in simulator.due_reports(clock.now())]


def test_what_is_booked_and_what_becomes_of_it_is_reported_until_it_was_delivered(
    simulator: PaymentSimulator, clock: VirtualClock
) -> None:
    simulator.set_next(["fail_later", "pending"])
    simulator.refund("R1", "pay_1", rub(1), "k1")
    simulator.refund("R2", "pay_1", rub(1), "k2")
    assert due(simulator, clock) == ["re_1:succeeded", "re_2:pending"]
    clock.move_to(VIRTUAL_START + 5 * DAY)
    assert due(simulator, clock) == [
        "re_1:succeeded", "re_2:pending", "re_2:succeeded", "re_1:failed",
    ]  # fmt: skip
    simulator.mark_delivered("re_1:succeeded")
    simulator.mark_delivered("re_1:succeeded")
    simulator.mark_delivered("nonsense")
    simulator.mark_delivered("re_2:pending")
    assert due(simulator, clock) == ["re_2:succeeded", "re_1:failed"]
    assert simulator.next_report_at() == VIRTUAL_START + DAY
    simulator.mark_delivered("re_2:succeeded")
    simulator.mark_delivered("re_1:failed")
    assert due(simulator, clock) == []
    assert simulator.next_report_at() is None


def test_a_repeated_call_is_not_reported_again(
    simulator: PaymentSimulator, clock: VirtualClock
) -> None:
    for _ in range(3):
        simulator.refund("R1", "pay_1", rub(1), "k1")
    assert due(simulator, clock) == ["re_1:succeeded"]


@pytest.mark.parametrize("times", [0, 1, 50])
@pytest.mark.parametrize("newest_first", [False, True])
def test_as_often_as_late_and_in_the_order_it_was_told(
    simulator: PaymentSimulator, clock: VirtualClock, times: int, newest_first: bool
) -> None:
    simulator.set_reporting(Reporting(times=times, late=3 * DAY, newest_first=newest_first))
    simulator.refund("R1", "pay_1", rub(1), "k1")
    simulator.refund("R2", "pay_1", rub(1), "k2")
    assert due(simulator, clock) == []
    clock.move_to(VIRTUAL_START + 3 * DAY)
    expected = ["re_1:succeeded"] * times + ["re_2:succeeded"] * times
    assert due(simulator, clock) == (expected[::-1] if newest_first else expected)


@pytest.mark.parametrize(
    ("behaviour", "first"),
    [("ok", ["refund.succeeded"]), ("pending", ["refund.pending"]), ("decline", []),
     ("timeout", []), ("timeout_but_done", ["refund.succeeded"])],
)  # fmt: skip
def test_before_the_answer(
    simulator: PaymentSimulator, behaviour: Behaviour, first: list[str]
) -> None:
    heard: list[str] = []

    def listen(headers: Mapping[str, str], body: bytes) -> None:
        heard.append(simulator.hear(headers, body).kind)

    simulator.listener = listen
    simulator.set_reporting(Reporting(before_answer=True))
    simulator.set_next([behaviour])
    with suppress(ProviderUnclear):
        simulator.refund("R1", "pay_1", rub(1), "k1")
    assert heard == first
    simulator.set_reporting(Reporting())
    simulator.refund("R2", "pay_1", rub(1), "k2")
    assert heard == first


def test_is_signed_and_says_what_it_is_about(
    simulator: PaymentSimulator, clock: VirtualClock
) -> None:
    simulator.refund("R1", "pay_1", rub(1), "k1")
    (report,) = simulator.due_reports(clock.now())
    heard = simulator.hear(report.headers, report.body)
    assert (heard.id, heard.kind) == ("re_1:succeeded", "refund.succeeded")
    assert simulator.about(heard.kind, heard.body) == AboutRefund("R1", "pay_1")
    for headers, body in (
        (report.headers, report.body + b" "),
        ({}, report.body),
        ({"simulator-signature": "é"}, report.body),
        (PaymentSimulator(":memory:", clock).due_reports(clock.now()) or {}, report.body),
    ):
        with pytest.raises(NotGenuine):
            simulator.hear(headers, body)  # type: ignore[arg-type]


def test_what_it_does_not_know_it_says_nothing_of(simulator: PaymentSimulator) -> None:
    assert simulator.about("payout.paid", '{"id": "po_1:paid", "type": "payout.paid"}') is None


class TestChargebacks:
    def test_take_the_payment_back_and_hold_refunds(
        self, simulator: PaymentSimulator, clock: VirtualClock
    ) -> None:
        opened = simulator.open_chargeback("pay_1", rub(400))
        assert (opened.id, opened.state, opened.amount) == ("cb_1", "open", rub(400))
        assert opened.evidence_until == VIRTUAL_START + EVIDENCE_WITHIN
        assert simulator.chargebacks() == (opened,)
        assert simulator.refund("R1", "pay_1", rub(1), "k1").code == "charge_disputed"
        (report,) = simulator.due_reports(clock.now())
        assert simulator.about("", report.body.decode()) == AboutChargeback("cb_1")

    @pytest.mark.parametrize(("outcome", "most"), [("won", 1000), ("lost", 600)])
    def test_leave_what_the_bank_decides(
        self, simulator: PaymentSimulator, clock: VirtualClock, outcome: str, most: int
    ) -> None:
        simulator.open_chargeback("pay_1", rub(400))
        decided = simulator.decide_chargeback("cb_1", outcome)  # type: ignore[arg-type]
        assert simulator.find_chargeback("cb_1") == decided
        assert due(simulator, clock) == ["cb_1:open", f"cb_1:{outcome}"]
        assert simulator.refund("R1", "pay_1", rub(most + 1), "k1").code == "exceeds_capture"
        assert simulator.refund("R1", "pay_1", rub(most), "k2").state == "succeeded"
        with pytest.raises(ValueError, match="no open chargeback"):
            simulator.decide_chargeback("cb_1", "won")

    def test_stop_what_is_on_its_way_and_leave_what_has_arrived(
        self, simulator: PaymentSimulator, clock: VirtualClock
    ) -> None:
        simulator.set_next(["ok", "pending", "requires_action"])
        for number in (1, 2, 3):
            simulator.refund(f"R{number}", "pay_1", rub(100), f"k{number}")
        clock.move_to(VIRTUAL_START + HOUR)
        simulator.open_chargeback("pay_1")
        assert [(r.state, r.reason) for r in simulator.refunds()] == [
            ("succeeded", ""), ("failed", "charge_disputed"), ("failed", "charge_disputed"),
        ]  # fmt: skip
        clock.move_to(VIRTUAL_START + 9 * DAY)
        assert due(simulator, clock) == [
            "re_1:succeeded", "re_2:pending", "re_3:requires_action", "re_2:failed", "re_3:failed",
            "cb_1:open",
        ]  # fmt: skip

    def test_open_while_a_refund_is_pending(
        self, simulator: PaymentSimulator, clock: VirtualClock
    ) -> None:
        simulator.set_next(["chargeback"])
        assert simulator.refund("R1", "pay_1", rub(100), "k1").state == "pending"
        assert simulator.chargebacks() == ()
        clock.move_to(VIRTUAL_START + HOUR)
        assert [(c.amount, c.state) for c in simulator.chargebacks()] == [(rub(1000), "open")]
        assert due(simulator, clock) == ["re_1:pending", "re_1:failed", "cb_1:open"]

    def test_step_in_once_for_two_refunds_they_doubt(
        self, simulator: PaymentSimulator, clock: VirtualClock
    ) -> None:
        simulator.set_next(["chargeback", "chargeback"])
        for intent in ("R1", "R2"):
            assert simulator.refund(intent, "pay_1", rub(100), intent).state == "pending"
        clock.move_to(VIRTUAL_START + HOUR)
        assert [c.amount for c in simulator.chargebacks()] == [rub(1000)]

    def test_never_take_more_than_was_paid(
        self, simulator: PaymentSimulator, clock: VirtualClock
    ) -> None:
        simulator.open_chargeback("pay_1", rub(400))
        for amount in (rub(601), rub(0), Money(1, "USD")):
            with pytest.raises(ValueError, match="a bank can take"):
                simulator.open_chargeback("pay_1", amount)
        assert simulator.open_chargeback("pay_1").amount == rub(600)
        with pytest.raises(ValueError, match="a bank can take"):
            simulator.open_chargeback("pay_1")
        simulator.set_next(["chargeback"])
        assert simulator.refund("R1", "pay_1", rub(1), "k1").code == "charge_disputed"

    def test_hear_our_side_once_and_in_time(
        self, simulator: PaymentSimulator, clock: VirtualClock
    ) -> None:
        simulator.open_chargeback("pay_1", rub(1))
        assert simulator.evidence("cb_1") is None
        assert simulator.hand_over("cb_1", "It was delivered.")
        assert simulator.hand_over("cb_1", "It was lost.")
        assert simulator.evidence("cb_1") == "It was delivered."
        assert simulator.chargebacks()[0].answered
        simulator.decide_chargeback("cb_1", "lost")
        assert not simulator.hand_over("cb_1", "Too late.")
        assert not simulator.hand_over("cb_9", "Nobody there.")
        with pytest.raises(LookupError):
            simulator.evidence("cb_9")
        simulator.open_chargeback("pay_1", rub(1))
        clock.move_to(VIRTUAL_START + EVIDENCE_WITHIN + HOUR)
        assert not simulator.hand_over("cb_2", "Too late.")

    def test_are_shown_as_the_sandbox_answers_them(self, simulator: PaymentSimulator) -> None:
        simulator.open_chargeback("pay_1", rub(1))
        (shown,) = msgspec.to_builtins(simulator.booked())["chargebacks"]
        assert shown == {
            "id": "cb_1", "reference": "pay_1", "amount": {"amount": 1, "currency": "RUB"},
            "state": "open", "evidence_until": "2026-01-11T00:00:00Z", "answered": False,
        }  # fmt: skip
