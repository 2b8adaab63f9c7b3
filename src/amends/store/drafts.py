"""Forms begun and not yet sent, on either database."""

from __future__ import annotations

from amends.engine.drafts import Draft
from amends.kernel.instants import from_micros, to_micros
from amends.kernel.people import PersonId
from amends.store.person_keys import key_of
from amends.store.plain import Plain, run
from amends.store.sealing import open_draft, seal_draft

_PUT = """INSERT INTO drafts VALUES (?, ?, ?, ?, ?) ON CONFLICT (order_id, person)
    DO UPDATE SET at = excluded.at, key_id = excluded.key_id, sealed = excluded.sealed"""
_GET = """SELECT d.at, d.sealed, p.secret FROM drafts AS d
    JOIN person_keys AS p ON p.person = d.person AND p.key_id = d.key_id
    WHERE d.order_id = ? AND d.person = ?"""
_ALL = """SELECT d.person, d.at, d.sealed, p.secret FROM drafts AS d
    JOIN person_keys AS p ON p.person = d.person AND p.key_id = d.key_id
    WHERE d.order_id = ? ORDER BY d.person"""


class SqlDrafts:
    """See ``amends.engine.drafts.Drafts``."""

    def __init__(self, plain: Plain) -> None:
        self._plain = plain

    def keep(self, order: str, person: PersonId, draft: Draft) -> None:
        """Seal it with the person's key, which is made if there is none."""
        with self._plain.writing() as execute:
            key = key_of(execute, person)
            sealed = seal_draft(key, order, person, draft.text)
            execute(_PUT, (order, person, to_micros(draft.at), key.id, sealed))

    def find(self, order: str, person: PersonId) -> Draft | None:
        """What was kept, as long as its key is there."""
        found = self._plain.ask(_GET, (order, person))
        if not found:
            return None
        at, sealed, secret = found[0]
        return Draft(from_micros(at), open_draft(secret, order, person, sealed))

    def of_order(self, order: str) -> dict[PersonId, Draft]:
        """Those that their key still opens."""
        return {
            person: Draft(from_micros(at), open_draft(secret, order, person, sealed))
            for person, at, sealed, secret in self._plain.ask(_ALL, (order,))
        }

    def drop(self, order: str, person: PersonId) -> None:
        """Forget it."""
        run(self._plain, "DELETE FROM drafts WHERE order_id = ? AND person = ?", (order, person))
