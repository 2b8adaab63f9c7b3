"""The bank was told our side of a chargeback."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.kernel.texts import END, Name
from amends.order.asked import Asked, OrderOutcome
from amends.order.chargebacks import find_chargeback, refuse_without_chargebacks
from amends.order.events.money import ChargebackAnswered

Digest = Annotated[str, Meta(pattern=rf"^([0-9a-f]{{64}})?{END}")]

BY = frozenset({Role.PROVIDER, Role.FINANCE})


class RecordChargebackAnswer(
    Struct, frozen=True, forbid_unknown_fields=True, tag="record_chargeback_answer"
):
    """``digest``: the SHA-256 of what was handed over, in hex, where it is known."""

    reference: Name
    digest: Digest = ""


def may(asked: Asked) -> Refused | None:
    """When the bank has taken anything."""
    return refuse_without_chargebacks(asked.order)


def decide(asked: Asked, command: RecordChargebackAnswer) -> OrderOutcome:
    """Banks hear us once: what is recorded later changes nothing."""
    known = find_chargeback(asked.order, command.reference)
    if isinstance(known, Refused):
        return known
    if known.answered_at:
        return Accepted(())
    answered = ChargebackAnswered(at=asked.now, chargeback=known.id, digest=command.digest)
    return Accepted((answered,))
