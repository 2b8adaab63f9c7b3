"""Proofs on record with the order: whose they are, who may see them, and referring to them."""

from __future__ import annotations

from collections.abc import Sequence

from amends.kernel.decision import Facts, Refused
from amends.kernel.people import STAFF, Actor, Role
from amends.order.state import Evidence, Order

UPLOADERS = frozenset(
    {Role.BUYER, Role.SELLER, Role.MEDIATOR, Role.APPEALS, Role.SUPERVISOR, Role.SUPPORT}
)
# Who decides a case sees what was put to it, not what a side keeps back.
_SEES_ALL = STAFF - {Role.MEDIATOR, Role.APPEALS}


def sees_evidence(proof: Evidence, by: Actor) -> bool:
    """Whether ``by``, who sees the order, may see this proof of it.

    Its owner does, and staff who work with every order. For the other side and for whoever decides
    it exists once it was put to a dispute or sent in the thread: a bank statement for finance is
    none of the seller's business.
    """
    if proof.withdrawn:
        return False
    return proof.by == by.person or by.role in _SEES_ALL or proof.sent or bool(proof.disputes)


def refuse_evidence(
    order: Order, by: Actor, ids: Sequence[str], field: str = "evidence", *, own: bool = False
) -> Refused | None:
    """Refuses ids that are not evidence of ``by`` on this order, twice the same, or withdrawn.

    Another person's evidence answers like one that does not exist. Staff may name any side's,
    except where it has to be their ``own``.
    """
    for proof_id in ids:
        proof = order.evidence.get(proof_id)
        any_side = by.role in STAFF and not own
        if proof is None or proof.withdrawn or not (any_side or proof.by == by.person):
            facts: Facts = {"evidence": proof_id}
            return Refused("unknown_evidence", facts, ("upload_evidence",), "invalid", field)
    if len(set(ids)) < len(ids):
        return Refused("evidence_named_twice", {}, ("name_evidence_once",), "invalid", field)
    return None


def side_of(by: Actor) -> str:
    """Whose evidence it is when ``by`` gives it: buyer, seller or staff."""
    return "staff" if by.role in STAFF else by.role.value
