"""Stripe's objects as ours: amounts, refunds, chargebacks, captures; and what is kept of events.

They come as plain JSON objects, whether Stripe was asked or reported them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amends.engine.outside import Capture, ProviderChargeback, ProviderRefund
from amends.kernel.instants import Instant, from_micros
from amends.kernel.money import Money, decimals

INTENT = "amends_refund"
"""The name in a refund's metadata under which it carries our intent's id."""

Json = Mapping[str, Any]

# Where Stripe counts in another unit than ISO 4217 (https://docs.stripe.com/currencies): kronur and
# shillings in hundredths that must be whole, ariary without its fifths.
_OTHER_DECIMALS = {"ISK": 2, "UGX": 2, "MGA": 0}
_REFUND_STATES = ("pending", "requires_action", "succeeded", "failed", "canceled")
# What a bank only asks about it has not taken.
_OPEN = ("needs_response", "under_review", "appeal_needs_response", "appeal_under_review")
_ENDS = ("won", "lost")
# All that money needs of an event; names, addresses and cards are left out.
_OF_EVENT = ("id", "type", "created", "livemode", "api_version")
_OF_OBJECT = (
    "id", "object", "status", "amount", "currency", "charge", "payment_intent", "reason",
    "failure_reason",
)  # fmt: skip


def amount_for_stripe(amount: Money) -> int | None:
    """``amount`` in Stripe's unit; None when Stripe cannot move it: of currencies with three
    decimals it takes whole tens only."""
    ours = decimals(amount.currency)
    theirs = _OTHER_DECIMALS.get(amount.currency, ours)
    number, rest = divmod(amount.amount * 10**theirs, 10**ours)
    return None if rest or (ours == 3 and number % 10) else number


def amount_from_stripe(number: int, currency: str) -> Money:
    """An amount in Stripe's unit, rounded down to ours."""
    code = currency.upper()
    ours = decimals(code)
    return Money(number * 10**ours // 10 ** _OTHER_DECIMALS.get(code, ours), code)


def refund_of(refund: Json) -> ProviderRefund:
    """A Refund object. One in a state that is not known counts as pending: it may stand."""
    status = refund.get("status")
    return ProviderRefund(
        id=refund["id"],
        reference=reference_of(refund),
        intent=intent_of(refund),
        amount=amount_from_stripe(refund["amount"], refund["currency"]),
        state=status if status in _REFUND_STATES else "pending",
        reason=refund.get("failure_reason") or "",
        bank_ref=_bank_ref(refund),
    )


def _bank_ref(refund: Json) -> str:
    details = refund.get("destination_details") or {}
    paid_to = details.get(details.get("type") or "") or {}
    return paid_to.get("reference") or ""


def intent_of(refund: Json) -> str:
    """Our intent's id, or nothing."""
    return (refund.get("metadata") or {}).get(INTENT) or ""


def reference_of(about: Json) -> str:
    """The payment something belongs to: the PaymentIntent, or a charge made without one."""
    return about.get("payment_intent") or about.get("charge") or ""


def capture_of(charge: Json) -> Capture | None:
    """A Charge object; None when nothing was captured."""
    captured = charge.get("amount_captured") or 0
    if not captured:
        return None
    reference = charge.get("payment_intent") or charge["id"]
    return Capture(reference, amount_from_stripe(captured, charge["currency"]))


def chargeback_of(dispute: Json) -> ProviderChargeback | None:
    """A Dispute object; None for an inquiry, in which the bank takes nothing."""
    status = dispute["status"]
    if status not in _OPEN and status not in _ENDS:
        return None
    details = dispute.get("evidence_details") or {}
    due = details.get("due_by")
    return ProviderChargeback(
        id=dispute["id"],
        reference=reference_of(dispute),
        amount=amount_from_stripe(dispute["amount"], dispute["currency"]),
        state="open" if status in _OPEN else "won" if status == "won" else "lost",
        evidence_until=_instant(due) if due else None,
        answered=bool(details.get("submission_count")),
    )


def hears_us(dispute: Json, now: Instant) -> bool:
    """Whether the bank still takes our side of a dispute."""
    until = (dispute.get("evidence_details") or {}).get("due_by")
    return dispute["status"] == "needs_response" and now <= _instant(until or 0)


def reduced(event: Json) -> dict[str, Any]:
    """What is kept of an event."""
    about = (event.get("data") or {}).get("object") or {}
    kept = {name: about[name] for name in _OF_OBJECT if _is_plain(about.get(name))}
    if intent := intent_of(about):
        kept["metadata"] = {INTENT: intent}
    of_event = {name: event[name] for name in _OF_EVENT if _is_plain(event.get(name))}
    return {**of_event, "data": {"object": kept}}


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int)


def _instant(seconds: int) -> Instant:
    return from_micros(seconds * 1_000_000)
