"""The seller's share of the money: until when it is held, and how much of it there is."""

from __future__ import annotations

from amends.kernel.decision import Refused
from amends.kernel.instants import Instant
from amends.order.events.money import FundsReleased
from amends.order.freezing import refuse_frozen
from amends.order.state import Order
from amends.policy.terms import Terms


def release_due(order: Order) -> Instant | None:
    """When the seller's share is released: as soon as protection and disputes have ended and
    nothing holds it back. None while that is not in sight."""
    # It is asked after every event, so what is quick to tell and mostly so comes first.
    if order.protection_ended_at is None or order.finance_hold or refuse_release(order):
        return None
    return order.changed_at


def sellers_share(order: Order) -> int:
    """What is the seller's, in minor units: the captured share, less the refunds the seller owes
    and what a bank took. What the platform pays out of its own is not taken from the seller."""
    refunded = sum(r.amount for r in order.refunds.values() if r.counts and r.funded_by == "seller")
    return max(0, order.captured - refunded - order.taken_by_bank)


def pay_out(order: Order, terms: Terms, at: Instant, reason_ref: str = "") -> FundsReleased:
    """The seller's share becomes the seller's, less what the platform keeps of it by the pack."""
    share = sellers_share(order)
    fee = terms.platform.fee.of(share, order.currency)
    return FundsReleased(at=at, amount=share - fee, fee=fee, reason_ref=reason_ref)


def fee_kept(order: Order) -> int:
    """What the platform keeps of the fee now, in minor units, rounded down.

    What is refunded after the payout takes as large a part of the fee back as of the share, so a
    full refund takes back all of it. 0 while nothing was paid out.
    """
    if not order.fee or order.released is None:
        return 0
    return order.fee * sellers_share(order) // (order.released + order.fee)


def refuse_release(order: Order) -> Refused | None:
    """What stands between the seller and the money, apart from time and finance's own hold."""
    if order.released is not None:
        return Refused("already_released", {"amount": order.money(order.released)})
    if order.cancelled_at:
        return Refused("order_cancelled", {"at": order.cancelled_at}, ("see_refund",))
    if order.open_claims:
        disputes = {"disputes": tuple(order.open_claims)}
        return Refused("dispute_open", disputes, ("wait_for_end_of_dispute",))
    frozen = refuse_frozen(order)
    if frozen:
        return frozen
    waiting = {d.subject for d in order.deadlines if d.what in ("refund_retry", "finance")}
    waiting.update(r.id for r in order.refunds.values() if r.under_way)
    if waiting:
        return Refused(
            "refund_under_way", {"refunds": tuple(sorted(waiting))}, ("wait_for_refund",)
        )
    return None
