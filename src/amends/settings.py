"""What a server is told by its arguments and its environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from amends.adapters.identity.settings import OidcSettings
from amends.adapters.mail.smtp import SmtpSettings
from amends.adapters.payments.stripe_settings import StripeSettings
from amends.engine.outside import MovableClock
from amends.entrypoints.staff.limits import read_limits
from amends.kernel.decision import Refused
from amends.store.migrate import database_path
from amends.store.urls import database_name, is_postgres

_SHORTEST_KEY = 20


@dataclass(frozen=True)
class Settings:
    """Where a server keeps its things, and how it reaches the world. Secrets are not shown.

    ``database`` is a file or a URL. Files, mail written to a folder, and what the simulated payment
    provider has booked lie beside the file, under its name; for a database on a server, in the
    folder ``home``. ``sandbox`` None: as the database was made. ``smtp`` None: mail goes to the
    folder. ``stripe`` None: payments by Stripe are not connected. ``oidc`` None: there
    is no company to sign in at. ``clock``: instead of the
    machine's. ``synced`` False: for a sample, which is thrown away when its making is cut short,
    and so need not wait for the disk. ``reply_to``: the address whose replies are taken in, "" for
    none; ``mail_in_key``: what a mail server that hands them over by HTTP knows itself by.
    ``goodwill_budgets``: what support may grant in a calendar month, in minor units by currency;
    with none there is no limit to a month. ``webhooks_private``: webhook endpoints may be in
    networks of our own, and without TLS; a sandbox takes them always.
    """

    database: str | Path
    sandbox: bool | None = False
    base_url: str = "http://127.0.0.1:8000"
    packs: Path | None = None
    smtp: SmtpSettings | None = None
    stripe: StripeSettings | None = None
    oidc: OidcSettings | None = None
    clock: MovableClock | None = None
    synced: bool = True
    sender: str = "amends@localhost.localdomain"
    reply_to: str = ""
    mail_in_key: str = field(default="", repr=False)
    home: Path = Path("var")
    goodwill_budgets: Mapping[str, int] = field(default_factory=dict)
    webhooks_private: bool = False

    @classmethod
    def read(
        cls,
        database: str | Path,
        *,
        sandbox: bool | None = False,
        base_url: str = "",
        clock: MovableClock | None = None,
        synced: bool = True,
        environment: Mapping[str, str] | None = None,
    ) -> Settings:
        """From arguments and the environment: ``AMENDS_PACKS`` and ``AMENDS_HOME`` (folders),
        ``AMENDS_SENDER``, ``AMENDS_REPLY_TO``, ``AMENDS_MAIL_IN_KEY``,
        ``AMENDS_SMTP_HOST``, ``_PORT``, ``_SECURITY``, ``_USER``, ``_PASSWORD``,
        ``AMENDS_STRIPE_KEY``, ``_WEBHOOK_SECRET``, ``_API_BASE``, and ``AMENDS_OIDC_ISSUER``,
        ``_CLIENT_ID``, ``_CLIENT_SECRET``, and ``AMENDS_GOODWILL_PER_MONTH`` (such as ``500.00 USD,
        450 EUR``), and ``AMENDS_WEBHOOKS_PRIVATE`` (``1``).

        Raises ValueError for what cannot be.
        """
        env = os.environ if environment is None else environment
        sender = env.get("AMENDS_SENDER", cls.sender)
        packs = env.get("AMENDS_PACKS")
        return cls(
            database=database,
            sandbox=sandbox,
            base_url=(base_url or cls.base_url).rstrip("/"),
            packs=Path(packs) if packs else None,
            smtp=_smtp(env, sender),
            stripe=_stripe(env),
            oidc=_oidc(env),
            clock=clock,
            synced=synced,
            sender=sender,
            reply_to=_reply_to(env),
            mail_in_key=_mail_in_key(env),
            home=Path(env.get("AMENDS_HOME", cls.home)),
            goodwill_budgets=_goodwill_budgets(env),
            webhooks_private=env.get("AMENDS_WEBHOOKS_PRIVATE") == "1",
        )

    def beside(self, what: str) -> Path:
        """A file or folder that belongs to the database."""
        if is_postgres(self.database):
            return self.home / f"{database_name(self.database)}.{what}"
        path = database_path(self.database)
        return path.with_name(f"{path.name}.{what}")

    def doubts(self) -> tuple[tuple[str, str], ...]:
        """Settings that hardly can be meant, each with what to do."""
        found = []
        if self.smtp is not None and self.sender == Settings.sender:
            found.append((f"mail comes from {self.sender}", "set AMENDS_SENDER"))
        if self.smtp is not None and self.smtp.user and not self.smtp.password:
            found.append(("a mail server's user has no password", "set AMENDS_SMTP_PASSWORD"))
        if self.stripe is not None and not self.stripe.webhook_secret:
            says = "what Stripe reports is not believed, and comes in by asking only"
            found.append((says, "set AMENDS_STRIPE_WEBHOOK_SECRET"))
        return tuple(found)


def _smtp(env: Mapping[str, str], sender: str) -> SmtpSettings | None:
    host = env.get("AMENDS_SMTP_HOST")
    if not host:
        return None
    security = env.get("AMENDS_SMTP_SECURITY", "starttls")
    if security not in ("tls", "starttls", "none"):
        raise ValueError("AMENDS_SMTP_SECURITY is tls, starttls or none")
    port = env.get("AMENDS_SMTP_PORT", "587")
    if not port.isdigit():
        raise ValueError("AMENDS_SMTP_PORT is a number")
    return SmtpSettings(
        host,
        int(port),
        sender,
        cast(Literal["tls", "starttls", "none"], security),
        env.get("AMENDS_SMTP_USER"),
        env.get("AMENDS_SMTP_PASSWORD"),
    )


def _reply_to(env: Mapping[str, str]) -> str:
    address = env.get("AMENDS_REPLY_TO", "")
    local, _, domain = address.rpartition("@")
    if address and (not local or not domain or "+" in local):
        raise ValueError("AMENDS_REPLY_TO is an address without a +: a secret is put behind one")
    return address


def _mail_in_key(env: Mapping[str, str]) -> str:
    key = env.get("AMENDS_MAIL_IN_KEY", "")
    if key and len(key) < _SHORTEST_KEY:
        raise ValueError(f"AMENDS_MAIL_IN_KEY has at least {_SHORTEST_KEY} characters")
    return key


def _goodwill_budgets(env: Mapping[str, str]) -> dict[str, int]:
    budgets = read_limits(env.get("AMENDS_GOODWILL_PER_MONTH", ""))
    if isinstance(budgets, Refused):
        raise ValueError("AMENDS_GOODWILL_PER_MONTH is amounts, such as 500.00 USD, 450 EUR")
    return budgets


def _stripe(env: Mapping[str, str]) -> StripeSettings | None:
    key, base = env.get("AMENDS_STRIPE_KEY"), env.get("AMENDS_STRIPE_API_BASE")
    if not key:
        return None
    if base and not base.startswith(("https://", "http://127.0.0.1:")):
        raise ValueError("AMENDS_STRIPE_API_BASE starts with https://: the key travels there")
    return StripeSettings(key, env.get("AMENDS_STRIPE_WEBHOOK_SECRET"), base)


def _oidc(env: Mapping[str, str]) -> OidcSettings | None:
    names = ("AMENDS_OIDC_ISSUER", "AMENDS_OIDC_CLIENT_ID", "AMENDS_OIDC_CLIENT_SECRET")
    issuer, client_id, secret = (env.get(name, "") for name in names)
    if not (issuer or client_id or secret):
        return None
    if not (issuer and client_id and secret):
        raise ValueError(f"{', '.join(names)} are given together or not at all")
    if not issuer.startswith(("https://", "http://127.0.0.1:")):
        raise ValueError("AMENDS_OIDC_ISSUER starts with https://: the secret travels there")
    return OidcSettings(issuer, client_id, secret)
