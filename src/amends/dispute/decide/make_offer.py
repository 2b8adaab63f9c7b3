"""Propose a way out: money, a return, a replacement, money towards mending, or a reasoned no."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.clocks import answer_clocks
from amends.dispute.events import OfferMade
from amends.dispute.state import Offer
from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.money import Money
from amends.kernel.people import Role, other_side
from amends.kernel.texts import Prose
from amends.order.refunds import bounded_amount, claimable
from amends.policy.terms import Payer, Remedy

BY = frozenset({Role.BUYER, Role.SELLER})


class MakeOffer(Struct, frozen=True, forbid_unknown_fields=True, tag="make_offer"):
    """``amount`` 0 with a note is a refusal; it may be left out for a replacement.
    ``return_postage_paid_by``: as the policy says for the reason when left out."""

    remedy: Remedy
    amount: Money | None = None
    note: Prose = ""
    return_postage_paid_by: Payer | None = None


def may(asked: AskedOfDispute) -> Refused | None:
    """While the parties negotiate, and in mediation."""
    return asked.refuse_phase("awaiting_seller", "awaiting_buyer", "mediation")


def decide(asked: AskedOfDispute, command: MakeOffer) -> Outcome:
    """It takes the place of one's own standing offer; while negotiating the turn goes over."""
    dispute = asked.dispute
    amount = _amount(asked, command)
    if isinstance(amount, Refused):
        return amount
    refused = _not_allowed(asked, command, amount)
    if refused:
        return refused
    note_ref, contents = asked.text("note", command.note)
    offer = Offer(
        id=f"O{len(dispute.offers) + 1}",
        by=asked.side,
        remedy=command.remedy,
        amount=amount,
        at=asked.now,
        note_ref=note_ref,
        return_paid_by=command.return_postage_paid_by,
    )
    phase, turn, deadlines = dispute.phase, dispute.turn, dispute.deadlines
    # A second offer on the other side's turn betters the first; it does not give that side less
    # or more time than it had.
    if phase != "mediation" and turn == asked.side:
        turn = other_side(asked.side)
        phase = "awaiting_seller" if turn == "seller" else "awaiting_buyer"
        deadlines = answer_clocks(asked.terms, dispute, turn, asked.now)
    made = OfferMade(
        at=asked.now,
        dispute=dispute.id,
        phase=phase,
        turn=turn or "mediator",
        deadlines=deadlines,
        offer=offer,
    )
    return Accepted((made,), contents)


def _amount(asked: AskedOfDispute, command: MakeOffer) -> int | Refused:
    replacing = command.remedy == "replacement"
    if command.amount is None:
        if replacing:
            return 0
        return Refused("amount_missing", {}, ("name_amount",), "invalid", "amount")
    refusing = command.remedy == "refund" and asked.side == "seller"
    return bounded_amount(
        asked.order,
        command.amount,
        claimable(asked.order, asked.dispute.claim.lines),
        least=0 if replacing or refusing else 1,
    )


def _not_allowed(asked: AskedOfDispute, command: MakeOffer, amount: int) -> Refused | None:
    """Money with the goods kept can always be agreed on; the rest is what the reason allows."""
    reason, claim = asked.reason, asked.dispute.claim
    facts: Facts = {"remedy": command.remedy, "reason": reason.code}
    if command.remedy == "return_and_refund" and not claim.received:
        return Refused("nothing_to_return", facts, ("offer_refund",), "invalid", "remedy")
    if command.remedy != "refund" and reason.allows(command.remedy) is None:
        return Refused("remedy_not_for_reason", facts, ("choose_remedy",), field="remedy")
    if command.remedy == "refund" and not amount and not command.note.strip():
        return Refused("text_missing", facts, ("say_why",), "invalid", "note")
    return None
