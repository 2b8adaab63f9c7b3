"""What the bank decided about a chargeback."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Name
from amends.order.asked import Asked, OrderOutcome
from amends.order.chargebacks import find_chargeback, refuse_without_chargebacks
from amends.order.events.money import ChargebackOutcomeRecorded

BY = frozenset({Role.PROVIDER, Role.FINANCE})


class RecordChargebackOutcome(
    Struct, frozen=True, forbid_unknown_fields=True, tag="record_chargeback_outcome"
):
    """``won``: the money came back from the bank; ``lost``: it stays with the buyer."""

    reference: Name
    outcome: Literal["won", "lost"]


def may(asked: Asked) -> Refused | None:
    """When the bank has taken anything."""
    return refuse_without_chargebacks(asked.order)


def decide(asked: Asked, command: RecordChargebackOutcome) -> OrderOutcome:
    """Final. The same outcome again changes nothing."""
    known = find_chargeback(asked.order, command.reference)
    if isinstance(known, Refused):
        return known
    if known.outcome == command.outcome:
        return Accepted(())
    if known.outcome:
        decided: Facts = {"reference": known.id, "outcome": known.outcome}
        return Refused("chargeback_decided", decided, ("record_chargeback",), field="outcome")
    ended = ChargebackOutcomeRecorded(
        at=asked.now, chargeback=known.id, won=command.outcome == "won"
    )
    return Accepted((ended,))
