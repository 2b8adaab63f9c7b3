"""The part of the store's port that keeps how mail goes to somebody, and how they answer it."""

from __future__ import annotations

from typing import Literal, Protocol

from msgspec import Struct

from amends.kernel.instants import Instant
from amends.kernel.people import Actor

AddressKind = Literal["reply", "calendar", "mail"]
"""``reply``: a mail sent there is said in an order's thread. ``calendar``: somebody's deadlines.
``mail``: where what can wait is ordered off."""

Choice = Literal["at_once", "daily", "none"]
"""How somebody wants mail about what asks nothing of them."""


class Addressed(Struct, frozen=True):
    """Whose an address is, and the order it is about, "" for none."""

    actor: Actor
    order: str


class Waiting(Struct, frozen=True):
    """A notice kept for the day's mail: the event's ``kind`` with its order and dispute."""

    order: str
    job: str
    at: Instant
    kind: str
    dispute: str


class Correspondence(Protocol):
    """Secret addresses, what people chose, and what waits to be told together.

    An address is made from the database's own key and what it is for, so that it need not be kept
    to be shown again, and nobody else can make one. No part of the record.
    """

    def address(self, kind: AddressKind, of: Addressed) -> str:
        """The secret of an address, 32 letters and digits; made when there is none."""

    def known(self, kind: AddressKind, of: Addressed) -> str | None:
        """The same as long as there is one."""

    def addressed(self, kind: AddressKind, secret: str) -> Addressed | None:
        """Whose it is; None when nobody's, or when it was revoked. Case does not count."""

    def revoke(self, kind: AddressKind, of: Addressed) -> None:
        """It leads nowhere any more; the next one is another."""

    def choice(self, by: Actor) -> Choice:
        """What they chose: ``daily`` until they do."""

    def choose(self, by: Actor, choice: Choice) -> None:
        """From now on."""

    def keep_waiting(self, by: Actor, waiting: Waiting) -> None:
        """Keep a notice for the day's mail; the same again changes nothing."""

    def waiting(self, by: Actor, limit: int) -> list[Waiting]:
        """What is kept for somebody, the oldest first."""

    def told(self, by: Actor, waiting: list[Waiting]) -> None:
        """These were sent: keep them no more."""
