"""Finding a chargeback by its reference, or saying why there is none to speak of."""

from __future__ import annotations

from amends.kernel.decision import Facts, Refused
from amends.order.state import Chargeback, Order


def refuse_without_chargebacks(order: Order) -> Refused | None:
    """Refuses to speak of chargebacks where no bank has taken anything."""
    return None if order.chargebacks else Refused("no_chargeback", {}, ("record_chargeback",))


def find_chargeback(order: Order, reference: str) -> Chargeback | Refused:
    """The chargeback with this reference."""
    known = order.chargebacks.get(reference)
    if known is None:
        facts: Facts = {"reference": reference}
        return Refused("unknown_chargeback", facts, ("record_chargeback",), "invalid", "reference")
    return known
