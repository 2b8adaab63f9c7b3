"""Say that the goods have come."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.order.asked import Asked, OrderOutcome, refuse_cancelled
from amends.order.events.life import ReceiptConfirmed
from amends.order.protection import protection_clock

BY = frozenset({Role.BUYER})


class ConfirmReceipt(Struct, frozen=True, forbid_unknown_fields=True, tag="confirm_receipt"):
    """Nothing to say: all of the order has come."""


def may(asked: Asked) -> Refused | None:
    """Once, while the protection runs; also when nobody marked anything as shipped."""
    order = asked.order
    if order.received_at:
        return Refused("receipt_already_confirmed", {"at": order.received_at})
    if order.protection_ended_at:
        facts = {"at": order.protection_ended_at}
        return Refused("protection_ended", facts, ("contact_support",))
    return refuse_cancelled(order)


def decide(asked: Asked, command: ConfirmReceipt) -> OrderOutcome:
    """A dispute can be opened at once, and the window closes as the pack says of receipts."""
    received = replace(asked.order, received_at=asked.now)
    ends = protection_clock(received, asked.terms, asked.now)
    return Accepted((ReceiptConfirmed(at=asked.now, protection=ends),))
