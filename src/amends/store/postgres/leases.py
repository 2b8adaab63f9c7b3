"""Leases on PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection

from amends.engine.leases import Lease
from amends.kernel.instants import Instant, from_micros, to_micros
from amends.store.postgres.connections import Connections, send

_TAKE = """INSERT INTO leases VALUES (%s, %s, %s) ON CONFLICT (name)
    DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE leases.holder = excluded.holder OR leases.until <= %s"""


class PostgresLeases:
    """See ``amends.engine.leases.Leases``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def held(self, now: Instant) -> list[Lease]:
        """All that is held."""
        query = "SELECT name, holder, until FROM leases WHERE until > %s ORDER BY name"
        found = self._connections.ask(query, (to_micros(now),))
        return [Lease(name, holder, from_micros(until)) for name, holder, until in found]

    def take(
        self, names: Collection[str], holder: str, now: Instant, until: Instant
    ) -> frozenset[str]:
        """Take what can be taken, in everybody's order, so that nobody waits in a ring."""
        span = (holder, to_micros(until), to_micros(now))
        with self._connections.writing() as db:
            takes = {name: db.execute(_TAKE, (name, *span)) for name in sorted(names)}
        return frozenset(name for name, take in takes.items() if take.rowcount)

    def give_up(self, names: Collection[str], holder: str) -> None:
        """Remove what is the holder's."""
        statement = "DELETE FROM leases WHERE name = %s AND holder = %s"
        with self._connections.writing() as db:
            send(db, statement, [(name, holder) for name in sorted(names)])

    def forget_lapsed(self, before: Instant) -> None:
        """Clear out."""
        self._connections.run("DELETE FROM leases WHERE until <= %s", (to_micros(before),))
