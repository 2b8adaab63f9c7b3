"""Decide what a difference between our books and the payment provider's means."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from amends.kernel.decision import Accepted, Facts, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Name, Prose
from amends.order.asked import Asked, OrderOutcome, refuse_blank
from amends.order.books import Changes, count_as_refund, send_again
from amends.order.events.books import DifferenceResolved
from amends.order.retries import find_refund
from amends.order.state import Difference, FundedBy, Refund

BY = frozenset({Role.FINANCE})


class ResolveDifference(Struct, frozen=True, forbid_unknown_fields=True, tag="resolve_difference"):
    """``resolution``: nothing has to change (``explained``), what the provider paid counts as a
    refund of ours (``count_as_refund``), or what it does not have is sent anew (``send_again``).

    For ``count_as_refund``: ``reference`` is the provider's id of what it paid, where the
    difference does not name it; ``refund`` the refund of ours it was made in place of, if any;
    ``paid_by`` who bears it otherwise."""

    difference: Name
    resolution: Literal["explained", "count_as_refund", "send_again"]
    reason: Prose
    reference: Name = ""
    refund: Name = ""
    paid_by: FundedBy = "seller"


def may(asked: Asked) -> Refused | None:
    """While a difference is open."""
    if asked.order.open_differences:
        return None
    return Refused("no_difference_open", {}, ("see_order",))


def decide(asked: Asked, command: ResolveDifference) -> OrderOutcome:
    """Decided once and for all. With the last one of an order its money moves again."""
    difference = asked.order.differences.get(command.difference)
    if difference is None:
        facts: Facts = {"difference": command.difference}
        return Refused("unknown_difference", facts, ("see_order",), "invalid", "difference")
    if not difference.open:
        decided: Facts = {"difference": difference.id, "resolution": difference.resolution}
        return Refused("difference_decided", decided, ("see_order",), field="difference")
    refused = refuse_blank(command.reason, "reason", "say_why")
    changes = refused or _changes(asked, difference, command)
    if isinstance(changes, Refused):
        return changes
    ref, contents = asked.text("reason", command.reason)
    resolved = DifferenceResolved(
        at=asked.now,
        difference=difference.id,
        by=asked.by.person,
        resolution=command.resolution,
        reason_ref=ref,
    )
    return Accepted((*changes, resolved), contents)


def _changes(asked: Asked, difference: Difference, command: ResolveDifference) -> Changes:
    order, terms, stamp = asked.order, asked.terms, asked.stamp
    if command.resolution == "explained":
        return ()
    if order.chargeback_open:
        return Refused("chargeback_open", {}, ("wait_for_bank",), field="resolution")
    if command.resolution == "send_again":
        return send_again(order, difference, terms, stamp)
    reference = command.reference.strip() or _reference(asked, difference)
    if not reference and difference.kind in ("booked_twice", "other_amount"):
        facts: Facts = {"difference": difference.id}
        return Refused("reference_missing", facts, ("name_reference",), "invalid", "reference")
    instead: Refund | Refused | None = _instead(asked, difference, command.refund)
    if isinstance(instead, Refused):
        return instead
    return count_as_refund(
        order, difference, terms, stamp,
        reference=reference, in_place_of=instead, funded_by=command.paid_by,
    )  # fmt: skip


def _reference(asked: Asked, difference: Difference) -> str:
    """The provider's id of what it paid, where it is known."""
    match difference.kind:
        case "not_recorded":
            return difference.about
        case "other_amount" | "not_settled_here":
            return asked.order.refunds[difference.about].provider_reference
        case _:
            return ""


def _instead(asked: Asked, difference: Difference, refund_id: str) -> Refund | Refused | None:
    """The refund that was not sent, or not booked, in whose place the provider paid."""
    if not refund_id:
        return None
    refund = find_refund(asked.order, refund_id)
    if isinstance(refund, Refused):
        return refund
    open_to_it = refund.state in ("recorded", "failed", "reversed") and not refund.traced
    if difference.kind == "not_recorded" and open_to_it and not asked.order.retried(refund.id):
        return refund
    facts: Facts = {"refund": refund.id, "state": refund.state}
    return Refused("not_in_its_place", facts, ("see_refunds",), field="refund")
