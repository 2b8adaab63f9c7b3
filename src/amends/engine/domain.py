"""The port through which the engine is told what its streams mean.

The engine moves states, commands and events it cannot read; whoever implements this protocol
(``amends.dispute`` with ``amends.projections``, put together in ``bootstrap``) gives them meaning.
All of it is pure: the engine stamps instants and ids and does the reading and writing.
"""

from __future__ import annotations

from typing import Protocol, TypeVar

from amends.kernel.decision import Accepted, Refused, Stamp
from amends.kernel.instants import Instant
from amends.kernel.people import Actor
from amends.kernel.record import Projected, Recorded

S = TypeVar("S")  # a stream's state
C_contra = TypeVar("C_contra", contravariant=True)  # a command
E = TypeVar("E")  # an event
T = TypeVar("T")  # the terms a stream is judged under


class Domain(Protocol[S, C_contra, E, T]):
    """What a stream means. ``state`` None is a stream that does not exist yet."""

    def terms(self, state: S | None, command: C_contra | None, at: Instant) -> T | Refused:
        """The terms pinned in the state, or those a first command names; Refused if unknown."""

    def decide(
        self, state: S | None, command: C_contra, by: Actor, terms: T, stamp: Stamp
    ) -> Accepted[E] | Refused:
        """Judge one command. Nothing due at or before ``stamp.at`` is left in ``state``."""

    def expire(self, state: S, terms: T, stamp: Stamp) -> tuple[E, ...]:
        """What the earliest instant due at or before ``stamp.at`` brings; () when nothing is due.

        The engine evolves the state with it and asks again until nothing is due.
        """

    def evolve(self, state: S | None, event: E) -> S:
        """The state after ``event``."""

    def happened_at(self, event: E) -> Instant:
        """When it happened."""

    def next_due(self, state: S) -> Instant | None:
        """The next instant at which something expires, or None."""

    def version(self, state: S, command: C_contra) -> int:
        """The version ``If-Match`` is compared with: that of the part the command is about."""

    def project(self, before: S | None, recorded: Recorded[E], after: S) -> Projected:
        """What the event changes on views, and the jobs it asks for."""

    def encode_state(self, state: S) -> bytes:
        """Compact bytes of a state; read back only by the same code version."""

    def decode_state(self, data: bytes) -> S:
        """Raises msgspec.MsgspecError when other code wrote it; the engine then replays."""

    def encode_event(self, event: E) -> bytes:
        """JSON of an event, readable by every later version."""

    def decode_event(self, data: bytes) -> E:
        """The inverse of ``encode_event``."""

    @property
    def state_code(self) -> str:
        """Names the code version whose states can be read; others are rebuilt by replay."""
