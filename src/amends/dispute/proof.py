"""Proofs that a command refers to: on record with the order, and the asker's own."""

from __future__ import annotations

from collections.abc import Sequence

from amends.dispute.asked import AskedOfDispute
from amends.dispute.events.negotiation import EvidenceAdded
from amends.kernel.decision import Facts, Refused
from amends.kernel.people import Actor
from amends.order.proof import refuse_evidence, side_of
from amends.order.state import Order
from amends.policy.terms import Terms

__all__ = ["put_evidence", "refuse_evidence", "refuse_new_evidence", "side_of"]


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


def put_evidence(asked: AskedOfDispute, ids: Sequence[str]) -> tuple[EvidenceAdded, ...] | Refused:
    """Puts to the dispute what the asker names along with a step; what is there already is only
    referred to. Refuses what is not theirs and what is too much."""
    order, dispute = asked.order, asked.dispute
    refused = refuse_evidence(order, asked.by, ids)
    if refused:
        return refused
    new = tuple(key for key in ids if dispute.id not in order.evidence[key].disputes)
    refused = refuse_new_evidence(order, dispute.id, asked.by, new, asked.terms)
    if refused:
        return refused
    if not new:
        return ()
    added = EvidenceAdded(
        at=asked.now,
        dispute=dispute.id,
        by=asked.by.person,
        side=side_of(asked.by),
        evidence=new,
    )
    return (added,)
