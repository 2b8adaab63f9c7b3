"""Whatever is asked of the simulator, in whatever order, its two promises hold."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import get_args

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from amends.adapters.payments.simulator import KEYS_REMEMBERED_FOR, PaymentSimulator
from amends.engine.callbacks import AboutRefund
from amends.engine.outside import ProviderConflict, ProviderUnclear
from amends.engine.simulated import Behaviour
from amends.kernel.instants import Instant
from amends.kernel.money import Money
from tests.adapters.clocks import standing_clock

REFERENCES = ("pay_1", "pay_2")
behaviours = st.lists(st.sampled_from(get_args(Behaviour)), max_size=4)


class Refunding(RuleBasedStateMachine):
    @initialize(captured=st.tuples(st.integers(1, 200), st.integers(1, 200)))
    def capture(self, captured: tuple[int, int]) -> None:
        self.clock = standing_clock()
        self.provider = PaymentSimulator(":memory:", self.clock)
        self.captured = dict(zip(REFERENCES, captured, strict=True))
        for reference, amount in self.captured.items():
            self.provider.book_capture(reference, Money(amount, "RUB"))
        # Per key: when it last made a refund.
        self.paid_at: dict[str, Instant] = {}

    @rule(next_ones=behaviours)
    def behave(self, next_ones: list[Behaviour]) -> None:
        self.provider.set_next(next_ones)

    @rule(
        intent=st.sampled_from(["R1", "R2", "R3"]),
        reference=st.sampled_from((*REFERENCES, "pay_9")),
        amount=st.integers(0, 250),
        currency=st.sampled_from(["RUB", "RUB", "RUB", "USD"]),
        key=st.sampled_from(["k1", "k2", "k3", "k4"]),
    )
    def refund(self, intent: str, reference: str, amount: int, currency: str, key: str) -> None:
        before = self.provider.refunds()
        unclear = False
        try:
            reply = self.provider.refund(intent, reference, Money(amount, currency), key)
        except ProviderConflict:
            assert self.provider.refunds() == before
            return
        except ProviderUnclear:
            unclear = True
        new = self.provider.refunds()[len(before) :]
        # What somebody refunds by hand meanwhile has no intent.
        new = tuple(refund for refund in new if refund.intent)
        assert len(new) <= 1
        if not unclear and reply.state == "declined":
            assert new == ()
        if not unclear and reply.state != "declined":
            assert any(refund.id == reply.id for refund in self.provider.refunds())
        if new:
            last = self.paid_at.get(key)
            assert last is None or self.clock.now() - last >= KEYS_REMEMBERED_FOR
            self.paid_at[key] = self.clock.now()
            assert new[0].intent == intent

    @rule(hours=st.sampled_from([1, 12, 23, 24, 25, 48, 49]))
    def wait(self, hours: int) -> None:
        self.clock.move_to(self.clock.now() + timedelta(hours=hours))

    @rule()
    def deliver(self) -> None:
        for report in self.provider.due_reports(self.clock.now()):
            about = self.provider.about("", self.provider.hear(report.headers, report.body).body)
            if isinstance(about, AboutRefund):
                assert self.provider.find_refund(about.intent, about.reference) is not None
            self.provider.mark_delivered(report.id)
        change = self.provider.next_report_at()
        assert change is None or change > self.clock.now()

    @invariant()
    def never_more_than_captured(self) -> None:
        booked = self.provider.booked()
        standing: Counter[str] = Counter()
        for refund in booked.refunds:
            standing[refund.reference] += refund.amount.amount * refund.stands
        assert all(total <= self.captured[reference] for reference, total in standing.items())

    def teardown(self) -> None:
        self.provider.close()


Refunding.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestRefunding = Refunding.TestCase
