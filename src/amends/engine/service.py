"""What a service keeps about itself as a whole: when it was up, and named values."""

from __future__ import annotations

from typing import Protocol

from amends.kernel.instants import Instant, Outage


class Uptime(Protocol):
    """Proof of having been there."""

    def last_beat(self) -> Instant | None:
        """When the service last said that it was up."""

    def beat(self, at: Instant) -> None:
        """The service is up at ``at``; an earlier instant than the last changes nothing."""

    def add_outage(self, outage: Outage) -> None:
        """Record a span without service; one that began at the same instant is kept as it is."""

    def outages(self, since: Instant) -> tuple[Outage, ...]:
        """Outages that ended after ``since``, in order."""


class Meta(Protocol):
    """Named values about the database as a whole."""

    def get(self, name: str) -> str | None:
        """The value, or None."""

    def put(self, name: str, value: str) -> None:
        """Set it."""
