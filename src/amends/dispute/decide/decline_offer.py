"""Say no to what the other side proposes."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.clocks import answer_clocks
from amends.dispute.events.negotiation import OfferDeclined
from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role, other_side
from amends.kernel.texts import Id, Prose

BY = frozenset({Role.BUYER, Role.SELLER})


class DeclineOffer(Struct, frozen=True, forbid_unknown_fields=True, tag="decline_offer"):
    """``note``: why, for the other side to answer."""

    offer: Id
    note: Prose = ""


def may(asked: AskedOfDispute) -> Refused | None:
    """On one's turn while the parties negotiate, when the other side has something on the table."""
    refused = asked.refuse_phase("awaiting_seller", "awaiting_buyer") or asked.refuse_turn()
    if not refused and asked.dispute.standing(other_side(asked.side)) is None:
        refused = Refused("no_offer_to_decline", {}, ("make_offer", "escalate"))
    return refused


def decide(asked: AskedOfDispute, command: DeclineOffer) -> Outcome:
    """It is an answer: the turn goes to the other side. The claim stays on the table."""
    dispute = asked.dispute
    offer = dispute.offer(command.offer)
    if offer is None:
        unknown: Facts = {"offer": command.offer}
        return Refused("unknown_offer", unknown, ("see_offers",), "invalid", "offer")
    facts: Facts = {"offer": offer.id, "status": offer.status}
    if offer.by == asked.side:
        return Refused("own_offer", facts, ("make_offer",), field="offer")
    if offer.status != "standing":
        return Refused("offer_not_standing", facts, ("see_offers",), field="offer")
    turn = other_side(asked.side)
    note_ref, contents = asked.text("note", command.note)
    declined = OfferDeclined(
        at=asked.now,
        dispute=dispute.id,
        phase="awaiting_seller" if turn == "seller" else "awaiting_buyer",
        turn=turn,
        deadlines=answer_clocks(asked.terms, dispute, turn, asked.now, "offer_declined"),
        offer=offer.id,
        by=asked.side,
        note_ref=note_ref,
    )
    return Accepted((declined,), contents)
