"""Stripe, by its own library: refunds, captures, disputes as chargebacks, and webhooks.

An order's payment reference is the id of a PaymentIntent (``pi_``), or of a charge (``ch_``) that
was made without one. A refund carries our intent's id in its metadata, by which it is found again,
and as its idempotency key the one it is asked for under.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec
import stripe

from amends.adapters.payments.stripe_objects import (
    INTENT,
    amount_for_stripe,
    capture_of,
    chargeback_of,
    hears_us,
    intent_of,
    reduced,
    reference_of,
    refund_of,
)
from amends.adapters.payments.stripe_settings import StripeSettings
from amends.engine.callbacks import (
    About,
    AboutChargeback,
    AboutNothing,
    AboutRefund,
    Heard,
    NotGenuine,
)
from amends.engine.outside import (
    Capture,
    Clock,
    ProviderChargeback,
    ProviderConflict,
    ProviderRefund,
    ProviderUnclear,
    RefundReply,
)
from amends.kernel.money import Money

_CONNECT_SECONDS = 10.0
_PAGE = 100
# A signature older than this may be somebody's who has listened.
_FRESH_FOR_SECONDS = 300
# Stripe's names for what we name otherwise.
_CODES = {"charge_already_refunded": "already_refunded", "resource_missing": "unknown_reference"}
_SPEAKS_OF_PAYMENTS = ("charge.", "payment_intent.", "refund.")


class StripePayments:
    """A payment provider. Safe to share between threads.

    It never repeats a call by itself: whoever asks reads first.
    """

    def __init__(self, settings: StripeSettings, clock: Clock) -> None:
        timeout = (min(_CONNECT_SECONDS, settings.timeout_seconds), settings.timeout_seconds)
        self._stripe = stripe.StripeClient(
            settings.key,
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=timeout),
            base_addresses={"api": settings.api_base} if settings.api_base else {},
        ).v1
        self._secret = settings.webhook_secret
        self._clock = clock

    def refund(
        self, intent: str, reference: str, amount: Money, idempotency_key: str
    ) -> RefundReply:
        """Give ``amount`` of the payment back; see ``PaymentProvider.refund``.

        Declines with Stripe's code, or ``unknown_reference``, ``currency_mismatch``,
        ``amount_not_positive``, ``amount_not_possible``, ``exceeds_capture``,
        ``already_refunded``. The payment is read first, since Stripe takes its currency for
        granted.
        """
        wanted = amount_for_stripe(amount)
        code = self._why_not(reference, amount, wanted)
        if code or wanted is None:
            return RefundReply("declined", code=code)
        payment = {_kind_of(reference): reference}
        params: Any = {**payment, "amount": wanted, "metadata": {INTENT: intent}}
        try:
            with _asking():
                made = self._stripe.refunds.create(params, {"idempotency_key": idempotency_key})
        except stripe.InvalidRequestError as error:
            return self._declined(intent, reference, error)
        except stripe.CardError as error:
            return RefundReply("declined", code=error.code or "declined_by_provider")
        return _reply(refund_of(made.to_dict()))

    def _why_not(self, reference: str, amount: Money, wanted: int | None) -> str | None:
        if amount.amount < 1:
            return "amount_not_positive"
        if wanted is None:
            return "amount_not_possible"
        payment = self._payment(reference)
        if payment is None:
            return "unknown_reference"
        return None if payment["currency"].upper() == amount.currency else "currency_mismatch"

    def _payment(self, reference: str) -> dict[str, Any] | None:
        try:
            with _asking():
                if _kind_of(reference) == "charge":
                    return self._stripe.charges.retrieve(reference).to_dict()
                return self._stripe.payment_intents.retrieve(reference).to_dict()
        except stripe.InvalidRequestError as error:
            if error.http_status == 404:
                return None
            raise

    def _declined(
        self, intent: str, reference: str, error: stripe.InvalidRequestError
    ) -> RefundReply:
        code = _CODES.get(error.code or "", error.code)
        if code == "already_refunded":
            # Perhaps by ourselves, in a call whose answer was lost and whose key is forgotten.
            known = self.find_refund(intent, reference)
            if known is not None:
                return _reply(known)
        if code is None:
            # Stripe gives no code to a refund of more than is left, and names the amount.
            code = "exceeds_capture" if error.param == "amount" else "declined_by_provider"
        return RefundReply("declined", code=code)

    def find_refund(self, intent: str, reference: str) -> ProviderRefund | None:
        """The refund of this payment that carries the intent; the first that stands."""
        found: list[ProviderRefund] = []
        try:
            with _asking():
                params: Any = {_kind_of(reference): reference, "limit": _PAGE}
                for refund in self._stripe.refunds.list(params).auto_paging_iter():
                    if intent_of(refund.to_dict()) == intent:
                        found.append(refund_of(refund.to_dict()))
        except stripe.InvalidRequestError as error:
            if error.http_status != 404:
                raise
        found.reverse()  # Stripe lists the newest first
        standing = [refund for refund in found if refund.stands]
        return next(iter(standing or found), None)

    def refunds(self) -> Iterator[ProviderRefund]:
        """All refunds of the account as they stand now, the newest first."""
        with _asking():
            for refund in self._stripe.refunds.list({"limit": _PAGE}).auto_paging_iter():
                yield refund_of(refund.to_dict())

    def captures(self) -> Iterator[Capture]:
        """All captured charges of the account, the newest first."""
        with _asking():
            for charge in self._stripe.charges.list({"limit": _PAGE}).auto_paging_iter():
                captured = capture_of(charge.to_dict())
                if captured is not None:
                    yield captured

    def find_chargeback(self, id_: str) -> ProviderChargeback | None:
        """The dispute as it stands now, unless it is an inquiry."""
        found = self._dispute(id_)
        return None if found is None else chargeback_of(found)

    def _dispute(self, id_: str) -> dict[str, Any] | None:
        try:
            with _asking():
                return self._stripe.disputes.retrieve(id_).to_dict()
        except stripe.InvalidRequestError as error:
            if error.http_status == 404:
                return None
            raise

    def chargebacks(self) -> Iterator[ProviderChargeback]:
        """All disputes of the account that are no inquiries, the newest first."""
        with _asking():
            for dispute in self._stripe.disputes.list({"limit": _PAGE}).auto_paging_iter():
                chargeback = chargeback_of(dispute.to_dict())
                if chargeback is not None:
                    yield chargeback

    def hand_over(self, chargeback: str, evidence: str) -> bool:
        """Submit our side of a dispute, which Stripe takes once."""
        found = self._dispute(chargeback)
        known = None if found is None else chargeback_of(found)
        if known is not None and known.answered:
            return True
        if found is None or not hears_us(found, self._clock.now()):
            return False
        params: Any = {"evidence": {"uncategorized_text": evidence}, "submit": True}
        with _asking():
            self._stripe.disputes.update(
                chargeback, params, {"idempotency_key": f"{chargeback}:evidence"}
            )
        return True

    def hear(self, headers: Mapping[str, str], body: bytes) -> Heard:
        """Verify a webhook by its signature, which is not to be older than five minutes, and reduce
        it. Raises NotGenuine."""
        try:
            stripe.WebhookSignature.verify_header(
                body, headers.get("stripe-signature"), self._secret, _FRESH_FOR_SECONDS
            )
            kept = reduced(msgspec.json.decode(body))
            heard = Heard(kept["id"], kept["type"], msgspec.json.encode(kept).decode())
        except stripe.SignatureVerificationError:
            raise NotGenuine("the signature does not fit") from None
        except (UnicodeDecodeError, msgspec.MsgspecError, AttributeError, KeyError) as error:
            raise NotGenuine(f"it is no event of Stripe's: {type(error).__name__}") from None
        return heard

    def about(self, kind: str, body: str) -> About | None:
        """What a kept webhook speaks of."""
        about = msgspec.json.decode(body)["data"]["object"]
        match about.get("object"):
            case "refund":
                return AboutRefund(intent_of(about), reference_of(about))
            case "dispute":
                return AboutChargeback(about["id"])
            case _:
                return AboutNothing() if kind.startswith(_SPEAKS_OF_PAYMENTS) else None


def _kind_of(reference: str) -> str:
    return "payment_intent" if reference.startswith("pi_") else "charge"


def _reply(refund: ProviderRefund) -> RefundReply:
    if not refund.stands:
        return RefundReply("declined", code=refund.reason or "failed_at_provider")
    return RefundReply("succeeded" if refund.state == "succeeded" else "pending", id=refund.id)


@contextmanager
def _asking() -> Iterator[None]:
    """Whatever leaves it open what happened becomes ProviderUnclear, and a key used for two things
    ProviderConflict; what Stripe clearly refused is raised as it is."""
    try:
        yield
    except stripe.IdempotencyError as error:
        raise ProviderConflict("this idempotency key stands for another refund") from error
    except stripe.APIConnectionError as error:
        raise ProviderUnclear("timeout") from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise ProviderUnclear("not_permitted") from error
    except (stripe.InvalidRequestError, stripe.CardError):
        raise
    except stripe.StripeError as error:
        raise ProviderUnclear("unavailable") from error
