"""Open a dispute: say what is wrong, with which units, and what would put it right."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from amends.dispute.case import CaseEvent
from amends.dispute.clocks import first_answer_clocks
from amends.dispute.events import DisputeOpened, EvidenceAdded
from amends.dispute.proof import refuse_evidence
from amends.dispute.state import Claim
from amends.kernel.decision import Accepted, Content, Facts, Refused
from amends.kernel.money import Money, percent_of
from amends.kernel.people import Role
from amends.kernel.texts import Code, Id, Prose
from amends.order.asked import Asked
from amends.order.protection import protection, refuse_unprotected
from amends.order.refunds import bounded_amount, claimable, is_whole_order
from amends.order.state import Order
from amends.order.units import LineQuantity, resolve_lines
from amends.policy.terms import Reason, Remedy

BY = frozenset({Role.BUYER})
# Ended so, a dispute has settled its reason for its units; a cancelled or replaced one has not.
_SETTLED = ("refunded", "refused", "settled_without_refund", "honoured_by_platform", "abandoned")


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
    if all(_held(order, line.id, "") >= line.quantity for line in order.lines):
        return Refused("units_already_in_dispute", {"disputes": tuple(order.open_claims)})
    if not order.refundable:
        return Refused("nothing_left_to_refund", {}, ("see_refund",))
    return None


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
    refused = (
        _contradiction(order, reason, command)
        or refuse_unprotected(order, terms, now, reason.code, lines)
        or _taken(order, reason.code, lines)
        or refuse_evidence(order, asked.by, command.evidence)
    )
    if refused:
        return refused
    amount = _amount(order, reason, command, lines)
    if isinstance(amount, Refused):
        return amount
    dispute_id = f"{order.id}-D{len(order.claims) + 1}"
    clocks = first_answer_clocks(terms, now, more_time=False)
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
    if reason.received == "no" and (command.received or order.received_at):
        return Refused("reason_denies_receipt", facts, ("late",), "invalid", "reason")
    if command.remedy == "return_and_refund" and not command.received:
        return Refused("nothing_to_return", facts, ("ask_refund",), "invalid", "remedy")
    if reason.allows(command.remedy) is None:
        allowed = tuple(r.remedy for r in reason.remedies)
        return Refused(
            "remedy_not_for_reason", {**facts, "allowed": allowed}, ("choose_remedy",),
            field="remedy",
        )  # fmt: skip
    return None


def _taken(order: Order, reason: str, lines: Mapping[str, int]) -> Refused | None:
    """Refuses units another dispute holds, or that were settled for the same reason before."""
    for line_id, units in lines.items():
        line = order.line(line_id)
        if line is not None and _held(order, line_id, reason) + units > line.quantity:
            open_ones = tuple(k for k, c in order.open_claims.items() if line_id in c.lines)
            if open_ones:
                return Refused("units_already_in_dispute", {"disputes": open_ones})
            return Refused("already_settled", {"line": line_id, "reason": reason}, ("appeal",))
    return None


def _held(order: Order, line: str, reason: str) -> int:
    return sum(
        claim.lines.get(line, 0)
        for claim in order.claims.values()
        if claim.open or (claim.reason == reason and claim.outcome in _SETTLED)
    )


def _amount(
    order: Order, reason: Reason, command: OpenDispute, lines: Mapping[str, int]
) -> int | Refused:
    """What is claimed, in minor units, between 1 and what was paid for the units."""
    most = claimable(order, lines)
    allowed = reason.allows(command.remedy)
    if allowed and allowed.part_only:
        most -= 1
    if reason.own_window and order.return_policy:
        most -= percent_of(most, order.return_policy.restocking_fee_percent)
    if not most:
        return Refused("nothing_left_to_refund", {}, ("see_refund",))
    if command.amount is None:
        return 0 if command.remedy == "replacement" else most
    return bounded_amount(
        order, command.amount, most, least=0 if command.remedy == "replacement" else 1
    )
