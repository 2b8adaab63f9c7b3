"""Say that the replacement has come. It ends the dispute."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, Outcome
from amends.dispute.effects import end_replaced
from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role

BY = frozenset({Role.BUYER})


class ConfirmReplacement(
    Struct, frozen=True, forbid_unknown_fields=True, tag="confirm_replacement"
):
    """Nothing to fill in."""


def may(asked: AskedOfDispute) -> Refused | None:
    """Once the seller has sent it."""
    refused = asked.refuse_phase("replacing")
    sent = asked.dispute.replacement
    if not refused and not (sent and sent.parcel):
        ship = asked.dispute.deadline("replacement_shipment")
        return Refused("replacement_not_shipped", {"until": ship.at if ship else None}, ("wait",))
    return refused


def decide(asked: AskedOfDispute, command: ConfirmReplacement) -> Outcome:
    """Closed as replaced, once money that was agreed on beside it has gone too."""
    return Accepted(
        end_replaced(asked.order, asked.dispute, asked.terms, asked.now, "replacement_confirmed")
    )
