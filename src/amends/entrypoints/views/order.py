"""An order and its protection as the asker may see them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from msgspec import UNSET, UnsetType

from amends.dispute.judge import order_options
from amends.dispute.visibility import sees_dispute
from amends.entrypoints.views.asking import Looking, option_view
from amends.entrypoints.views.clocks import deadline_view, why_window
from amends.entrypoints.views.proofs import (
    chargeback_views,
    difference_view,
    evidence_view,
    parcel_view,
    refund_view,
)
from amends.entrypoints.views.structs import (
    DeadlineView,
    LineProtectionView,
    LineView,
    OrderView,
    PaymentView,
    PersonView,
    PolicyRef,
    ProtectionView,
    ReturnPolicyView,
    ShippingView,
)
from amends.kernel.people import Role
from amends.order.proof import sees_evidence
from amends.order.protection import LineProtection, protection
from amends.order.state import Line, Order

SEES_ADDRESSES = (Role.MARKETPLACE, Role.SUPPORT, Role.ADMIN)
_PARTIES = ("buyer", "seller")


def protection_view(looking: Looking) -> ProtectionView:
    """Per line and shipment: can a dispute be opened now, from when, until when, for what."""
    entries = protection(looking.case.order, looking.terms, looking.stamp.at)
    parcels = Counter(entry.line for entry in entries)
    return ProtectionView(
        lines=tuple(_line_protection(looking, e, several=parcels[e.line] > 1) for e in entries)
    )


def _line_protection(
    looking: Looking, entry: LineProtection, *, several: bool
) -> LineProtectionView:
    by_reason: dict[str, tuple[str, ...]] = {
        code: tuple(r.remedy for r in looking.terms.reasons[code].remedies)
        for code in entry.reasons
    }
    return LineProtectionView(
        line=entry.line,
        quantity=entry.quantity,
        open=entry.state == "open" and looking.case.order.cancelled_at is None,
        opens_at=entry.window.since,
        closes_at=entry.window.until,
        reasons=entry.reasons,
        remedies=entry.remedies,
        remedies_by_reason=by_reason,
        why=tuple(why_window(why, looking.words) for why in entry.why),
        shipment=(entry.parcel or None) if several else UNSET,
    )


def order_view(looking: Looking) -> OrderView:
    """The whole order, as far as the asker may see it."""
    case, by = looking.case, looking.by
    order = case.order
    money = order.money
    shown = [e for e in order.evidence.values() if sees_evidence(e, by)]
    options = order_options(case, by, looking.terms, looking.stamp)
    return OrderView(
        id=order.id,
        version=case.version,
        status=order.status,
        placed_at=order.placed_at,
        purchase=order.purchase or None,
        currency=order.currency,
        policy=PolicyRef(id=order.pack.id, version=order.pack.version),
        buyer=_person(looking, order.buyer, order.buyer_ref),
        seller=_person(looking, order.seller, order.seller_ref, _return_policy(order)),
        lines=tuple(_line(looking, line) for line in order.lines),
        shipping=ShippingView(
            price=money(order.shipping_paid), ship_by=order.ship_by, promised_by=order.promised_by
        ),
        payment=PaymentView(
            provider=order.payment.provider,
            reference=order.payment.reference,
            method=order.payment.method,
            captured=money(order.captured),
        ),
        shipments=tuple(parcel_view(parcel) for parcel in order.outbound),
        received_at=order.received_at,
        cancelled_at=order.cancelled_at,
        protection=protection_view(looking),
        disputes=tuple(key for key, d in case.disputes.items() if sees_dispute(d, by)),
        refunds=tuple(refund_view(looking, r) for r in order.refunds.values()),
        refunded=money(order.refunded),
        refundable=money(order.refundable),
        chargebacks=chargeback_views(order),
        evidence=tuple(evidence_view(looking, proof) for proof in shown),
        messages=order.thread.count,
        deadlines=_deadlines(looking),
        options=tuple(option_view(option, looking.words) for option in options),
        released=None if order.released is None else money(order.released),
        differences=tuple(difference_view(order, d) for d in order.differences.values())
        if looking.staff
        else UNSET,
    )


def _deadlines(looking: Looking) -> tuple[DeadlineView, ...]:
    """All clocks for staff; for the parties those that wait for one of them."""
    return tuple(
        deadline_view(clock, looking.terms, looking.words)
        for clock in looking.case.order.deadlines
        if looking.staff or clock.turn in _PARTIES
    )


def _return_policy(order: Order) -> ReturnPolicyView | None:
    policy = order.return_policy
    if policy is None:
        return None
    return ReturnPolicyView(
        change_of_mind_days=policy.change_of_mind_days,
        return_postage_paid_by=policy.return_postage_paid_by,
        restocking_fee_percent=policy.restocking_fee_percent,
        exchange=policy.exchange,
    )


def _person(
    looking: Looking,
    person: str,
    ref: str,
    return_policy: ReturnPolicyView | UnsetType | None = UNSET,
) -> PersonView:
    texts = looking.texts
    may_write = looking.by.role in SEES_ADDRESSES or looking.by.person == person
    return PersonView(
        id=person,
        name=texts.entry(ref, "name"),
        country=texts.entry(ref, "country"),
        locale=texts.entry(ref, "locale"),
        email=texts.entry(ref, "email") if may_write else UNSET,
        return_policy=return_policy,
        erased=texts.erased(ref),
    )


def _line(looking: Looking, line: Line) -> LineView:
    order, texts = looking.case.order, looking.texts
    listed: Any = texts.entry(order.listing_ref, line.id)
    known = listed if isinstance(listed, dict) else {}
    return LineView(
        id=line.id,
        quantity=line.quantity,
        unit_price=order.money(line.unit_price),
        discount=order.money(line.discount),
        tax=order.money(line.tax),
        paid=order.money(line.paid),
        sku=line.sku or None,
        title=known.get("title"),
        category=line.category or None,
        weight_grams=line.weight_grams,
        listing=known.get("listing"),
        erased=texts.erased(order.listing_ref),
    )
