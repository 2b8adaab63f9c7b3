"""What providers reported, on PostgreSQL."""

from __future__ import annotations

from amends.engine.callbacks import Heard, KeptCallback, Place, State
from amends.kernel.instants import Instant, from_micros, to_micros
from amends.store.callbacks import COLUMNS, kept_from, new_values, page_query, taken_from
from amends.store.postgres.connections import Connections, Values

_KEEP = """INSERT INTO callbacks VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT DO NOTHING"""
# Taking one moves its instant to the end of the lease, so one column and one index serve both.
_DUE = f"SELECT {COLUMNS} FROM callbacks WHERE run_at <= %s ORDER BY run_at LIMIT %s"  # noqa: S608
# The number of attempts tells whether it is still as it was seen, and with whom.
_MINE = "WHERE provider = %s AND id = %s AND attempts = %s AND run_at IS NOT NULL"
_TAKE = f"UPDATE callbacks SET run_at = %s, attempts = attempts + 1 {_MINE} AND run_at = %s"  # noqa: S608
_FINISH = f"UPDATE callbacks SET run_at = NULL, state = %s, note = %s {_MINE}"  # noqa: S608
_AGAIN = f"UPDATE callbacks SET run_at = %s, note = %s {_MINE}"  # noqa: S608
_REPLAY = """UPDATE callbacks SET state = 'waiting', note = '', run_at = %s, attempts = 0
    WHERE provider = %s AND id = %s"""
_FIND = f"SELECT {COLUMNS} FROM callbacks WHERE provider = %s AND id = %s"  # noqa: S608
_NEXT = "SELECT run_at FROM callbacks WHERE run_at IS NOT NULL ORDER BY run_at LIMIT 1"


class PostgresCallbacks:
    """See ``amends.engine.callbacks.Callbacks``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def keep(self, provider: str, heard: Heard, at: Instant) -> bool:
        """Put it down, once."""
        return self._run(_KEEP, new_values(provider, heard, at))

    def take(self, now: Instant, limit: int, until: Instant) -> list[KeptCallback]:
        """Take due ones for oneself: they are read without a lock, and each is then claimed.

        When others were quicker with all of them, the next call looks again.
        """
        found = self._connections.ask(_DUE, (to_micros(now), limit))
        if not found:
            return []
        # Everybody claims in the same order, so that two workers never wait for each other.
        found = sorted(found)
        end = to_micros(until)
        with self._connections.writing() as db:
            claims = [db.execute(_TAKE, (end, row[0], row[1], row[8], row[7])) for row in found]
        mine = [row for row, claim in zip(found, claims, strict=True) if claim.rowcount]
        return [taken_from(row) for row in sorted(mine, key=lambda row: row[7])]

    def finish(self, callback: KeptCallback, state: State, note: str) -> bool:
        """Say what came of it."""
        return self._run(_FINISH, (state, note, *_mine(callback)))

    def again(self, callback: KeptCallback, run_at: Instant, note: str) -> bool:
        """Put it back for later."""
        return self._run(_AGAIN, (to_micros(run_at), note, *_mine(callback)))

    def replay(self, provider: str, id_: str, at: Instant) -> bool:
        """Put it back as if it had just come."""
        return self._run(_REPLAY, (to_micros(at), provider, id_))

    def find(self, provider: str, id_: str) -> KeptCallback | None:
        """Look it up."""
        found = self._connections.ask(_FIND, (provider, id_))
        return kept_from(*found[0]) if found else None

    def page(
        self, state: State | None = None, after: Place | None = None, limit: int = 50
    ) -> list[KeptCallback]:
        """The newest first."""
        return [
            kept_from(*row) for row in self._connections.ask(*page_query(state, after, limit, "%s"))
        ]

    def next_run(self) -> Instant | None:
        """The head of the index."""
        found = self._connections.ask(_NEXT)
        return from_micros(found[0][0]) if found else None

    def _run(self, statement: str, values: Values) -> bool:
        return self._connections.run(statement, values) > 0


def _mine(callback: KeptCallback) -> Values:
    return (callback.provider, callback.id, callback.attempts)
