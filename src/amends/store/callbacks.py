"""What providers reported, on either database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from amends.engine.callbacks import Heard, KeptCallback, Place, State
from amends.kernel.instants import Instant, from_micros, to_micros
from amends.store.batch import Values
from amends.store.plain import Plain, run

_COLUMNS = "provider, id, kind, at, body, state, note, run_at, attempts"
_KEEP = "INSERT INTO callbacks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
# Taking one moves its instant to the end of the lease, so one column and one index serve both.
_DUE = f"SELECT {_COLUMNS} FROM callbacks WHERE run_at <= ? ORDER BY run_at LIMIT ?"  # noqa: S608
# The number of attempts tells whether it is still as it was seen, and with whom.
_MINE = "WHERE provider = ? AND id = ? AND attempts = ? AND run_at IS NOT NULL"
_TAKE = f"UPDATE callbacks SET run_at = ?, attempts = attempts + 1 {_MINE} AND run_at = ?"  # noqa: S608
_FINISH = f"UPDATE callbacks SET run_at = NULL, state = ?, note = ? {_MINE}"  # noqa: S608
_AGAIN = f"UPDATE callbacks SET run_at = ?, note = ? {_MINE}"  # noqa: S608
_REPLAY = """UPDATE callbacks SET state = 'waiting', note = '', run_at = ?, attempts = 0
    WHERE provider = ? AND id = ?"""
_FIND = f"SELECT {_COLUMNS} FROM callbacks WHERE provider = ? AND id = ?"  # noqa: S608
_NEXT = "SELECT run_at FROM callbacks WHERE run_at IS NOT NULL ORDER BY run_at LIMIT 1"


class SqlCallbacks:
    """See ``amends.engine.callbacks.Callbacks``."""

    def __init__(self, plain: Plain) -> None:
        self._plain = plain

    def keep(self, provider: str, heard: Heard, at: Instant) -> bool:
        """Put it down, once."""
        return self._run(_KEEP, _new_values(provider, heard, at))

    def take(self, now: Instant, limit: int, until: Instant) -> list[KeptCallback]:
        """Take due ones for oneself: they are read without a lock, and each is then claimed.

        When others were quicker with all of them, the next call looks again.
        """
        found = self._plain.ask(_DUE, (to_micros(now), limit))
        if not found:
            return []
        # Everybody claims in the same order, so that two workers never wait for each other.
        found = sorted(found)
        end = to_micros(until)
        with self._plain.writing() as execute:
            claims = [execute(_TAKE, (end, row[0], row[1], row[8], row[7])) for row in found]
        mine = [row for row, claim in zip(found, claims, strict=True) if claim.rowcount]
        return [_taken_from(row) for row in sorted(mine, key=lambda row: row[7])]

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
        found = self._plain.ask(_FIND, (provider, id_))
        return _kept_from(*found[0]) if found else None

    def page(
        self, state: State | None = None, after: Place | None = None, limit: int = 50
    ) -> list[KeptCallback]:
        """The newest first."""
        found = self._plain.ask(*_page_query(state, after, limit))
        return [_kept_from(*row) for row in found]

    def next_run(self) -> Instant | None:
        """The head of the index."""
        found = self._plain.ask(_NEXT)
        return from_micros(found[0][0]) if found else None

    def _run(self, statement: str, values: Values) -> bool:
        return run(self._plain, statement, values) > 0


def _mine(callback: KeptCallback) -> Values:
    return (callback.provider, callback.id, callback.attempts)


def _kept_from(
    provider: str,
    id_: str,
    kind: str,
    at: int,
    body: str,
    state: State,
    note: str,
    run_at: int | None,
    attempts: int,
) -> KeptCallback:
    again = None if run_at is None else from_micros(run_at)
    return KeptCallback(provider, id_, kind, from_micros(at), body, state, note, again, attempts)


def _taken_from(row: Sequence[Any]) -> KeptCallback:
    kept = _kept_from(*row)
    return replace(kept, attempts=kept.attempts + 1)


def _new_values(provider: str, heard: Heard, at: Instant) -> Values:
    since = to_micros(at)
    return (provider, heard.id, heard.kind, since, heard.body, "waiting", "", since, 0)


def _page_query(state: State | None, after: Place | None, limit: int) -> tuple[str, Values]:
    tests: list[str] = []
    values: list[str | int | None] = []
    if state is not None:
        tests.append("state = ?")
        values.append(state)
    if after is not None:
        tests.append("(at, provider, id) < (?, ?, ?)")
        values += [to_micros(after[0]), after[1], after[2]]
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    query = (
        f"SELECT {_COLUMNS} FROM callbacks{where}"  # noqa: S608 - constants
        " ORDER BY at DESC, provider DESC, id DESC LIMIT ?"
    )
    return query, (*values, limit)
