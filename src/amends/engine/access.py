"""Who comes in: one-time links, keys of the API, and what somebody has read."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from msgspec import Struct

from amends.kernel.instants import Instant
from amends.kernel.people import Actor, PersonId


class Link(Struct, frozen=True):
    """Whom a one-time link signs in, and the page it leads to."""

    actor: Actor
    leads_to: str


class ApiKey(Struct, frozen=True):
    """A key of the API, without its secret."""

    id: str
    actor: Actor
    scopes: tuple[str, ...]
    created_at: Instant
    revoked_at: Instant | None = None


class Access(Protocol):
    """Links and keys to come in by, and how far people have read. Secrets are kept as digests.

    Tokens and secrets must be random and at least 128 bits strong; they are not stretched.
    """

    def add_link(self, token: str, link: Link, expires_at: Instant) -> None:
        """A sign-in link that works once."""

    def redeem_link(self, token: str, now: Instant) -> Link | None:
        """Use a link up; None when it is unknown, used or expired."""

    def find_link(self, token: str) -> Link | None:
        """Whom a link signs in, or would have: used or too old, for a month after its time."""

    def forget_expired(self, now: Instant) -> int:
        """Remove links a month after their time, sessions that are over, and tries that count no
        more; how many."""

    def add_key(self, key: ApiKey, secret: str) -> None:
        """Raises ValueError when a key with this id exists."""

    def keys_of(self, secrets: Collection[str]) -> dict[str, ApiKey]:
        """The keys with these secrets, by secret; those that were revoked are not in the answer."""

    def keys(self) -> list[ApiKey]:
        """All keys, revoked ones too, by id."""

    def revoke_key(self, id_: str, at: Instant) -> bool:
        """False when there is no such key, or it was revoked before."""

    def mark_read(self, person: PersonId, order: str, number: int) -> None:
        """``person`` has read the order's messages up to ``number``; it never goes back."""

    def read_marks(self, person: PersonId, orders: Collection[str]) -> dict[str, int]:
        """How far ``person`` has read; orders never read are not in the answer."""
