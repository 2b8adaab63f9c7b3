"""What sellers have at hand for every order, on either database."""

from __future__ import annotations

from amends.engine.papers import Paper, PaperKind
from amends.kernel.instants import Instant, from_micros, to_micros
from amends.kernel.people import PersonId
from amends.store.person_keys import key_of
from amends.store.plain import Plain, Taken, run
from amends.store.sealing import open_own, seal_own

# Numbers of what was dropped are not given again while a later one is there.
_LAST = "SELECT COALESCE(MAX(number), 0) FROM seller_papers WHERE person = ? AND kind = ?"
_ADD = """INSERT INTO seller_papers (person, kind, number, at, key_id, sealed)
    VALUES (?, ?, ?, ?, ?, ?)"""
_OF = """SELECT s.number, s.at, s.sealed, p.secret FROM seller_papers AS s
    JOIN person_keys AS p ON p.person = s.person AND p.key_id = s.key_id
    WHERE s.person = ? AND s.kind = ? ORDER BY s.number DESC LIMIT 200"""
_DROP = "DELETE FROM seller_papers WHERE person = ? AND kind = ? AND number = ?"


class SqlPapers:
    """See ``amends.engine.papers.Papers``."""

    def __init__(self, plain: Plain) -> None:
        self._plain = plain

    def of(self, person: PersonId, kind: PaperKind) -> list[Paper]:
        """Those that their key still opens."""
        return [
            Paper(number, from_micros(at), open_own(secret, person, kind, sealed))
            for number, at, sealed, secret in reversed(self._plain.ask(_OF, (person, kind)))
        ]

    def add(self, person: PersonId, kind: PaperKind, at: Instant, text: str) -> int:
        """Sealed with the person's key, which is made if there is none."""
        try:
            with self._plain.writing() as execute:
                key = key_of(execute, person)
                number = int(execute(_LAST, (person, kind)).fetchone()[0]) + 1
                sealed = seal_own(key, person, kind, text)
                execute(_ADD, (person, kind, number, to_micros(at), key.id, sealed))
        except Taken:
            # Another window of theirs was quicker.
            return self.add(person, kind, at, text)
        return number

    def drop(self, person: PersonId, kind: PaperKind, number: int) -> None:
        """Forget one."""
        run(self._plain, _DROP, (person, kind, number))
