"""The buyer's bank takes money back, on a track of its own."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.money import Money
from amends.kernel.people import Role
from amends.kernel.texts import Name
from amends.order.asked import Asked, OrderOutcome, When, in_utc, refuse_blank
from amends.order.events.money import ChargebackRecorded
from amends.order.refunds import bounded_amount
from amends.order.state import Chargeback

BY = frozenset({Role.PROVIDER, Role.FINANCE})


class RecordChargeback(Struct, frozen=True, forbid_unknown_fields=True, tag="record_chargeback"):
    """``reference``: the provider's id of it, by which a repeated one is known. ``evidence_until``:
    up to when the bank hears our side; left out when it does not say."""

    reference: Name
    amount: Money
    evidence_until: When | None = None


def may(asked: Asked) -> Refused | None:
    """Always: a bank does not ask."""
    return None


def decide(asked: Asked, command: RecordChargeback) -> OrderOutcome:
    """Refunds wait until the bank has decided; banks never take more than was captured."""
    order = asked.order
    refused = refuse_blank(command.reference, "reference", "name_reference")
    if refused:
        return refused
    known = order.chargebacks.get(command.reference)
    if known is not None:
        if order.money(known.amount) == command.amount:
            return Accepted(())
        facts: Facts = {"recorded": order.money(known.amount), "named": command.amount}
        return Refused("chargeback_differs", facts, ("use_other_reference",), field="amount")
    most = max(0, order.captured - order.taken_by_bank)
    amount = bounded_amount(order, command.amount, most, least=1)
    if isinstance(amount, Refused):
        return amount
    until = command.evidence_until
    taken = Chargeback(
        id=command.reference,
        amount=amount,
        at=asked.now,
        evidence_until=in_utc(until) if until else None,
    )
    return Accepted((ChargebackRecorded(at=asked.now, chargeback=taken),))
