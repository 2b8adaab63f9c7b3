"""Values about the database as a whole, and proof of having been up, on either database."""

from __future__ import annotations

from amends.kernel.instants import Instant, Outage, from_micros, to_micros
from amends.store.plain import Plain, run

_BEAT = """INSERT INTO beats VALUES (1, ?)
    ON CONFLICT (one) DO UPDATE SET at = excluded.at WHERE beats.at < excluded.at"""
_PUT = """INSERT INTO meta VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value"""


class SqlUptime:
    """See ``amends.engine.service.Uptime``."""

    def __init__(self, plain: Plain) -> None:
        self._plain = plain

    def last_beat(self) -> Instant | None:
        """The last sign of life."""
        found = self._plain.ask("SELECT at FROM beats")
        return from_micros(found[0][0]) if found else None

    def beat(self, at: Instant) -> None:
        """A sign of life."""
        run(self._plain, _BEAT, (to_micros(at),))

    def add_outage(self, outage: Outage) -> None:
        """A span without any."""
        span = (to_micros(outage.since), to_micros(outage.until))
        run(self._plain, "INSERT INTO outages VALUES (?, ?) ON CONFLICT DO NOTHING", span)

    def outages(self, since: Instant) -> tuple[Outage, ...]:
        """Those that ended after ``since``."""
        query = "SELECT since, until FROM outages WHERE until > ? ORDER BY since"
        found = self._plain.ask(query, (to_micros(since),))
        return tuple(Outage(from_micros(a), from_micros(b)) for a, b in found)


class SqlMeta:
    """See ``amends.engine.service.Meta``."""

    def __init__(self, plain: Plain) -> None:
        self._plain = plain

    def get(self, name: str) -> str | None:
        """The value of ``name``."""
        found = self._plain.ask("SELECT value FROM meta WHERE name = ?", (name,))
        return found[0][0] if found else None

    def put(self, name: str, value: str) -> None:
        """Set ``name``."""
        run(self._plain, _PUT, (name, value))
