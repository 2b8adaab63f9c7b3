"""Proofs that a command refers to: on record with the order, and the asker's own."""

from __future__ import annotations

from collections.abc import Sequence

from amends.kernel.decision import Facts, Refused
from amends.kernel.people import STAFF, Actor
from amends.order.state import Order
from amends.policy.terms import Terms


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


def side_of(by: Actor) -> str:
    """Whose evidence it is when ``by`` gives it: buyer, seller or staff."""
    return "staff" if by.role in STAFF else by.role.value
