"""Which units are free for a new claim, how much can be claimed for them, what goods they are."""

from __future__ import annotations

from collections.abc import Mapping

from amends.kernel.decision import Facts, Refused
from amends.kernel.money import Money, percent_of
from amends.order.refunds import awardable, bounded_amount, refuse_without_money
from amends.order.state import Order
from amends.policy.terms import Payer, Reason, Remedy

# Ended so, a dispute has settled its reason for its units; a cancelled or replaced one has not.
_SETTLED = ("refunded", "refused", "settled_without_refund", "honoured_by_platform", "abandoned")


def refuse_held(order: Order) -> Refused | None:
    """Refuses when open disputes hold every unit of the order."""
    if all(_held(order, line.id, "") >= line.quantity for line in order.lines):
        disputes = tuple(order.open_claims)
        return Refused("units_already_in_dispute", {"disputes": disputes}, ("see_dispute",))
    return None


def refuse_taken(order: Order, reason: str, lines: Mapping[str, int]) -> Refused | None:
    """Refuses units (by line id) another dispute holds, or that were settled for this reason."""
    for line in order.lines:
        units = lines.get(line.id, 0)
        if units and _held(order, line.id, reason) + units > line.quantity:
            open_ones = tuple(k for k, c in order.open_claims.items() if line.id in c.lines)
            if open_ones:
                facts: Facts = {"line": line.id, "disputes": open_ones}
                return Refused("units_already_in_dispute", facts, ("see_dispute",))
            settled: Facts = {"line": line.id, "reason": reason}
            return Refused("already_settled", settled, ("appeal", "contact_support"))
    return None


def _held(order: Order, line: str, reason: str) -> int:
    return sum(
        claim.lines.get(line, 0)
        for claim in order.claims.values()
        if claim.open or (claim.reason == reason and claim.outcome in _SETTLED)
    )


def claimed_amount(
    order: Order, reason: Reason, remedy: Remedy, amount: Money | None, lines: Mapping[str, int]
) -> int | Refused:
    """What is claimed, in minor units, between 1 and what was paid for the units.

    Where the reason allows money only in part, at least one minor unit stays with the seller; after
    a change of mind the seller's restocking fee does. A replacement may come without money.
    """
    most = awardable(order, lines)
    allowed = reason.allows(remedy)
    if allowed and allowed.part_only:
        most -= 1
    if reason.own_window and order.return_policy:
        most -= percent_of(most, order.return_policy.restocking_fee_percent)
    if most <= 0:
        return refuse_without_money(order, lines)
    replacing = remedy == "replacement"
    if amount is None:
        return 0 if replacing else most
    return bounded_amount(order, amount, most, least=0 if replacing else 1)


def payer_of_return(order: Order, reason: Reason) -> Payer:
    """Whoever is at fault; after a change of mind, as the seller's own policy says."""
    policy = order.return_policy
    if reason.own_window and policy:
        return policy.return_postage_paid_by
    return reason.pays_return


def category_of(order: Order, lines: Mapping[str, int]) -> str:
    """What a claim for units by line id is filed under: the category of the line for whose units
    most was paid, the first of equals.

    "" when that line has none, or when all of them were split off after the dispute had ended.
    Refunds count for nothing, so that a case is not filed elsewhere while it is open.
    """
    claimed = [line for line in order.lines if line.id in lines]
    dearest = max(claimed, key=lambda line: line.paid_for(lines[line.id]), default=None)
    return dearest.category if dearest else ""
