"""Take one's own proof back, as long as nobody else has seen it."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.texts import Id
from amends.order.asked import Asked, OrderOutcome
from amends.order.events.proof import EvidenceWithdrawn
from amends.order.proof import UPLOADERS, refuse_evidence
from amends.order.state import Evidence

BY = UPLOADERS


class WithdrawEvidence(Struct, frozen=True, forbid_unknown_fields=True, tag="withdraw_evidence"):
    """``evidence``: its id."""

    evidence: Id


def may(asked: Asked) -> Refused | None:
    """When the asker has any that can still be taken back."""
    own = [e for e in asked.order.evidence.values() if e.by == asked.by.person and not e.withdrawn]
    if not own:
        return Refused("no_evidence", {}, ("upload_evidence",))
    refusals = [_beyond_taking_back(proof) for proof in own]
    return None if None in refusals else refusals[-1]


def decide(asked: Asked, command: WithdrawEvidence) -> OrderOutcome:
    """It no longer counts, and its file can go."""
    refused = refuse_evidence(asked.order, asked.by, (command.evidence,), own=True)
    if refused:
        return refused
    proof = asked.order.evidence[command.evidence]
    return _beyond_taking_back(proof) or Accepted(
        (EvidenceWithdrawn(at=asked.now, evidence=proof.id),)
    )


def _beyond_taking_back(proof: Evidence) -> Refused | None:
    facts: Facts = {"evidence": proof.id}
    if proof.relied_on:
        return Refused("evidence_relied_on", facts, field="evidence")
    if proof.opened:
        return Refused("evidence_opened", facts, ("add_evidence",), field="evidence")
    return None
