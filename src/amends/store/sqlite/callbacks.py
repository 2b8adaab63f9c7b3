"""What providers reported, on SQLite."""

from __future__ import annotations

from amends.engine.callbacks import Heard, KeptCallback, Place, State
from amends.kernel.instants import Instant, from_micros, to_micros
from amends.store.callbacks import COLUMNS, Values, kept_from, new_values, page_query, taken_from
from amends.store.sqlite.connections import Connections

_KEEP = "INSERT INTO callbacks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
# Taking one moves its instant to the end of the lease, so one column and one index serve both.
_DUE = f"SELECT {COLUMNS} FROM callbacks WHERE run_at <= ? ORDER BY run_at LIMIT ?"  # noqa: S608
_TAKE = "UPDATE callbacks SET run_at = ?, attempts = attempts + 1 WHERE provider = ? AND id = ?"
# The number of attempts tells whether it is still with whoever took it.
_MINE = "WHERE provider = ? AND id = ? AND attempts = ? AND run_at IS NOT NULL"
_FINISH = f"UPDATE callbacks SET run_at = NULL, state = ?, note = ? {_MINE}"  # noqa: S608
_AGAIN = f"UPDATE callbacks SET run_at = ?, note = ? {_MINE}"  # noqa: S608
_REPLAY = """UPDATE callbacks SET state = 'waiting', note = '', run_at = ?, attempts = 0
    WHERE provider = ? AND id = ?"""
_FIND = f"SELECT {COLUMNS} FROM callbacks WHERE provider = ? AND id = ?"  # noqa: S608


class SqliteCallbacks:
    """See ``amends.engine.callbacks.Callbacks``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def keep(self, provider: str, heard: Heard, at: Instant) -> bool:
        """Put it down, once."""
        return self._run(_KEEP, new_values(provider, heard, at))

    def take(self, now: Instant, limit: int, until: Instant) -> list[KeptCallback]:
        """Take due ones for oneself."""
        due = (to_micros(now), limit)
        with self._connections.reading() as db:
            # Looking first keeps an idle worker from writing to the disk each time it asks.
            if db.execute(_DUE, due).fetchone() is None:
                return []
        end = to_micros(until)
        with self._connections.writing() as db:
            found = db.execute(_DUE, due).fetchall()
            db.executemany(_TAKE, [(end, provider, id_) for provider, id_, *_ in found])
        return list(map(taken_from, found))

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
        with self._connections.reading() as db:
            row = db.execute(_FIND, (provider, id_)).fetchone()
        return kept_from(*row) if row else None

    def page(
        self, state: State | None = None, after: Place | None = None, limit: int = 50
    ) -> list[KeptCallback]:
        """The newest first."""
        query, values = page_query(state, after, limit, "?")
        with self._connections.reading() as db:
            return [kept_from(*row) for row in db.execute(query, values)]

    def next_run(self) -> Instant | None:
        """The head of the index."""
        query = "SELECT MIN(run_at) FROM callbacks WHERE run_at IS NOT NULL"
        with self._connections.reading() as db:
            (run_at,) = db.execute(query).fetchone()
        return None if run_at is None else from_micros(run_at)

    def _run(self, statement: str, values: Values) -> bool:
        with self._connections.writing() as db:
            return db.execute(statement, values).rowcount > 0


def _mine(callback: KeptCallback) -> Values:
    return (callback.provider, callback.id, callback.attempts)
