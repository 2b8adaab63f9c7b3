"""In which open cases watch words are found, on either database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from amends.engine.store import Page
from amends.engine.watching import Match, Search
from amends.kernel.instants import Instant, from_micros, to_micros
from amends.kernel.people import PersonId
from amends.kernel.record import Column
from amends.store.listing import Beside, asked
from amends.store.plain import Plain, run

_FORGET = "DELETE FROM watch_matches WHERE watcher = ?"
_BEGIN = """INSERT INTO watch_searches (person, since, looked, whole) VALUES (?, ?, 0, 0)
    ON CONFLICT (person) DO UPDATE SET since = excluded.since, looked = 0, whole = 0"""
_ADD = """INSERT INTO watch_matches (of_order, of_dispute, watcher) VALUES (?, ?, ?)
    ON CONFLICT DO NOTHING"""
_LOOKED = "UPDATE watch_searches SET looked = ?, whole = ? WHERE person = ? AND since = ?"
_SEARCH = "SELECT since, looked, whole FROM watch_searches WHERE person = ?"
_COUNT = "SELECT COUNT(*) FROM (SELECT 1 FROM watch_matches WHERE watcher = ? LIMIT ?) AS found"
_ON = "of_order = order_id AND of_dispute = dispute_id"
# From so many on, sorting them takes longer than passing over cases in which nothing was found.
_MANY = 10_000
_DROP = "DELETE FROM watch_matches WHERE of_order = ? AND of_dispute = ?"


class SqlWatching:
    """See ``amends.engine.watching.Watching``."""

    def __init__(self, plain: Plain) -> None:
        self._plain = plain

    def begin(self, people: Collection[PersonId], since: Instant) -> None:
        """Theirs anew."""
        with self._plain.writing() as execute:
            for person in sorted(people):
                execute(_FORGET, (person,))
                execute(_BEGIN, (person, to_micros(since)))

    def add(self, found: Sequence[Match]) -> None:
        """Those that are not there yet."""
        if not found:
            return
        with self._plain.writing() as execute:
            for person, order, dispute in sorted(found):
                execute(_ADD, (order, dispute, person))

    def looked(
        self, people: Collection[PersonId], since: Instant, cases: int, *, whole: bool
    ) -> None:
        """Where ``since`` still stands."""
        with self._plain.writing() as execute:
            for person in sorted(people):
                execute(_LOOKED, (cases, int(whole), person, to_micros(since)))

    def search(self, person: PersonId) -> Search | None:
        """Theirs."""
        found = self._plain.ask(_SEARCH, (person,))
        if not found:
            return None
        since, looked, whole = found[0]
        return Search(from_micros(since), looked, bool(whole))

    def drop(self, order: str, dispute: str) -> None:
        """Everybody's."""
        run(self._plain, _DROP, (order, dispute))

    def page(
        self,
        person: PersonId,
        where: Mapping[str, Column],
        *,
        order_by: str,
        also: Mapping[str, Column],
        after: str | None = None,
        limit: int = 50,
    ) -> Page:
        """From what was found to the cases, or along the cases when nearly all may be found: the
        other way round, either would take as long as there are cases."""
        ((found,),) = self._plain.ask(_COUNT, (person, _MANY))
        found_for = Beside("watch_matches", _ON, {"watcher": person}, found >= _MANY)
        page = asked("disputes", where, order_by, after, limit, "?", also, found_for)
        return page.page_of(self._plain.ask(page.statement, page.values))
