"""Leases on SQLite."""

from __future__ import annotations

from collections.abc import Collection

from amends.engine.leases import Lease
from amends.kernel.instants import Instant, from_micros, to_micros
from amends.store.sqlite.connections import Connections

_TAKE = """INSERT INTO leases VALUES (?, ?, ?) ON CONFLICT (name)
    DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE holder = excluded.holder OR until <= ?"""


class SqliteLeases:
    """See ``amends.engine.leases.Leases``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def held(self, now: Instant) -> list[Lease]:
        """All that is held."""
        query = "SELECT name, holder, until FROM leases WHERE until > ? ORDER BY name"
        with self._connections.reading() as db:
            found = db.execute(query, (to_micros(now),)).fetchall()
        return [Lease(name, holder, from_micros(until)) for name, holder, until in found]

    def take(
        self, names: Collection[str], holder: str, now: Instant, until: Instant
    ) -> frozenset[str]:
        """Take what can be taken."""
        with self._connections.writing() as db:
            return frozenset(
                name
                for name in names
                if db.execute(_TAKE, (name, holder, to_micros(until), to_micros(now))).rowcount
            )

    def give_up(self, names: Collection[str], holder: str) -> None:
        """Remove what is the holder's."""
        statement = "DELETE FROM leases WHERE name = ? AND holder = ?"
        with self._connections.writing() as db:
            db.executemany(statement, [(name, holder) for name in names])

    def forget_lapsed(self, before: Instant) -> None:
        """Clear out."""
        with self._connections.writing() as db:
            db.execute("DELETE FROM leases WHERE until <= ?", (to_micros(before),))
