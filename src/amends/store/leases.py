"""Leases, on either database."""

from __future__ import annotations

from collections.abc import Collection

from amends.engine.leases import Lease
from amends.kernel.instants import Instant, from_micros, to_micros
from amends.store.plain import Plain, run

_HELD = "SELECT name, holder, until FROM leases WHERE until > ? ORDER BY name"
_TAKE = """INSERT INTO leases VALUES (?, ?, ?) ON CONFLICT (name)
    DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE leases.holder = excluded.holder OR leases.until <= ?"""


class SqlLeases:
    """See ``amends.engine.leases.Leases``."""

    def __init__(self, plain: Plain) -> None:
        self._plain = plain

    def held(self, now: Instant) -> list[Lease]:
        """All that is held."""
        return [
            Lease(name, holder, from_micros(until))
            for name, holder, until in self._plain.ask(_HELD, (to_micros(now),))
        ]

    def take(
        self, names: Collection[str], holder: str, now: Instant, until: Instant
    ) -> frozenset[str]:
        """Take what can be taken, in everybody's order, so that nobody waits in a ring."""
        span = (holder, to_micros(until), to_micros(now))
        with self._plain.writing() as execute:
            takes = {name: execute(_TAKE, (name, *span)) for name in sorted(names)}
        return frozenset(name for name, take in takes.items() if take.rowcount)

    def give_up(self, names: Collection[str], holder: str) -> None:
        """Remove what is the holder's."""
        with self._plain.writing() as execute:
            for name in sorted(names):
                execute("DELETE FROM leases WHERE name = ? AND holder = ?", (name, holder))

    def forget_lapsed(self, before: Instant) -> None:
        """Clear out."""
        run(self._plain, "DELETE FROM leases WHERE until <= ?", (to_micros(before),))
