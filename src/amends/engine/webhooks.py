"""The part of the store's port that keeps what marketplaces are told by webhook, and whether it
arrived."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from msgspec import Struct

from amends.kernel.instants import Instant
from amends.kernel.people import PersonId

ANNOUNCE = "announce"
"""The kind of job by which a write of the record asks that its events be told. The store puts it
into the outbox in the same transaction, and only where there was an endpoint before."""

DeliveryState = Literal["waiting", "delivered", "given_up"]
OffWhy = Literal["", "asked", "failing", "gone"]


class Endpoint(Struct, frozen=True):
    """Where a marketplace listens. ``types`` empty: it hears of every type of event.

    ``failing_since``: when the first attempt failed since one last succeeded. ``off`` says why
    nothing is sent to it, "" while it is on.
    """

    id: str
    owner: PersonId
    url: str
    types: tuple[str, ...]
    created_at: Instant
    off: OffWhy = ""
    failing_since: Instant | None = None


class Message(Struct, frozen=True):
    """An event as it is told: ``body`` is the JSON that is sent, the same at every attempt.
    ``order`` is "" for one that was only sent to try an endpoint out."""

    id: str
    order: str
    n: int
    type: str
    at: Instant
    body: str


class Told(Struct, frozen=True):
    """A message in its marketplace's feed, at its place there."""

    place: int
    message: Message


class Attempt(Struct, frozen=True):
    """One try: the receiver's status, or what kept it from answering; and how its answer began."""

    at: Instant
    status: int | None
    problem: str = ""
    answer: str = ""


class Delivery(Struct, frozen=True):
    """A message on its way to an endpoint. ``next_at`` is None once nothing more is tried."""

    endpoint: str
    message: str
    type: str
    order: str
    place: int
    state: DeliveryState
    next_at: Instant | None
    attempts: tuple[Attempt, ...]


class Taken(Struct, frozen=True):
    """A delivery that is ours for a while. ``number`` counts its attempts, this one too, since it
    was last asked for; ``claim`` tells whether it is still ours; ``secrets`` sign it, the newest
    first."""

    endpoint: Endpoint
    message: Message
    number: int
    claim: int
    attempts: tuple[Attempt, ...]
    secrets: tuple[str, ...]


class Webhooks(Protocol):
    """Endpoints, the messages of each marketplace's feed, and their deliveries. None of it is part
    of an order's record. Secrets are sealed with their owner's key: where that is erased, nothing
    is sent any more."""

    def add(self, endpoint: Endpoint, secret: str) -> None:
        """A new endpoint; with an owner's first one their feed begins."""

    def endpoints(self, owner: PersonId | None = None) -> list[Endpoint]:
        """All of an owner's, or everybody's, the oldest first."""

    def change(self, endpoint: Endpoint) -> None:
        """Its address, types, and whether it is on and failing, as they now are."""

    def remove(self, id_: str) -> None:
        """With its deliveries; the feed stays."""

    def renew_secret(self, id_: str, secret: str, until: Instant) -> None:
        """Sign with another secret from now on, and with the one before as well until then."""

    def announce(self, owner: PersonId, messages: Sequence[Message]) -> None:
        """Put messages at the end of a feed, and have them sent to whoever listens to their type.

        Those that are there already change nothing. Whoever reads the feed up to a place has seen
        all there ever will be up to it.
        """

    def send_to(self, endpoint: Endpoint, message: Message, now: Instant) -> None:
        """Have one message sent to one endpoint, whatever it listens to."""

    def feed(
        self, owner: PersonId, after: int, limit: int, type_: str = "", order: str = ""
    ) -> list[Told]:
        """Messages past a place, in the order of the feed, tries left out."""

    def replay(
        self, endpoint: Endpoint, now: Instant, *, since: Instant | None, message: str | None
    ) -> int:
        """Have one message sent once more, or all of its types about what happened ``since`` or
        later; how many."""

    def deliveries(self, endpoint: str, before: int | None, limit: int) -> list[Delivery]:
        """The latest in the feed first; ``before`` a place."""

    def waiting(self, now: Instant) -> list[Endpoint]:
        """Endpoints that are on and have something to be sent."""

    def take(self, endpoint: Endpoint, now: Instant, until: Instant) -> Taken | None:
        """The delivery that waits for longest; nobody else gets it before ``until``."""

    def tried(
        self, taken: Taken, attempt: Attempt, state: DeliveryState, next_at: Instant | None
    ) -> None:
        """What came of it. Nothing changes when somebody else has taken it since."""

    def next_run(self) -> Instant | None:
        """The earliest instant at which anything is to be sent."""
