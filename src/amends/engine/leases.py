"""Leases: what one process at a time may look after, for as long as it says that it is there.

They save work and keep order; they are no locks. A process that was held up may go on for a moment
with what has passed to another: what it then writes was decided at a version that no longer stands,
and is not taken.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Protocol

from msgspec import Struct

from amends.engine.slots import fair_share
from amends.kernel.instants import Instant

LENGTH = timedelta(seconds=10)
"""How long a lease lasts unless it is renewed: after so long others take over from the dead."""

RENEW_EVERY = timedelta(seconds=3)
"""How often a worker renews, and looks whether its share has changed."""

_WORKER, _SLOT = "worker/", "slot/"


class Lease(Struct, frozen=True):
    """``name`` is ``holder``'s before ``until``."""

    name: str
    holder: str
    until: Instant


class Leases(Protocol):
    """What is held, and by whom."""

    def held(self, now: Instant) -> list[Lease]:
        """Those that have not lapsed, by name."""

    def take(
        self, names: Collection[str], holder: str, now: Instant, until: Instant
    ) -> frozenset[str]:
        """Take or renew those that nobody else holds, until ``until``; which these were."""

    def give_up(self, names: Collection[str], holder: str) -> None:
        """Let go those that are the holder's."""

    def forget_lapsed(self, before: Instant) -> None:
        """Remove what lapsed before then."""


class Worker:
    """A process that does its share: some slots, and the duties nobody else has.

    ``name`` is the process's own among all on the database, and the same when it is started again,
    so that it goes on with what it held when it died. ``renew`` is called every ``RENEW_EVERY``;
    the answers may be asked for by any thread.
    """

    def __init__(
        self,
        leases: Leases,
        name: str,
        clock: Callable[[], Instant],
        duties: Collection[str] = (),
    ) -> None:
        self._leases = leases
        self._name = name
        self._clock = clock
        self._duties = frozenset(duties)
        # One reference, so that whoever reads it needs no lock.
        self._held: tuple[Instant, frozenset[str]] = (clock(), frozenset())

    def renew(self) -> None:
        """Say that we are there, take what is ours, and let go what is another's share."""
        now = self._clock()
        holders = {lease.name: lease.holder for lease in self._leases.held(now)}
        had = {name for name, holder in holders.items() if holder == self._name}
        alive = {holder for name, holder in holders.items() if name.startswith(_WORKER)}
        slots = {
            int(name.removeprefix(_SLOT)): holder
            for name, holder in holders.items()
            if name.startswith(_SLOT)
        }
        share = {f"{_SLOT}{slot}" for slot in fair_share(self._name, alive, slots)}
        wanted = {f"{_WORKER}{self._name}", *share, *self._duties}
        until = now + LENGTH
        self._held = (until, self._leases.take(wanted, self._name, now, until))
        if surplus := had - wanted:
            self._leases.give_up(surplus, self._name)

    def slots(self) -> frozenset[int]:
        """The slots held at this moment."""
        return frozenset(
            int(name.removeprefix(_SLOT)) for name in self._still() if name.startswith(_SLOT)
        )

    def has(self, duty: str) -> bool:
        """Whether a duty is ours at this moment."""
        return duty in self._still()

    def leave(self) -> None:
        """Let go everything, so that others need not wait for it to lapse."""
        _, had = self._held
        self._held = (self._clock(), frozenset())
        self._leases.give_up(had, self._name)

    def _still(self) -> frozenset[str]:
        until, held = self._held
        return held if self._clock() < until else frozenset()
