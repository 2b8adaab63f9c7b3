"""Look at a proof. The first look by somebody else puts it beyond taking back; whoever judges is to
have looked for themselves."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import STAFF, Role
from amends.kernel.texts import Id
from amends.order.asked import Asked, OrderOutcome
from amends.order.events.proof import EvidenceOpened
from amends.order.proof import sees_evidence

BY = frozenset({Role.BUYER, Role.SELLER}) | STAFF
JUDGES = frozenset({Role.MEDIATOR, Role.APPEALS, Role.SUPERVISOR})


class OpenEvidence(Struct, frozen=True, forbid_unknown_fields=True, tag="open_evidence"):
    """``evidence``: its id."""

    evidence: Id


def may(asked: Asked) -> Refused | None:
    """When there is any that the asker may see."""
    if any(sees_evidence(proof, asked.by) for proof in asked.order.evidence.values()):
        return None
    return Refused("no_evidence", {}, ("wait_for_evidence",))


def decide(asked: Asked, command: OpenEvidence) -> OrderOutcome:
    """The first look by anybody but its owner is an event, and each of somebody who judges: with
    one idempotency key for each proof, that is one for each of them."""
    proof = asked.order.evidence.get(command.evidence)
    if proof is None or not sees_evidence(proof, asked.by):
        facts: Facts = {"evidence": command.evidence}
        return Refused("unknown_evidence", facts, ("see_evidence",), "unknown", "evidence")
    if proof.by == asked.by.person or (proof.opened and asked.by.role not in JUDGES):
        return Accepted(())
    opened = EvidenceOpened(at=asked.now, evidence=proof.id, by=asked.by.person)
    return Accepted((opened,))
