"""How Stripe is reached; apart from its adapter, which takes a while to load."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class StripeSettings:
    """The secret key, the webhook endpoint's signing secret (without one no webhook is genuine),
    and where Stripe is, if not where it always is. Secrets are not shown."""

    key: str = field(repr=False)
    webhook_secret: str | None = field(default=None, repr=False)
    api_base: str | None = None
    timeout_seconds: float = 30.0
