"""What every payment provider does, seen through its port alone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from msgspec.structs import replace

from amends.engine.outside import Capture, PaymentProvider, ProviderConflict, ProviderRefund
from amends.kernel.money import Money


def rub(amount: int) -> Money:
    return Money(amount, "RUB")


class RefundingContract(ABC):
    """What holds at a provider that believes whatever it is told, too."""

    unknown = "pay_9"
    """A reference like the others under which nothing was captured."""

    @pytest.fixture
    @abstractmethod
    def provider(self) -> PaymentProvider:
        """The implementation, with ``payment`` of 160000 RUB captured and nothing refunded."""

    @pytest.fixture
    def payment(self) -> str:
        """The reference of the one payment."""
        return "pay_1"

    def test_refunds_and_says_so_when_asked(self, provider: PaymentProvider, payment: str) -> None:
        reply = provider.refund("R1", payment, rub(72000), "k1")
        assert (reply.state, reply.code) == ("succeeded", None)
        assert reply.id is not None
        booked = ProviderRefund(reply.id, payment, "R1", rub(72000), "succeeded")
        found = provider.find_refund("R1", payment)
        assert found is not None
        assert replace(found, bank_ref="") == booked
        assert tuple(provider.refunds()) == (found,)

    def test_knows_nothing_of_what_was_not_asked(
        self, provider: PaymentProvider, payment: str
    ) -> None:
        assert provider.find_refund("R1", payment) is None
        assert provider.find_refund("R1", self.unknown) is None
        assert tuple(provider.refunds()) == ()

    def test_tells_what_was_captured(self, provider: PaymentProvider, payment: str) -> None:
        assert tuple(provider.captures()) == (Capture(payment, rub(160000)),)

    def test_two_equal_partial_refunds_are_two(
        self, provider: PaymentProvider, payment: str
    ) -> None:
        one = provider.refund("R1", payment, rub(100), "k1")
        two = provider.refund("R2", payment, rub(100), "k2")
        assert one.id != two.id
        assert sorted(refund.intent for refund in provider.refunds()) == ["R1", "R2"]

    @pytest.mark.parametrize(
        ("known", "amount", "code"),
        [
            (True, rub(0), "amount_not_positive"),
            (True, Money(100, "USD"), "currency_mismatch"),
            (False, rub(100), "unknown_reference"),
        ],
    )
    def test_declines_what_cannot_be_meant(
        self, provider: PaymentProvider, payment: str, known: bool, amount: Money, code: str
    ) -> None:
        reply = provider.refund("R1", payment if known else self.unknown, amount, "k1")
        assert (reply.state, reply.id, reply.code) == ("declined", None, code)
        assert tuple(provider.refunds()) == ()


class PaymentProviderContract(RefundingContract):
    """What our promises stand on: keys, and never more than was captured."""

    def test_a_key_answers_once_and_for_all(self, provider: PaymentProvider) -> None:
        first = provider.refund("R1", "pay_1", rub(100000), "k1")
        assert provider.refund("R1", "pay_1", rub(100000), "k1") == first
        assert len(tuple(provider.refunds())) == 1

    @pytest.mark.parametrize(
        ("intent", "reference", "amount"),
        [
            ("R2", "pay_1", rub(100)),
            ("R1", "pay_2", rub(100)),
            ("R1", "pay_1", rub(101)),
            ("R1", "pay_1", Money(100, "USD")),
        ],
    )
    def test_a_key_stands_for_one_refund(
        self, provider: PaymentProvider, intent: str, reference: str, amount: Money
    ) -> None:
        provider.refund("R1", "pay_1", rub(100), "k1")
        with suppress(ProviderConflict):
            assert provider.refund(intent, reference, amount, "k1").state == "declined"
        assert len(tuple(provider.refunds())) == 1

    def test_what_was_declined_is_not_booked(self, provider: PaymentProvider) -> None:
        reply = provider.refund("R1", "pay_1", rub(160001), "k1")
        assert (reply.state, reply.id, reply.code) == ("declined", None, "exceeds_capture")
        assert provider.find_refund("R1", "pay_1") is None

    def test_refunds_up_to_what_was_captured_in_all(self, provider: PaymentProvider) -> None:
        assert provider.refund("R1", "pay_1", rub(159999), "k1").state == "succeeded"
        assert provider.refund("R2", "pay_1", rub(2), "k2").code == "exceeds_capture"
        assert provider.refund("R3", "pay_1", rub(1), "k3").state == "succeeded"
        assert provider.refund("R4", "pay_1", rub(1), "k4").code == "already_refunded"

    def test_asked_by_many_at_once_it_keeps_both_promises(self, provider: PaymentProvider) -> None:
        def ask(number: int) -> str | None:
            intent = f"R{number % 4}"
            return provider.refund(intent, "pay_1", rub(50000), intent).id

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(ask, range(32)))
        assert len({answer for answer in answers if answer}) == 3
        assert len(tuple(provider.refunds())) == 3
