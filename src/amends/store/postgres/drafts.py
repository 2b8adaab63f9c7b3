"""Forms begun and not yet sent, on PostgreSQL."""

from __future__ import annotations

from amends.engine.drafts import Draft
from amends.kernel.instants import from_micros, to_micros
from amends.kernel.people import PersonId
from amends.store.postgres.connections import Connections
from amends.store.sealing import PersonKey, new_key, open_draft, seal_draft

# Setting the key's id to itself is how a key that is there already comes back, held until the
# draft is written.
_KEY = """INSERT INTO person_keys VALUES (%s, %s, %s)
    ON CONFLICT (person) DO UPDATE SET key_id = person_keys.key_id RETURNING key_id, secret"""
_PUT = """INSERT INTO drafts VALUES (%s, %s, %s, %s, %s) ON CONFLICT (order_id, person)
    DO UPDATE SET at = excluded.at, key_id = excluded.key_id, sealed = excluded.sealed"""
_GET = """SELECT d.at, d.sealed, p.secret FROM drafts AS d
    JOIN person_keys AS p ON p.person = d.person AND p.key_id = d.key_id
    WHERE d.order_id = %s AND d.person = %s"""
_ALL = """SELECT d.person, d.at, d.sealed, p.secret FROM drafts AS d
    JOIN person_keys AS p ON p.person = d.person AND p.key_id = d.key_id
    WHERE d.order_id = %s ORDER BY d.person"""


class PostgresDrafts:
    """See ``amends.engine.store.Drafts``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def keep(self, order: str, person: PersonId, draft: Draft) -> None:
        """Seal it with the person's key, which is made if there is none."""
        fresh = new_key()
        with self._connections.writing() as db:
            found = db.execute(_KEY, (person, fresh.id, fresh.secret)).fetchone()
            assert found is not None  # noqa: S101  # the statement gives a row back either way
            key = PersonKey(*found)
            sealed = seal_draft(key, order, person, draft.text)
            db.execute(_PUT, (order, person, to_micros(draft.at), key.id, sealed))

    def find(self, order: str, person: PersonId) -> Draft | None:
        """What was kept, as long as its key is there."""
        found = self._connections.ask(_GET, (order, person))
        if not found:
            return None
        at, sealed, secret = found[0]
        return Draft(from_micros(at), open_draft(secret, order, person, sealed))

    def of_order(self, order: str) -> dict[PersonId, Draft]:
        """Those that their key still opens."""
        return {
            person: Draft(from_micros(at), open_draft(secret, order, person, sealed))
            for person, at, sealed, secret in self._connections.ask(_ALL, (order,))
        }

    def drop(self, order: str, person: PersonId) -> None:
        """Forget it."""
        statement = "DELETE FROM drafts WHERE order_id = %s AND person = %s"
        self._connections.run(statement, (order, person))
