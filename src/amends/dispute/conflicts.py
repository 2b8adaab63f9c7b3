"""Nobody judges their own case, nor one they gave back."""

from __future__ import annotations

from amends.dispute.asked import AskedOfDispute
from amends.kernel.decision import Refused
from amends.kernel.people import PersonId


def refuse_conflict(asked: AskedOfDispute, person: PersonId) -> Refused | None:
    """Refuses ``person``, whatever their hat, as one who deals with the dispute impartially."""
    order = asked.order
    if person in (order.buyer, order.seller):
        side = "buyer" if person == order.buyer else "seller"
        facts = {"person": person, "side": side}
        return Refused("conflict_of_interest", facts, ("choose_other_person",))
    if person in asked.dispute.recused:
        return Refused("recused_before", {"person": person}, ("choose_other_person",))
    return None
