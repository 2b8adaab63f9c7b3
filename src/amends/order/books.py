"""Differences between our books and the payment provider's: when there is one, and what deciding
on it changes."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from amends.kernel.decision import Facts, Refused, Stamp
from amends.order.dates import at_the_bank
from amends.order.events.base import OrderEvent
from amends.order.events.books import RefundCorrected, RefundCounted
from amends.order.events.money import RefundFailed
from amends.order.refunds import plan_refund
from amends.order.retries import plan_retry, record_refund
from amends.order.state import Difference, DifferenceKind, FundedBy, Order, Refund
from amends.policy.clocks import start_clock
from amends.policy.terms import Terms

Changes = tuple[OrderEvent, ...] | Refused


def order_of_difference(difference_id: str) -> str | None:
    """The order a difference's id leads to; None when it is no such id."""
    order, mark, number = difference_id.rpartition("-X")
    return order if mark and number.isascii() and number.isdigit() else None


def still_differs(order: Order, kind: DifferenceKind, about: str) -> bool:
    """Whether what was seen by comparing can still be so: the order went on meanwhile."""
    refund = order.refunds.get(about)
    match kind:
        case "not_recorded":
            return all(r.provider_reference != about for r in order.refunds.values() if r.counts)
        case "captured_less":
            return True
        case _ if refund is None:
            return False
        case "not_settled_here":
            return refund.state != "settled" and not refund.traced
        case "not_at_provider":
            return refund.state in ("settled", "pending") and not refund.traced
        case _:
            return refund.counts


def known_as(order: Order, seen: Difference) -> Difference | None:
    """The latest difference of the same kind about the same thing."""
    same = [d for d in order.differences.values() if (d.kind, d.about) == (seen.kind, seen.about)]
    return same[-1] if same else None


def same_figures(one: Difference, other: Difference) -> bool:
    """Whether two sightings say the same amounts."""
    return (one.ours, one.theirs, one.other_currency) == (
        other.ours,
        other.theirs,
        other.other_currency,
    )


def count_as_refund(
    order: Order,
    difference: Difference,
    terms: Terms,
    stamp: Stamp,
    *,
    reference: str,
    in_place_of: Refund | None,
    funded_by: FundedBy,
) -> Changes:
    """What the provider paid without us, or otherwise than we asked, counts as a refund of ours.

    ``reference`` is the provider's id of it. Where it was paid in place of a refund of ours, and
    less than that, the rest is sent. Refunds of ours that were not sent yet make room where the
    money they would take is gone; what is left is sent later in their place.
    """
    paid = _paid(order, difference)
    if paid is None:
        facts: Facts = {"difference": difference.id, "kind": difference.kind}
        return Refused("cannot_be_counted", facts, ("explain_it",), field="resolution")
    events: list[OrderEvent] = []
    # Two differences are about a refund of ours that went otherwise; its intent is known already.
    ours = order.refunds[difference.about] if difference.kind in _OURS_WENT_OTHERWISE else None
    base = in_place_of or ours
    replaced = base if difference.kind != "not_settled_here" else None
    if replaced is not None:
        events.append(
            RefundCorrected(at=stamp.at, refund=replaced.id, reason="counted", counted=True)
        )
        order = events[-1].on(order)
    for gave_way in _making_room(order, paid, terms, stamp):
        events.append(gave_way)
        order = gave_way.on(order)
    counted = _counted(order, paid, base, terms, stamp, funded_by)
    if isinstance(counted, Refused):
        return counted
    if difference.kind == "not_settled_here" and ours is not None:
        counted = replace(counted, id=ours.id, recorded_at=ours.recorded_at, attempt=ours.attempt,
                          retry_of=ours.retry_of, dispute=ours.dispute)  # fmt: skip
    counted = replace(counted, provider_reference=reference, difference=difference.id)
    told = RefundCounted(at=stamp.at, refund=counted)
    if replaced is not None and replaced.amount > paid:
        # Before what is counted, so that nobody takes that for all there is to come.
        rest = _rest(told.on(order), replaced, paid, counted, stamp)
        events += [record_refund(order, rest, terms)] if rest else []
    return (*events, told)


def send_again(order: Order, difference: Difference, terms: Terms, stamp: Stamp) -> Changes:
    """A refund of ours that the provider does not have is sent anew, under a new intent."""
    if difference.kind != "not_at_provider":
        facts: Facts = {"difference": difference.id, "kind": difference.kind}
        return Refused("cannot_be_sent_again", facts, ("explain_it",), field="resolution")
    lost = order.refunds[difference.about]
    corrected = RefundCorrected(at=stamp.at, refund=lost.id, reason="not_at_provider")
    order = corrected.on(order)
    another = plan_retry(order, lost, stamp.at)
    if another is None:
        return Refused("nothing_left_to_refund", {"refund": lost.id}, ("see_refunds",))
    return (corrected, record_refund(order, another, terms))


_OURS_WENT_OTHERWISE = ("other_amount", "not_settled_here")


def _paid(order: Order, difference: Difference) -> int | None:
    """How much went back that is not counted yet, in minor units; None where that is not known to
    be anything."""
    ours, theirs = difference.ours or 0, difference.theirs or 0
    if difference.other_currency or theirs == 0:
        return None
    match difference.kind:
        case "not_recorded":
            return theirs
        case "booked_twice":
            return min(ours, theirs - ours)  # one booking at a time
        case "other_amount" if theirs != ours and order.refunds[difference.about].counts:
            return theirs
        case "not_settled_here":
            return ours
        case _:
            return None


def _making_room(order: Order, amount: int, terms: Terms, stamp: Stamp) -> Iterator[RefundFailed]:
    """The refunds that have to give way to ``amount``: those not sent yet, the newest first."""
    for refund in reversed(order.refunds.values()):
        if amount <= order.refundable:
            return
        if refund.state == "recorded":
            retry = start_clock(
                terms.refunds.retried_after, "refund_retry", "platform", stamp.at,
                "refund_failed", subject=refund.id,
            )  # fmt: skip
            failed = RefundFailed(
                at=stamp.at, refund=refund.id, reason="counted_elsewhere", retry=retry
            )
            order = failed.on(order)
            yield failed


def _counted(
    order: Order, amount: int, base: Refund | None, terms: Terms, stamp: Stamp, funded_by: FundedBy
) -> Refund | Refused:
    """A settled refund of exactly ``amount``: of the lines of the refund in whose place it stands,
    or of the whole order."""
    whole = {line.id: line.quantity for line in order.lines}
    within = base.lines if base and amount <= base.amount else None
    refund = plan_refund(
        order, amount, stamp.at, lines=whole, funded_by=base.funded_by if base else funded_by,
        dispute=base.dispute if base else "", with_shipping=True, by_line=within,
    )  # fmt: skip
    if refund is None or refund.amount < amount:
        facts: Facts = {"paid": order.money(amount), "left": order.money(order.refundable)}
        return Refused("more_paid_than_left", facts, ("explain_it",), field="resolution")
    arrives_from, arrives_until = at_the_bank(refund, terms, stamp.calendar)
    return replace(
        refund,
        state="settled",
        settled_at=stamp.at,
        arrives_from=arrives_from,
        arrives_until=arrives_until,
        retry_of=base.id if base else "",
        attempt=base.attempt + 1 if base else 1,
    )


def _rest(order: Order, ours: Refund, paid: int, counted: Refund, stamp: Stamp) -> Refund | None:
    """What the buyer was promised beyond what the provider paid."""
    owed = {key: share - counted.lines.get(key, 0) for key, share in ours.lines.items()}
    return plan_refund(
        order, ours.amount - paid, stamp.at, lines={line.id: line.quantity for line in order.lines},
        funded_by=ours.funded_by, dispute=ours.dispute, with_shipping=True, by_line=owed,
    )  # fmt: skip
