"""The parts of the store's port that keep who is signed in, how often somebody tried to, and under
which e-mails parties are known. Tokens are kept as digests only."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from amends.kernel.instants import Instant
from amends.kernel.people import Actor, PersonId


class Session(Struct, frozen=True):
    """Somebody signed in. ``id`` names the session in lists and opens nothing.

    ``actor`` is who they were when it began. ``device`` says in a few words what they came with.
    ``proven_at``: when they last gave a second factor in it.
    """

    id: str
    actor: Actor
    device: str
    begun_at: Instant
    seen_at: Instant
    expires_at: Instant
    proven_at: Instant | None = None


class KeptSessions(Protocol):
    """Sessions, until they end. Tokens must be random and at least 128 bits strong."""

    def begin(self, token: str, session: Session) -> None:
        """Keep it under its token."""

    def find(self, token: str, now: Instant) -> Session | None:
        """The session under ``token``; None when it is over."""

    def seen(self, id_: str, at: Instant) -> None:
        """It was used at ``at``."""

    def proven(self, id_: str, at: Instant) -> None:
        """A second factor was given in it at ``at``."""

    def of(self, person: PersonId, now: Instant) -> list[Session]:
        """Those of one person that go on, in whatever role, the last used first."""

    def end(self, id_: str) -> bool:
        """End it; False when it was over."""

    def end_all(self, person: PersonId, *, but: str = "") -> int:
        """End all of a person's, except the one called ``but``; how many."""


class Tries(Protocol):
    """Counts tries that must not be made too often, for all processes together.

    What was tried is kept as a keyed digest.
    """

    def count(self, what: str, now: Instant, *, free: int) -> Instant | None:
        """Count a try, and return None; when it comes too early it is not counted, and the answer
        is the instant from which it may be made.

        After ``free`` tries each next one has to wait, twice as long every time, up to an hour. A
        day after the last one all is forgotten.
        """

    def forget(self, what: str) -> None:
        """Count from nothing again."""


class Emails(Protocol):
    """Finds parties by the e-mails in their orders' details, which are sealed."""

    def digest(self, email: str) -> str:
        """What is kept of an e-mail, whatever its case; the same in every process."""

    def known(self, digest: str) -> list[Actor]:
        """Whose it is on some order: each person and role once, ten at most."""
