"""Refunds, holds, chargebacks and goodwill: what happened to an order's money."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from amends.kernel.deadlines import Deadline
from amends.kernel.instants import Instant
from amends.kernel.people import BOTH_SIDES, PersonId, Who
from amends.order.events.base import OrderEvent, with_clock, without_clock, without_subject
from amends.order.state import (
    Chargeback,
    Order,
    Refund,
    RefundState,
)


class GoodwillCaseOpened(OrderEvent, frozen=True, tag="goodwill_case_opened"):
    """Support helps after the window, at the platform's cost, with a reason on record."""

    told: ClassVar[tuple[Who, ...]] = ("buyer",)

    number: int
    by: PersonId
    reason_ref: str
    budget: int

    def on(self, order: Order) -> Order:
        return replace(order, goodwill_cases=self.number)


class FundsHeld(OrderEvent, frozen=True, tag="funds_held"):
    """Finance keeps the seller's share back until it says otherwise."""

    told: ClassVar[tuple[Who, ...]] = ("seller",)

    by: PersonId
    reason_ref: str = ""

    def on(self, order: Order) -> Order:
        return replace(order, finance_hold=True)


class FundsReleased(OrderEvent, frozen=True, tag="funds_released"):
    """The seller's share, less what was refunded and the platform's ``fee``, is the seller's."""

    told: ClassVar[tuple[Who, ...]] = ("seller",)

    amount: int
    fee: int = 0
    reason_ref: str = ""  # when finance lifted its own hold with it

    def on(self, order: Order) -> Order:
        return replace(order, released=self.amount, fee=self.fee, finance_hold=False)


class HoldLifted(OrderEvent, frozen=True, tag="hold_lifted"):
    """Finance lifted its own hold; the funds wait for protection and disputes to end as before."""

    by: PersonId
    reason_ref: str = ""

    def on(self, order: Order) -> Order:
        return replace(order, finance_hold=False)


class ChargebackRecorded(OrderEvent, frozen=True, tag="chargeback_recorded"):
    """The buyer's bank took money back."""

    told: ClassVar[tuple[Who, ...]] = ("seller", "finance")

    chargeback: Chargeback

    def on(self, order: Order) -> Order:
        return replace(
            order, chargebacks={**order.chargebacks, self.chargeback.id: self.chargeback}
        )


class ChargebackAnswered(OrderEvent, frozen=True, tag="chargeback_answered"):
    """The bank was told our side. ``digest``: the SHA-256 of what was handed over, in hex."""

    told: ClassVar[tuple[Who, ...]] = ("seller", "finance")

    chargeback: str
    digest: str = ""

    def on(self, order: Order) -> Order:
        answered = replace(order.chargebacks[self.chargeback], answered_at=self.at)
        return replace(order, chargebacks={**order.chargebacks, self.chargeback: answered})


class ChargebackOutcomeRecorded(OrderEvent, frozen=True, tag="chargeback_outcome_recorded"):
    """The bank decided. ``won``: the money came back; ``lost``: it stays with the buyer."""

    told: ClassVar[tuple[Who, ...]] = ("buyer", "seller")

    chargeback: str
    won: bool

    def on(self, order: Order) -> Order:
        ended = replace(order.chargebacks[self.chargeback], outcome="won" if self.won else "lost")
        return replace(order, chargebacks={**order.chargebacks, self.chargeback: ended})


class RefundRecorded(OrderEvent, frozen=True, tag="refund_recorded"):
    """Money is to go back: the intent. Acting on it is a job's, after the record is safe.

    ``overdue`` is when finance is told that it is still under way, for a refund outside of any
    dispute: a dispute has a clock of its own for it.
    """

    refund: Refund
    overdue: Deadline | None = None

    def on(self, order: Order) -> Order:
        # Nobody has to see to a refund any more in whose place there is another.
        replaced = self.refund.retry_of
        deadlines = without_subject(order, replaced) if replaced else order.deadlines
        refunds = {**order.refunds, self.refund.id: self.refund}
        order = replace(order, refunds=refunds, deadlines=deadlines)
        return replace(order, deadlines=with_clock(order, self.overdue)) if self.overdue else order


class RefundEvent(OrderEvent, frozen=True, kw_only=True):
    """An event about one refund."""

    refund: str

    def _moved(self, order: Order, state: RefundState) -> Refund:
        return replace(order.refunds[self.refund], state=state, moved_at=self.at)

    @staticmethod
    def _with(order: Order, refund: Refund) -> Order:
        return replace(order, refunds={**order.refunds, refund.id: refund})


class RefundSent(RefundEvent, frozen=True, tag="refund_sent"):
    """An attempt begins. Recorded before the provider is asked: whoever goes on from here reads."""

    def on(self, order: Order) -> Order:
        return self._with(order, self._moved(order, "sent"))


class RefundPending(RefundEvent, frozen=True, tag="refund_pending"):
    """The provider has it and will say later whether it went through."""

    provider_ref: str

    def on(self, order: Order) -> Order:
        pending = replace(self._moved(order, "pending"), provider_reference=self.provider_ref)
        return self._with(order, pending)


class RefundUnknown(RefundEvent, frozen=True, tag="refund_unknown"):
    """The provider's answer was unclear; the next step is to read, not to send."""

    def on(self, order: Order) -> Order:
        return self._with(order, self._moved(order, "unknown"))


class RefundSettled(RefundEvent, frozen=True, tag="refund_settled"):
    """The provider booked it. When it shows at the buyer's bank was reckoned here."""

    told: ClassVar[tuple[Who, ...]] = BOTH_SIDES

    provider_ref: str
    arrives_from: Instant
    arrives_until: Instant
    bank_ref: str = ""

    def on(self, order: Order) -> Order:
        settled = replace(
            self._moved(order, "settled"),
            settled_at=self.at,
            arrives_from=self.arrives_from,
            arrives_until=self.arrives_until,
            provider_reference=self.provider_ref,
            bank_reference=self.bank_ref,
        )
        return replace(self._with(order, settled), deadlines=without_subject(order, self.refund))


class RefundReferenced(RefundEvent, frozen=True, tag="refund_referenced"):
    """The provider knows by now under which reference the buyer's bank finds the money."""

    told: ClassVar[tuple[Who, ...]] = ("buyer",)

    bank_ref: str

    def on(self, order: Order) -> Order:
        named = replace(order.refunds[self.refund], bank_reference=self.bank_ref)
        return self._with(order, named)


class RefundFailed(RefundEvent, frozen=True, tag="refund_failed"):
    """The provider did not book it, or took it back after it had (then it counts as reversed).

    ``retry`` is when it is tried again, until when the buyer may choose another way, or when
    finance, whose task it then is, is told again.
    """

    told: ClassVar[tuple[Who, ...]] = ("buyer", "finance")

    reason: str
    retry: Deadline

    def on(self, order: Order) -> Order:
        refund = order.refunds[self.refund]
        state: RefundState = "reversed" if refund.state == "settled" else "failed"
        failed = replace(self._moved(order, state), reason=self.reason)
        others = without_subject(order, self.refund)
        return replace(self._with(order, failed), deadlines=(*others, self.retry))


class FinanceAlarmed(OrderEvent, frozen=True, tag="finance_alarmed"):
    """A refund needs a person: the machine's means are used up, or it takes too long."""

    told: ClassVar[tuple[Who, ...]] = ("finance",)

    refund: str
    because: str
    again: Deadline | None = None

    def on(self, order: Order) -> Order:
        if self.again is None:
            return order
        order = replace(order, deadlines=without_clock(order, "refund_route", self.refund))
        return replace(order, deadlines=with_clock(order, self.again))


class MissingMoneyReported(RefundEvent, frozen=True, tag="missing_money_reported"):
    """The working days are over and the buyer's bank shows nothing."""

    told: ClassVar[tuple[Who, ...]] = ("finance",)

    evidence: tuple[str, ...]
    trace: Deadline

    def on(self, order: Order) -> Order:
        missing = replace(order.refunds[self.refund], missing_since=self.at)
        return replace(self._with(order, missing), deadlines=with_clock(order, self.trace))


class RefundRouteChosen(RefundEvent, frozen=True, tag="refund_route_chosen"):
    """The buyer said where the money shall go, as the way it was paid is dead."""

    told: ClassVar[tuple[Who, ...]] = ("finance",)

    route: str
    details_ref: str
    again: Deadline

    def on(self, order: Order) -> Order:
        chosen = replace(order.refunds[self.refund], route=self.route, route_ref=self.details_ref)
        others = without_subject(order, self.refund)
        return replace(self._with(order, chosen), deadlines=(*others, self.again))


class TraceRecorded(RefundEvent, frozen=True, tag="trace_recorded"):
    """What finance found out: arrived, not_arrived, paid_another_way or retry.

    ``state`` is what the refund now is, where the finding changes it; ``again`` is when finance is
    asked again, where the finding does not end the matter.
    """

    told: ClassVar[tuple[Who, ...]] = ("buyer",)

    by: PersonId
    outcome: str
    ref: str = ""
    state: RefundState | None = None
    again: Deadline | None = None

    def on(self, order: Order) -> Order:
        traced = replace(order.refunds[self.refund], traced=self.outcome)
        if self.state is not None:
            traced = replace(traced, state=self.state, moved_at=self.at)
        if self.state == "settled":
            traced = replace(traced, settled_at=self.at)
        again = (self.again,) if self.again else ()
        others = without_subject(order, self.refund)
        return replace(self._with(order, traced), deadlines=(*others, *again))
