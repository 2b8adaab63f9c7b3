"""Propose a way out: money, a return, a replacement, money towards mending, or a reasoned no."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.clocks import answer_clocks
from amends.dispute.events.negotiation import OfferMade
from amends.dispute.offers import offer_amount
from amends.dispute.state import Offer
from amends.kernel.decision import Accepted, Refused
from amends.kernel.money import Money
from amends.kernel.people import Role, other_side
from amends.kernel.texts import Prose
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
    refusing = command.remedy == "refund" and asked.side == "seller"
    amount = offer_amount(asked, command.remedy, command.amount, least=0 if refusing else 1)
    if isinstance(amount, Refused):
        return amount
    if command.remedy == "refund" and not amount and not command.note.strip():
        return Refused("text_missing", {"amount": amount}, ("say_why",), "invalid", "note")
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
