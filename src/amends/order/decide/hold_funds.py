"""Keep the seller's share back until finance says otherwise."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Prose
from amends.order.asked import Asked, OrderOutcome, refuse_blank, refuse_cancelled
from amends.order.events.money import FundsHeld

BY = frozenset({Role.FINANCE})


class HoldFunds(Struct, frozen=True, forbid_unknown_fields=True, tag="hold_funds"):
    """``reason``: why the seller has to wait."""

    reason: Prose


def may(asked: Asked) -> Refused | None:
    """While the share is held anyway, and not by finance already."""
    order = asked.order
    if order.released is not None:
        return Refused("already_released", {"amount": order.money(order.released)})
    if order.finance_hold:
        return Refused("already_held", {}, ("release_funds",))
    return refuse_cancelled(order)


def decide(asked: Asked, command: HoldFunds) -> OrderOutcome:
    """Nothing is released by the clock until the hold is lifted."""
    refused = refuse_blank(command.reason, "reason", "say_why")
    if refused:
        return refused
    ref, contents = asked.text("reason", command.reason)
    return Accepted((FundsHeld(at=asked.now, by=asked.by.person, reason_ref=ref),), contents)
