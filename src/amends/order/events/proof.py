"""Evidence put on record with an order."""

from __future__ import annotations

from msgspec.structs import replace

from amends.kernel.people import PersonId
from amends.order.events.base import OrderEvent
from amends.order.state import (
    Evidence,
    Order,
)


class EvidenceUploaded(OrderEvent, frozen=True, tag="evidence_uploaded"):
    """A proof was put on record with the order; putting it to a dispute is another step.
    ``likeness``: by which the same picture is found elsewhere."""

    evidence: Evidence
    likeness: str = ""

    def on(self, order: Order) -> Order:
        return replace(order, evidence={**order.evidence, self.evidence.id: self.evidence})


class EvidenceOpened(OrderEvent, frozen=True, tag="evidence_opened"):
    """The other side looked at it for the first time, or somebody who judges did; it stays from
    here on."""

    evidence: str
    by: PersonId

    def on(self, order: Order) -> Order:
        opened = replace(order.evidence[self.evidence], opened=True)
        return replace(order, evidence={**order.evidence, self.evidence: opened})


class EvidenceWithdrawn(OrderEvent, frozen=True, tag="evidence_withdrawn"):
    """Its owner took it back before anybody else had opened it."""

    evidence: str

    def on(self, order: Order) -> Order:
        withdrawn = replace(order.evidence[self.evidence], withdrawn=True)
        return replace(order, evidence={**order.evidence, self.evidence: withdrawn})
