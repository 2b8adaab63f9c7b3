"""What there is to award: what was paid, what went back, the most the rules allow, and how much of
it the one who decides may award without a second person."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.money import worth
from amends.dispute.state import Dispute
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.structs import LineView, OrderView
from amends.kernel.money import Money
from amends.kernel.people import Member


class Stake(Struct, frozen=True):
    """``lines``: those in question, with what was paid for all of their units. ``alone``: None
    where the one who decides needs nobody for any of it."""

    lines: tuple[LineView, ...]
    postage: Money
    before: Money
    most: Money
    alone: Money | None


def stake_of(looking: Looking, dispute: Dispute, order: OrderView, by: Member | None) -> Stake:
    """For ``by``, None for one who decides without an account."""
    case, currency = looking.case.order, looking.case.order.currency
    own, large = by.limit(currency) if by else None, looking.terms.platform.large(currency)
    limits = [limit for limit in (own, large) if limit is not None]
    most = worth(case, dispute)
    return Stake(
        lines=tuple(line for line in order.lines if line.id in dispute.claim.lines),
        postage=order.shipping.price,
        before=order.refunded,
        most=case.money(most),
        alone=case.money(min(limits)) if limits and min(limits) < most else None,
    )
