"""Take the claim back before the seller has answered it."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.events.effects import DisputeClosed
from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role

BY = frozenset({Role.BUYER})


class CancelDispute(Struct, frozen=True, forbid_unknown_fields=True, tag="cancel_dispute"):
    """Nothing to fill in. Within its window the dispute can be opened again."""


def may(asked: AskedOfDispute) -> Refused | None:
    """From the seller's answer or a ruling on, only an agreement or a ruling ends it."""
    if asked.dispute.seller_answered and asked.dispute.phase != "closed":
        facts = {"phase": asked.dispute.phase}
        return Refused("seller_has_answered", facts, ("accept_offer", "make_offer"))
    return asked.refuse_phase("awaiting_seller", "mediation")


def decide(asked: AskedOfDispute, command: CancelDispute) -> Outcome:
    """Closed as if it had not been opened."""
    closed = DisputeClosed(
        at=asked.now, dispute=asked.dispute.id, outcome="cancelled", because="cancelled_by_buyer"
    )
    return Accepted((closed,))
