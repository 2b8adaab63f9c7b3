"""Say what came back, and in which condition. It also says that the parcel has arrived."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.case import CaseEvent
from amends.dispute.effects import effect_of, settle
from amends.dispute.events.effects import ReturnInspected
from amends.dispute.events.negotiation import OfferMade
from amends.dispute.parcels import way_back
from amends.dispute.proof import put_evidence
from amends.dispute.state import Condition, Offer
from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.money import Money
from amends.kernel.people import Role
from amends.kernel.texts import Id, Prose
from amends.order.refunds import bounded_amount
from amends.policy.clocks import start_clock

BY = frozenset({Role.SELLER})


class InspectReturn(Struct, frozen=True, forbid_unknown_fields=True, tag="inspect_return"):
    """``as_sent`` refunds what was agreed or ruled. After any other condition, on which ``note``
    says more, ``amount`` offers less; the buyer accepts that or contests the inspection."""

    condition: Condition
    amount: Money | None = None
    note: Prose = ""
    evidence: tuple[Id, ...] = ()


def may(asked: AskedOfDispute) -> Refused | None:
    """Once, when the buyer has shipped, whether the carrier has said that it arrived or not."""
    refused = asked.refuse_phase("returning")
    if refused:
        return refused
    back = way_back(asked.dispute)
    if not back.parcel:
        return Refused("return_not_shipped", {"turn": asked.dispute.turn}, ("wait",))
    if back.condition is not None:
        return Refused("inspected_before", {"at": back.inspected_at}, ("wait_for_other_side",))
    return None


def decide(asked: AskedOfDispute, command: InspectReturn) -> Outcome:
    """As sent, the money goes; otherwise it is the buyer's turn to accept less or to contest."""
    offer = _offer(asked, command)
    if isinstance(offer, Refused):
        return offer
    put = put_evidence(asked, command.evidence)
    if isinstance(put, Refused):
        return put
    dispute, now = asked.dispute, asked.now
    note_ref, contents = asked.text("note", command.note)
    fine = command.condition == "as_sent"
    answer = start_clock(
        asked.terms.returns.inspection_answered_within,
        "inspection_answer", "buyer", now, "return_inspected",
    )  # fmt: skip
    inspected = ReturnInspected(
        at=now,
        dispute=dispute.id,
        phase="returning",
        turn="seller" if fine else "buyer",
        deadlines=dispute.deadlines if fine else (answer,),
        condition=command.condition,
        note_ref=note_ref,
    )
    if fine:
        paid = settle(
            asked.order, dispute, asked.terms, now, effect_of(dispute), "return_inspected"
        )
        return Accepted((inspected, *put, *paid), contents)
    less: tuple[CaseEvent, ...] = ()
    if offer:
        less = (
            OfferMade(
                at=now, dispute=dispute.id, phase="returning", turn="buyer", deadlines=(answer,),
                offer=offer,
            ),
        )  # fmt: skip
    return Accepted((inspected, *put, *less), contents)


def _offer(asked: AskedOfDispute, command: InspectReturn) -> Offer | Refused | None:
    """The lower amount offered, or None; refuses one that does not fit what was found."""
    fine = command.condition == "as_sent"
    if command.amount is None:
        return None
    if fine:
        facts: Facts = {"condition": command.condition}
        return Refused("nothing_to_deduct", facts, ("leave_out_amount",), "invalid", "amount")
    effect = effect_of(asked.dispute)
    amount = bounded_amount(asked.order, command.amount, effect.amount - 1, least=1)
    if isinstance(amount, Refused):
        return amount
    return Offer(
        id=f"O{len(asked.dispute.offers) + 1}",
        by="seller",
        remedy="refund",
        amount=amount,
        at=asked.now,
        note_ref=asked.text("note", command.note)[0],
        return_paid_by=effect.return_paid_by,
    )
