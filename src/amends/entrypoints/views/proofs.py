"""Evidence, parcels, refunds, chargebacks and differences as they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.structs import (
    ChargebackView,
    DifferenceView,
    EvidenceView,
    LineQuantityView,
    ParcelView,
    RefundView,
)
from amends.entrypoints.views.working import working_of
from amends.kernel.money import Money
from amends.order.dates import at_the_bank
from amends.order.state import Difference, Evidence, Order, Parcel, Refund


def quantities(lines: Mapping[str, int]) -> tuple[LineQuantityView, ...]:
    """Units by line."""
    return tuple(LineQuantityView(line=line, quantity=units) for line, units in lines.items())


def evidence_view(looking: Looking, proof: Evidence) -> EvidenceView:
    """A proof; where its file lies is not shown."""
    texts, order = looking.texts, looking.case.order
    return EvidenceView(
        id=proof.id,
        by=proof.side,
        kind=proof.kind,
        media_type=proof.media_type,
        digest=proof.digest,
        at=proof.at,
        disputes=proof.disputes,
        opened=proof.opened,
        relied_on=proof.relied_on,
        withdrawn=proof.withdrawn,
        url=f"/api/v1/orders/{order.id}/evidence/{proof.id}",
        name=texts.entry(proof.ref, "name"),
        found=tuple(texts.entry(proof.ref, "found") or ()),
        removed=tuple(texts.entry(proof.ref, "removed") or ()),
        erased=texts.erased(proof.ref),
    )


def parcel_view(parcel: Parcel) -> ParcelView:
    """A parcel."""
    return ParcelView(
        id=parcel.id,
        kind=parcel.kind,
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        check=parcel.check,
        lines=quantities(parcel.lines),
        shipped_at=parcel.shipped_at,
        status=parcel.status,
        status_at=parcel.status_at,
        delivered_at=parcel.delivered_at,
    )


def refund_view(looking: Looking, refund: Refund) -> RefundView:
    """A refund; ``reason`` is the provider's code when it failed. While it is under way its dates
    are what they will be by the calendar as known today."""
    arrives_from, arrives_until = refund.arrives_from, refund.arrives_until
    if refund.under_way:
        arrives_from, arrives_until = at_the_bank(refund, looking.terms, looking.stamp.calendar)
    return RefundView(
        id=refund.id,
        amount=looking.case.order.money(refund.amount),
        state=refund.state,
        since=refund.state_since,
        recorded_at=refund.recorded_at,
        settled_at=refund.settled_at,
        arrives_from=arrives_from,
        arrives_until=arrives_until,
        lines=refund.lines,
        working=working_of(looking.case.order, refund),
        attempt=refund.attempt,
        reason=refund.reason or None,
        missing_since=refund.missing_since,
        traced=refund.traced or None,
        dispute=refund.dispute or None,
        provider_reference=refund.provider_reference or None,
        bank_reference=refund.bank_reference or None,
    )


def difference_view(order: Order, difference: Difference) -> DifferenceView:
    """A difference between the books."""
    ours, theirs = difference.ours, difference.theirs
    return DifferenceView(
        id=difference.id,
        kind=difference.kind,
        about=difference.about,
        at=difference.at,
        ours=None if ours is None else order.money(ours),
        theirs=None
        if theirs is None
        else Money(theirs, difference.other_currency or order.currency),
        resolution=difference.resolution or None,
    )


def chargeback_views(order: Order) -> tuple[ChargebackView, ...]:
    """What banks have taken back of an order's payment."""
    return tuple(
        ChargebackView(
            id=taken.id,
            amount=order.money(taken.amount),
            at=taken.at,
            outcome=taken.outcome or None,
            evidence_until=taken.evidence_until,
            answered_at=taken.answered_at,
        )
        for taken in order.chargebacks.values()
    )
