"""Where our books and the payment provider's part, and what was decided about it."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from amends.kernel.deadlines import Deadline
from amends.kernel.people import BOTH_SIDES, PersonId, Who
from amends.order.events.base import OrderEvent, with_clock, without_subject
from amends.order.events.money import RefundEvent
from amends.order.state import Difference, Order, Refund, Resolution


class DifferenceEvent(OrderEvent, frozen=True, kw_only=True):
    """An event about one difference."""

    difference: str


class DifferenceRecorded(OrderEvent, frozen=True, tag="difference_recorded"):
    """The books differ, or an open difference has other figures by now. The payment is frozen."""

    told: ClassVar[tuple[Who, ...]] = ("finance",)

    difference: Difference
    again: Deadline  # when finance is told again

    def on(self, order: Order) -> Order:
        differences = {**order.differences, self.difference.id: self.difference}
        return replace(order, differences=differences, deadlines=with_clock(order, self.again))


class DifferenceResolved(DifferenceEvent, frozen=True, tag="difference_resolved"):
    """It was decided what a difference means, or the books agree again by themselves. Nothing that
    was recorded is changed by it: what it changes stands in events of its own."""

    by: PersonId
    resolution: Resolution
    reason_ref: str = ""

    def on(self, order: Order) -> Order:
        resolved = replace(order.differences[self.difference], resolution=self.resolution)
        return replace(
            order,
            differences={**order.differences, resolved.id: resolved},
            deadlines=without_subject(order, self.difference),
        )


class DifferenceAlarmed(DifferenceEvent, frozen=True, tag="difference_alarmed"):
    """Finance is told again of a difference nobody has decided on."""

    told: ClassVar[tuple[Who, ...]] = ("finance",)

    again: Deadline

    def on(self, order: Order) -> Order:
        return replace(order, deadlines=with_clock(order, self.again))


class DifferenceEscalated(DifferenceAlarmed, frozen=True, tag="difference_escalated"):
    """It has been open for longer than a refund may take: those above finance are told as well."""

    told: ClassVar[tuple[Who, ...]] = ("finance", "supervisor", "admin")


class RefundCounted(OrderEvent, frozen=True, tag="refund_counted"):
    """Money that went back at the provider without us counts from now on as a refund of ours."""

    told: ClassVar[tuple[Who, ...]] = BOTH_SIDES

    refund: Refund

    def on(self, order: Order) -> Order:
        replaced = self.refund.retry_of
        deadlines = without_subject(order, replaced) if replaced else order.deadlines
        refunds = {**order.refunds, self.refund.id: self.refund}
        return replace(order, refunds=refunds, deadlines=deadlines)


class RefundCorrected(RefundEvent, frozen=True, tag="refund_corrected"):
    """A refund did not go as it was recorded, so it counts no more; what stands in its place
    follows as an event of its own. ``counted``: the money that did go is counted there."""

    reason: str
    counted: bool = False

    def on(self, order: Order) -> Order:
        was = order.refunds[self.refund]
        corrected = replace(
            self._moved(order, "reversed" if was.state == "settled" else "failed"),
            reason=self.reason,
            traced="counted" if self.counted else was.traced,
        )
        deadlines = without_subject(order, self.refund)
        return replace(self._with(order, corrected), deadlines=deadlines)
