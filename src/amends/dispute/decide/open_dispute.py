"""Open a dispute: say what is wrong, with which units, and what would put it right."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.case import CaseEvent
from amends.dispute.claims import claimed_amount, refuse_held, refuse_taken
from amends.dispute.clocks import first_answer_clocks
from amends.dispute.events.negotiation import DisputeOpened, EvidenceAdded
from amends.dispute.proof import refuse_new_evidence
from amends.dispute.state import Claim
from amends.kernel.decision import Accepted, Content, Facts, Refused
from amends.kernel.money import Money
from amends.kernel.people import Role
from amends.kernel.texts import Code, Id, Prose
from amends.order.asked import Asked
from amends.order.protection import protection, refuse_unprotected
from amends.order.refunds import awardable, is_whole_order, refuse_without_money
from amends.order.state import Order
from amends.order.units import LineQuantity, resolve_lines
from amends.policy.terms import Reason, Remedy

BY = frozenset({Role.BUYER})


class OpenDispute(Struct, frozen=True, forbid_unknown_fields=True, tag="open_dispute"):
    """``lines``: all units of the order when none are named. ``amount``: all that was paid for them
    when left out, nothing for a replacement. ``evidence``: ids of the buyer's uploads."""

    received: bool
    reason: Code
    remedy: Remedy
    description: Prose
    amount: Money | None = None
    lines: tuple[LineQuantity, ...] = ()
    tried_to_settle: Prose = ""
    evidence: tuple[Id, ...] = ()


def may(asked: Asked) -> Refused | None:
    """Whether any unit's window is open and not held by a dispute already."""
    order = asked.order
    open_lines = {e.line for e in protection(order, asked.terms, asked.now) if e.state == "open"}
    if not open_lines or order.cancelled_at:
        all_units = {line.id: 1 for line in order.lines}
        return refuse_unprotected(order, asked.terms, asked.now, "", all_units)
    refused = refuse_held(order)
    everything = {line.id: line.quantity for line in order.lines}
    if not refused and not awardable(order, everything):
        refused = refuse_without_money(order, everything)
    return refused


def decide(asked: Asked, command: OpenDispute) -> Accepted[CaseEvent] | Refused:
    """The claim becomes the first offer; the answer and the negotiation get their clocks."""
    order, terms, now = asked.order, asked.terms, asked.now
    reason = terms.reasons.get(command.reason)
    if reason is None:
        facts: Facts = {"reason": command.reason, "known": tuple(terms.reasons)}
        return Refused("unknown_reason", facts, ("choose_known_reason",), "invalid", "reason")
    lines = resolve_lines(order, command.lines)
    if isinstance(lines, Refused):
        return lines
    dispute_id = f"{order.id}-D{len(order.claims) + 1}"
    refused = (
        _contradiction(order, reason, command)
        or refuse_unprotected(order, terms, now, reason.code, lines)
        or refuse_taken(order, reason.code, lines)
        or refuse_new_evidence(order, dispute_id, asked.by, command.evidence, terms)
    )
    if refused:
        return refused
    amount = claimed_amount(order, reason, command.remedy, command.amount, lines)
    if isinstance(amount, Refused):
        return amount
    clocks = first_answer_clocks(terms, now)
    description = Content(asked.stamp.ref("description"), asked.by.person, command.description)
    contents = [description]
    tried_ref = ""
    if command.tried_to_settle.strip():
        tried_ref = asked.stamp.ref("tried_to_settle")
        contents.append(Content(tried_ref, asked.by.person, command.tried_to_settle))
    opened = DisputeOpened(
        at=now,
        dispute=dispute_id,
        claim=Claim(
            received=command.received,
            reason=reason.code,
            remedy=command.remedy,
            amount=amount,
            lines=lines,
            description_ref=description.ref,
            tried_ref=tried_ref,
            whole_order=is_whole_order(order, lines),
        ),
        negotiation_ends=clocks[-1].at,
        ruling_due=now + terms.clocks.ruling_due_after.span,
        deadlines=clocks,
    )
    events: list[CaseEvent] = [opened]
    if command.evidence:
        added = EvidenceAdded(
            at=now, dispute=dispute_id, by=asked.by.person, side="buyer", evidence=command.evidence
        )
        events.append(added)
    return Accepted(tuple(events), tuple(contents))


def _contradiction(order: Order, reason: Reason, command: OpenDispute) -> Refused | None:
    """Refuses what cannot be right whatever the state: words that contradict one another."""
    facts: Facts = {"reason": reason.code, "received": command.received, "remedy": command.remedy}
    if not command.description.strip():
        return Refused("text_missing", {}, ("describe",), "invalid", "description")
    if reason.received == "yes" and not command.received:
        return Refused("reason_needs_receipt", facts, ("not_received",), "invalid", "reason")
    if reason.received == "no" and command.received:
        return Refused("reason_denies_receipt", facts, ("late",), "invalid", "reason")
    if command.remedy == "return_and_refund" and not command.received:
        return Refused("nothing_to_return", facts, ("ask_refund",), "invalid", "remedy")
    if order.received_at and not command.received:
        confirmed: Facts = {**facts, "received_at": order.received_at}
        return Refused("receipt_confirmed", confirmed, ("late",), field="received")
    if reason.allows(command.remedy) is None:
        allowed = tuple(r.remedy for r in reason.remedies)
        return Refused(
            "remedy_not_for_reason", {**facts, "allowed": allowed}, ("choose_remedy",),
            field="remedy",
        )  # fmt: skip
    return None
