"""Callbacks as rows: what both databases have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from amends.engine.callbacks import Heard, KeptCallback, Place, State
from amends.kernel.instants import Instant, from_micros, to_micros

COLUMNS = "provider, id, kind, at, body, state, note, run_at, attempts"
Values = tuple[str | int | None, ...]


def kept_from(
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
    """A callback from all its columns."""
    again = None if run_at is None else from_micros(run_at)
    return KeptCallback(provider, id_, kind, from_micros(at), body, state, note, again, attempts)


def taken_from(row: Sequence[Any]) -> KeptCallback:
    """A callback that was taken since its columns were read."""
    kept = kept_from(*row)
    return replace(kept, attempts=kept.attempts + 1)


def new_values(provider: str, heard: Heard, at: Instant) -> Values:
    """All columns of one that has just come."""
    since = to_micros(at)
    return (provider, heard.id, heard.kind, since, heard.body, "waiting", "", since, 0)


def page_query(
    state: State | None, after: Place | None, limit: int, mark: str
) -> tuple[str, Values]:
    """The statement for a page, the newest first; ``mark`` is how the driver writes a parameter."""
    tests: list[str] = []
    values: list[str | int | None] = []
    if state is not None:
        tests.append(f"state = {mark}")
        values.append(state)
    if after is not None:
        tests.append(f"(at, provider, id) < ({mark}, {mark}, {mark})")
        values += [to_micros(after[0]), after[1], after[2]]
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    query = (
        f"SELECT {COLUMNS} FROM callbacks{where}"  # noqa: S608 - constants
        f" ORDER BY at DESC, provider DESC, id DESC LIMIT {mark}"
    )
    return query, (*values, limit)
