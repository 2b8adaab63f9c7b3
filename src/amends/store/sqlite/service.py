"""Values about the database as a whole, and proof of having been up, on SQLite."""

from __future__ import annotations

from amends.kernel.instants import Instant, Outage, from_micros, to_micros
from amends.store.sqlite.connections import Connections

_BEAT = """INSERT INTO beats VALUES (1, ?)
    ON CONFLICT (one) DO UPDATE SET at = MAX(at, excluded.at)"""


class SqliteUptime:
    """See ``amends.engine.store.Uptime``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def last_beat(self) -> Instant | None:
        """The last sign of life."""
        with self._connections.reading() as db:
            row = db.execute("SELECT at FROM beats").fetchone()
        return from_micros(row[0]) if row else None

    def beat(self, at: Instant) -> None:
        """A sign of life."""
        with self._connections.writing() as db:
            db.execute(_BEAT, (to_micros(at),))

    def add_outage(self, outage: Outage) -> None:
        """A span without any."""
        span = (to_micros(outage.since), to_micros(outage.until))
        with self._connections.writing() as db:
            db.execute("INSERT INTO outages VALUES (?, ?) ON CONFLICT DO NOTHING", span)

    def outages(self, since: Instant) -> tuple[Outage, ...]:
        """Those that ended after ``since``."""
        query = "SELECT since, until FROM outages WHERE until > ? ORDER BY since"
        with self._connections.reading() as db:
            found = db.execute(query, (to_micros(since),)).fetchall()
        return tuple(Outage(from_micros(a), from_micros(b)) for a, b in found)


class SqliteMeta:
    """See ``amends.engine.store.Meta``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def get(self, name: str) -> str | None:
        """The value of ``name``."""
        with self._connections.reading() as db:
            row = db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def put(self, name: str, value: str) -> None:
        """Set ``name``."""
        with self._connections.writing() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))
