"""Look at a proof. The first look by somebody else puts it beyond taking back."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import STAFF, Role
from amends.kernel.texts import Id
from amends.order.asked import Asked, OrderOutcome
from amends.order.events.proof import EvidenceOpened
from amends.order.proof import sees_evidence

BY = frozenset({Role.BUYER, Role.SELLER}) | STAFF


class OpenEvidence(Struct, frozen=True, forbid_unknown_fields=True, tag="open_evidence"):
    """``evidence``: its id."""

    evidence: Id


def may(asked: Asked) -> Refused | None:
    """When there is any that the asker may see."""
    if any(sees_evidence(proof, asked.by) for proof in asked.order.evidence.values()):
        return None
    return Refused("no_evidence", {}, ("wait_for_evidence",))


def decide(asked: Asked, command: OpenEvidence) -> OrderOutcome:
    """Only the first look by anybody but its owner is an event."""
    proof = asked.order.evidence.get(command.evidence)
    if proof is None or not sees_evidence(proof, asked.by):
        facts: Facts = {"evidence": command.evidence}
        return Refused("unknown_evidence", facts, ("see_evidence",), "unknown", "evidence")
    if proof.opened or proof.by == asked.by.person:
        return Accepted(())
    opened = EvidenceOpened(at=asked.now, evidence=proof.id, by=asked.by.person)
    return Accepted((opened,))
