"""Put proofs that are on record with the order to the dispute, for everybody in it to see."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.conflicts import refuse_conflict
from amends.dispute.events.negotiation import EvidenceAdded
from amends.dispute.proof import refuse_new_evidence, side_of
from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import STAFF, Role
from amends.kernel.texts import Id, Prose

BY = frozenset({Role.BUYER, Role.SELLER, Role.MEDIATOR, Role.SUPERVISOR})


class AddEvidence(Struct, frozen=True, forbid_unknown_fields=True, tag="add_evidence"):
    """``evidence``: ids of uploads, a party's own ones only; ``note`` says what they show."""

    evidence: tuple[Id, ...]
    note: Prose = ""


def may(asked: AskedOfDispute) -> Refused | None:
    """Until deciding starts, and while goods are on their way; in an appeal only the side asked."""
    dispute, staff = asked.dispute, asked.by.role in STAFF
    request = dispute.information
    if dispute.phase == "appeal" and request and not staff and request.of == asked.side:
        return None
    if dispute.phase in ("ruled", "appeal", "settling"):
        facts: Facts = {"phase": dispute.phase}
        next_ = ("appeal",) if dispute.phase == "ruled" else ("see_options",)
        return Refused("evidence_frozen", facts, next_)
    refused = asked.refuse_phase(
        "awaiting_seller", "awaiting_buyer", "mediation", "returning", "replacing"
    )
    if not refused and staff:
        refused = refuse_conflict(asked, asked.by.person)
    return refused


def decide(asked: AskedOfDispute, command: AddEvidence) -> Outcome:
    """The turn stays where it is; a side that was still silent has spoken."""
    dispute = asked.dispute
    if not command.evidence:
        return Refused("evidence_missing", {}, ("upload_evidence",), "invalid", "evidence")
    refused = refuse_new_evidence(asked.order, dispute.id, asked.by, command.evidence, asked.terms)
    if refused:
        return refused
    note_ref, contents = asked.text("note", command.note)
    added = EvidenceAdded(
        at=asked.now,
        dispute=dispute.id,
        by=asked.by.person,
        side=side_of(asked.by),
        evidence=command.evidence,
        note_ref=note_ref,
    )
    return Accepted((added,), contents)
