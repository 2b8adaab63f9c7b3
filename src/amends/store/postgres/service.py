"""Values about the database as a whole, and proof of having been up, on PostgreSQL."""

from __future__ import annotations

from amends.kernel.instants import Instant, Outage, from_micros, to_micros
from amends.store.postgres.connections import Connections

_BEAT = """INSERT INTO beats VALUES (1, %s)
    ON CONFLICT (one) DO UPDATE SET at = GREATEST(beats.at, excluded.at)"""
_PUT = """INSERT INTO meta VALUES (%s, %s)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value"""


class PostgresUptime:
    """See ``amends.engine.store.Uptime``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def last_beat(self) -> Instant | None:
        """The last sign of life."""
        found = self._connections.ask("SELECT at FROM beats")
        return from_micros(found[0][0]) if found else None

    def beat(self, at: Instant) -> None:
        """A sign of life."""
        self._connections.run(_BEAT, (to_micros(at),))

    def add_outage(self, outage: Outage) -> None:
        """A span without any."""
        span = (to_micros(outage.since), to_micros(outage.until))
        self._connections.run("INSERT INTO outages VALUES (%s, %s) ON CONFLICT DO NOTHING", span)

    def outages(self, since: Instant) -> tuple[Outage, ...]:
        """Those that ended after ``since``."""
        query = "SELECT since, until FROM outages WHERE until > %s ORDER BY since"
        found = self._connections.ask(query, (to_micros(since),))
        return tuple(Outage(from_micros(a), from_micros(b)) for a, b in found)


class PostgresMeta:
    """See ``amends.engine.store.Meta``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def get(self, name: str) -> str | None:
        """The value of ``name``."""
        found = self._connections.ask("SELECT value FROM meta WHERE name = %s", (name,))
        return found[0][0] if found else None

    def put(self, name: str, value: str) -> None:
        """Set ``name``."""
        self._connections.run(_PUT, (name, value))
