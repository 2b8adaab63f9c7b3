"""Forms begun and not yet sent, on SQLite."""

from __future__ import annotations

from amends.engine.drafts import Draft
from amends.kernel.instants import from_micros, to_micros
from amends.kernel.people import PersonId
from amends.store.sealing import PersonKey, new_key, open_draft, seal_draft
from amends.store.sqlite.connections import Connections

# Setting the key's id to itself is how a key that is there already comes back.
_KEY = """INSERT INTO person_keys VALUES (?, ?, ?)
    ON CONFLICT (person) DO UPDATE SET key_id = key_id RETURNING key_id, secret"""
_PUT = "INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?)"
_GET = """SELECT d.at, d.sealed, p.secret FROM drafts AS d
    JOIN person_keys AS p ON p.person = d.person AND p.key_id = d.key_id
    WHERE d.order_id = ? AND d.person = ?"""
_ALL = """SELECT d.person, d.at, d.sealed, p.secret FROM drafts AS d
    JOIN person_keys AS p ON p.person = d.person AND p.key_id = d.key_id
    WHERE d.order_id = ? ORDER BY d.person"""


class SqliteDrafts:
    """See ``amends.engine.store.Drafts``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def keep(self, order: str, person: PersonId, draft: Draft) -> None:
        """Seal it with the person's key, which is made if there is none."""
        fresh = new_key()
        with self._connections.writing() as db:
            found = db.execute(_KEY, (person, fresh.id, fresh.secret)).fetchone()
            key = PersonKey(*found)
            sealed = seal_draft(key, order, person, draft.text)
            db.execute(_PUT, (order, person, to_micros(draft.at), key.id, sealed))

    def find(self, order: str, person: PersonId) -> Draft | None:
        """What was kept, as long as its key is there."""
        with self._connections.reading() as db:
            found = db.execute(_GET, (order, person)).fetchone()
        if found is None:
            return None
        at, sealed, secret = found
        return Draft(from_micros(at), open_draft(secret, order, person, sealed))

    def of_order(self, order: str) -> dict[PersonId, Draft]:
        """Those that their key still opens."""
        with self._connections.reading() as db:
            found = db.execute(_ALL, (order,)).fetchall()
        return {
            person: Draft(from_micros(at), open_draft(secret, order, person, sealed))
            for person, at, sealed, secret in found
        }

    def drop(self, order: str, person: PersonId) -> None:
        """Forget it."""
        with self._connections.writing() as db:
            db.execute("DELETE FROM drafts WHERE order_id = ? AND person = ?", (order, person))
