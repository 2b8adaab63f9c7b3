"""How the identity provider is reached; apart from its adapter, which takes a while to load."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class OidcSettings:
    """The provider's issuer (``https://login.example.com``), and what it knows us by. The secret is
    not shown."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    timeout_seconds: float = 10.0
