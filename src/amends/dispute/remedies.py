"""Which remedies can be agreed on or ruled in a dispute as it stands."""

from __future__ import annotations

from amends.dispute.asked import AskedOfDispute
from amends.kernel.decision import Facts, Refused
from amends.policy.terms import Remedy


def refuse_remedy(asked: AskedOfDispute, remedy: Remedy) -> Refused | None:
    """Money with the goods kept is always possible; the rest is what the reason allows.

    Nothing can be sent back that never came, that the seller has back already, or that went
    missing on its way there: waiting for that parcel again and again, a case need never end.
    """
    claim, back = asked.dispute.claim, asked.dispute.return_
    facts: Facts = {"remedy": remedy, "reason": claim.reason}
    if remedy == "return_and_refund" and not claim.received:
        return Refused("nothing_to_return", facts, ("choose_refund",), "invalid", "remedy")
    if remedy != "refund" and asked.reason.allows(remedy) is None:
        allowed = tuple(r.remedy for r in asked.reason.remedies)
        return Refused(
            "remedy_not_for_reason", {**facts, "allowed": allowed}, ("choose_remedy",),
            field="remedy",
        )  # fmt: skip
    in_mediation = asked.dispute.phase == "mediation"
    lost = back and back.parcel and not back.delivered_at and in_mediation
    if remedy == "return_and_refund" and back and (back.condition or lost):
        return Refused("already_returned", facts, ("choose_refund",), field="remedy")
    return None
