"""Put a proposal of the platform's own beside the parties' offers; it binds when both agree."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.deciders import decider, refuse_decider
from amends.dispute.events.negotiation import OfferMade
from amends.dispute.offers import offer_amount
from amends.dispute.state import Offer
from amends.kernel.decision import Accepted, Refused
from amends.kernel.money import Money
from amends.kernel.people import Role
from amends.kernel.texts import Prose
from amends.policy.terms import Payer, Remedy

BY = frozenset({Role.MEDIATOR, Role.SUPERVISOR})


class ProposeSettlement(Struct, frozen=True, forbid_unknown_fields=True, tag="propose_settlement"):
    """``amount`` may be left out for a replacement; ``note`` says why it is fair;
    ``return_postage_paid_by``: as the policy says for the reason when left out."""

    remedy: Remedy
    amount: Money | None = None
    note: Prose = ""
    return_postage_paid_by: Payer | None = None


def may(asked: AskedOfDispute) -> Refused | None:
    """In mediation, by whoever decides it."""
    return asked.refuse_phase("mediation") or refuse_decider(asked)


def decide(asked: AskedOfDispute, command: ProposeSettlement) -> Outcome:
    """It takes the place of the platform's earlier one; turn and clocks stay as they are."""
    dispute = asked.dispute
    amount = offer_amount(asked, command.remedy, command.amount)
    if isinstance(amount, Refused):
        return amount
    note_ref, contents = asked.text("note", command.note)
    offer = Offer(
        id=f"O{len(dispute.offers) + 1}",
        by="platform",
        remedy=command.remedy,
        amount=amount,
        at=asked.now,
        note_ref=note_ref,
        return_paid_by=command.return_postage_paid_by,
    )
    made = OfferMade(
        at=asked.now,
        dispute=dispute.id,
        phase="mediation",
        turn=dispute.turn or decider(dispute),
        deadlines=dispute.deadlines,
        offer=offer,
    )
    return Accepted((made,), contents)
