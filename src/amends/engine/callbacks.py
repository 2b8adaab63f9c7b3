"""What providers report of their own accord: read by their adapters, kept by the store.

A callback is kept before anybody tries to understand it, so that no answer to a provider depends on
our being right about what it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

from msgspec import Struct

from amends.kernel.instants import Instant

State = Literal["waiting", "understood", "irrelevant", "unknown", "refused"]
"""``waiting``: to be understood, perhaps once more. ``understood``: it is on record.
``irrelevant``: it is about nothing of ours. ``unknown``: of a kind we do not know. ``refused``: an
order does not take it, and a person has to look."""


class NotGenuine(Exception):
    """A callback that its provider did not sign, or that cannot be read."""


class Heard(Struct, frozen=True):
    """A callback that is genuine. ``id`` is the provider's, the same each time it is sent; ``body``
    is JSON with what money needs of it, and no personal data."""

    id: str
    kind: str
    body: str


class AboutRefund(Struct, frozen=True):
    """It says something of the refund made for ``intent`` from the capture ``reference``."""

    intent: str
    reference: str


class AboutChargeback(Struct, frozen=True):
    """It says something of a chargeback."""

    id: str


class AboutNothing(Struct, frozen=True):
    """It is of a known kind and says nothing that money needs."""


About = AboutRefund | AboutChargeback | AboutNothing


class CallbackReader(Protocol):
    """The part of a provider's adapter that reads what it sends."""

    def hear(self, headers: Mapping[str, str], body: bytes) -> Heard:
        """Verify and reduce it; header names are in lower case. Raises NotGenuine."""

    def about(self, kind: str, body: str) -> About | None:
        """What a kept callback speaks of; None for a kind that is not known."""


Place = tuple[Instant, str, str]
"""A callback's place in the list: when it came, its provider, its id."""


class KeptCallback(Struct, frozen=True):
    """A callback as it lies in the store. ``note``: what came of it, or why it still waits.

    ``run_at``: when it is tried next; None once it is not waiting any more.
    """

    provider: str
    id: str
    kind: str
    at: Instant
    body: str
    state: State
    note: str = ""
    run_at: Instant | None = None
    attempts: int = 0

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return (self.at, self.provider, self.id)


class Callbacks(Protocol):
    """The part of the store's port that keeps callbacks. They are no part of any order's record."""

    def keep(self, provider: str, heard: Heard, at: Instant) -> bool:
        """Durably, as waiting since ``at``; False when it is here, and nothing has changed."""

    def take(self, now: Instant, limit: int, until: Instant) -> list[KeptCallback]:
        """Waiting ones that are due, earliest first; nobody else gets them before ``until``."""

    def finish(self, callback: KeptCallback, state: State, note: str) -> bool:
        """It is no longer waiting. False when somebody else has taken it since."""

    def again(self, callback: KeptCallback, run_at: Instant, note: str) -> bool:
        """Try it again then. False when somebody else has taken it since."""

    def replay(self, provider: str, id_: str, at: Instant) -> bool:
        """Let it wait again from ``at``, whatever came of it; False when there is none."""

    def find(self, provider: str, id_: str) -> KeptCallback | None:
        """The callback, or None."""

    def page(
        self, state: State | None = None, after: Place | None = None, limit: int = 50
    ) -> list[KeptCallback]:
        """The newest first, of one state or all, those past ``after``."""

    def next_run(self) -> Instant | None:
        """The earliest instant at which one can be taken; None: none is waiting."""
