"""Lift finance's own hold on the seller's share."""

from __future__ import annotations

from msgspec import Struct

from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Prose
from amends.order.asked import Asked, OrderOutcome, refuse_blank
from amends.order.escrow import pay_out, refuse_release
from amends.order.events.money import HoldLifted

BY = frozenset({Role.FINANCE})


class ReleaseFunds(Struct, frozen=True, forbid_unknown_fields=True, tag="release_funds"):
    """``reason``: why the hold is no longer needed."""

    reason: Prose


def may(asked: Asked) -> Refused | None:
    """When finance holds the share and neither a dispute, a bank nor a refund does as well.

    Without a hold there is nothing to lift: the clock releases when the protection ends.
    """
    refused = refuse_release(asked.order)
    if refused or asked.order.finance_hold:
        return refused
    ends = next((d.at for d in asked.order.deadlines if d.what == "protection"), None)
    return Refused("protection_running", {"until": ends}, ("wait_for_end_of_protection",))


def decide(asked: Asked, command: ReleaseFunds) -> OrderOutcome:
    """The share is the seller's when the protection is over; else it waits for that as before."""
    order, now = asked.order, asked.now
    refused = refuse_blank(command.reason, "reason", "say_why")
    if refused:
        return refused
    ref, contents = asked.text("reason", command.reason)
    if order.protection_ended_at is None:
        lifted = HoldLifted(at=now, by=asked.by.person, reason_ref=ref)
        return Accepted((lifted,), contents)
    return Accepted((pay_out(order, asked.terms, now, ref),), contents)
