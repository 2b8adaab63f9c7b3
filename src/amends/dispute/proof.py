"""Proofs that a command refers to: on record with the order, and the asker's own."""

from __future__ import annotations

from collections.abc import Sequence

from amends.kernel.decision import Facts, Refused
from amends.kernel.people import Actor
from amends.order.proof import refuse_evidence, side_of
from amends.order.state import Order
from amends.policy.terms import Terms

__all__ = ["refuse_evidence", "refuse_new_evidence", "side_of"]


def refuse_new_evidence(
    order: Order, dispute_id: str, by: Actor, ids: Sequence[str], terms: Terms
) -> Refused | None:
    """Refuses evidence that ``by`` cannot put to the dispute: not theirs, there already, too much.

    The limit is each side's own; staff count as a side.
    """
    refused = refuse_evidence(order, by, ids)
    if refused:
        return refused
    for proof_id in ids:
        if dispute_id in order.evidence[proof_id].disputes:
            facts: Facts = {"evidence": proof_id}
            return Refused(
                "evidence_already_added", facts, ("name_other_evidence",), field="evidence"
            )
    side = side_of(by)
    put = sum(
        proof.side == side and dispute_id in proof.disputes and not proof.withdrawn
        for proof in order.evidence.values()
    )
    most = terms.limits.evidence_per_side
    if put + len(ids) > most:
        counts: Facts = {"put": put, "more": len(ids), "most": most}
        return Refused("too_much_evidence", counts, ("choose_strongest",), field="evidence")
    return None
