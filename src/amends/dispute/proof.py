"""Proofs that a command refers to: on record with the order, and the asker's own."""

from __future__ import annotations

from collections.abc import Sequence

from amends.kernel.decision import Refused
from amends.kernel.people import STAFF, Actor
from amends.order.state import Order


def refuse_evidence(order: Order, by: Actor, ids: Sequence[str]) -> Refused | None:
    """Refuses ids that are not evidence of ``by`` on this order, twice the same, or withdrawn.

    Another person's evidence answers like one that does not exist. Staff may name any side's.
    """
    for proof_id in ids:
        proof = order.evidence.get(proof_id)
        foreign = proof is not None and by.role not in STAFF and proof.by != by.person
        if proof is None or foreign or proof.withdrawn:
            facts = {"evidence": proof_id}
            return Refused("unknown_evidence", facts, ("upload_evidence",), "invalid", "evidence")
    if len(set(ids)) < len(ids):
        return Refused("evidence_named_twice", {}, ("name_evidence_once",), "invalid", "evidence")
    return None
