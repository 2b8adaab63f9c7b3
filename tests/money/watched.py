"""A world in which every call for money is looked at before the provider gets it, and every answer
before we do."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from amends.engine.outside import RefundReply
from amends.entrypoints.service import CaseAnswer, CaseEngine
from amends.entrypoints.webhooks_in.payments import order_of_refund
from amends.kernel.money import Money
from tests.given import PROVIDER
from tests.money.world import World


class Watched(World):
    """What is wrong with a call is kept, since jobs outlive what is raised.

    ``settled``: the refunds that ever were. ``last``: in which state each was after the last step.
    ``understood``: the reports of which that is known. ``agreed``: the most that goes back for each
    dispute, in minor units. ``resting``: time passes within a step.
    """

    def __init__(self, folder: Path, dice: random.Random | None = None) -> None:
        """With ``dice`` some reports are faster than the answer to the call they are about."""
        self.wrong: list[str] = []
        self.settled: set[str] = set()
        self.last: dict[str, str] = {}
        self.understood: set[str] = set()
        self.agreed: dict[str, int] = {}
        self.resting = False
        self._dice = dice
        super().__init__(folder)

    def hidden(self) -> bool:
        """Whether others have taken money of the payment that we cannot know of yet, or that
        another order of the same payment had already given back."""
        orders = [self.case(name).order for name in self.orders]
        counted = {r.provider_reference for o in orders for r in o.refunds.values() if r.difference}
        by_hand = {r.id for r in self.simulator.refunds() if not r.intent} - counted
        taken = sum(c.amount.amount for c in self.simulator.chargebacks() if c.state != "won")
        if by_hand or taken > sum(order.taken_by_bank for order in orders):
            return True
        return len(orders) > 1 and any(o.refunded + o.taken_by_bank > o.captured for o in orders)

    def accept(
        self, dispute: str, amount: int, order: str = "A-1", engine: CaseEngine | None = None
    ) -> CaseAnswer:
        self.agreed[dispute] = amount
        return super().accept(dispute, amount, order, engine)

    def race(self, first: str, second: str, amount: int, order: str) -> None:
        """The seller accepts both claims at once, in two processes."""
        self.faults.just_before_the_next_commit(
            lambda: self.accept(second, amount, order, self.rival)
        )
        self.accept(first, amount, order)

    def on_reply(self, intent: str, reply: RefundReply) -> None:
        if reply.code in ("exceeds_capture", "already_refunded") and not self.hidden():
            self.wrong.append(f"the provider had to see that {intent} is too much")
        if reply.state == "succeeded" and self._dice and self._dice.random() < 0.3:
            strikes, self.faults.strikes = self.faults.strikes, lambda _: None
            report: dict[str, Any] = {
                "type": "refund_settled", "refund": intent, "provider_ref": reply.id,
            }  # fmt: skip
            self.ask(order_of_refund(intent) or "", report, PROVIDER)
            self.faults.strikes = strikes

    def on_refund(self, intent: str, reference: str, amount: Money) -> None:
        super().on_refund(intent, reference, amount)
        name = order_of_refund(intent) or ""
        order = self.case(name).order
        if order.chargeback_open:
            self.wrong.append(f"{intent} is sent while a bank decides")
        if order.open_differences:
            self.wrong.append(f"{intent} is sent while the books differ")
        there = self.standing(name)
        out = sum(r.amount.amount for r in there) + amount.amount + order.taken_by_bank
        if intent not in {r.intent for r in there} and out > order.captured and not self.hidden():
            self.wrong.append(f"{intent}: with what a bank gave back {out} of {order.captured}")
