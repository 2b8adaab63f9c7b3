"""Our books and the payment provider's agree again where they differed."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Name
from amends.order.asked import Asked, OrderOutcome
from amends.order.events.books import DifferenceResolved

BY = frozenset({Role.CLOCK})


class RecordAgreement(Struct, frozen=True, forbid_unknown_fields=True, tag="record_agreement"):
    """``difference``: the one that was not found any more."""

    difference: Name


def may(asked: Asked) -> Refused | None:
    """While a difference is open."""
    if asked.order.open_differences:
        return None
    return Refused("no_difference_open", {}, ("see_order",))


def decide(asked: Asked, command: RecordAgreement) -> OrderOutcome:
    """Nobody has to decide on it any more."""
    if command.difference not in asked.order.open_differences:
        facts = {"difference": command.difference}
        return Refused("unknown_difference", facts, ("see_order",), "invalid", "difference")
    agreed = DifferenceResolved(
        at=asked.now,
        difference=command.difference,
        by=asked.by.person,
        resolution="books_agree",
    )
    return Accepted((agreed,))
