"""Links, sessions, API keys and read marks on SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection

from amends.engine.store import ApiKey, Link
from amends.kernel.instants import Instant, to_micros
from amends.kernel.people import Actor, PersonId, Role
from amends.store.keys import KEY_COLUMNS, key_from, key_values
from amends.store.sealing import digest_of
from amends.store.sqlite.connections import Connections

_REDEEM = "DELETE FROM sign_in_links WHERE token = ? RETURNING person, role, leads_to, expires_at"
_SESSION = "SELECT person, role FROM sessions WHERE token = ? AND expires_at > ?"
_KEYS = f"SELECT {KEY_COLUMNS} FROM api_keys"  # noqa: S608
_MARK = """INSERT INTO read_marks VALUES (?, ?, ?)
    ON CONFLICT (order_id, person) DO UPDATE SET number = MAX(number, excluded.number)"""
_MARKS = """SELECT order_id, number FROM read_marks
    WHERE person = ? AND order_id IN (SELECT value FROM json_each(?))"""


class SqliteAccess:
    """See ``amends.engine.store.Access``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add_link(self, token: str, link: Link, expires_at: Instant) -> None:
        """Keep a link by its token's digest."""
        by = link.actor
        values = (digest_of(token), by.person, by.role.value, link.leads_to, to_micros(expires_at))
        with self._connections.writing() as db:
            db.execute("INSERT INTO sign_in_links VALUES (?, ?, ?, ?, ?)", values)

    def redeem_link(self, token: str, now: Instant) -> Link | None:
        """Removing it is what makes it work once, however many ask at the same time."""
        with self._connections.writing() as db:
            row = db.execute(_REDEEM, (digest_of(token),)).fetchone()
        if row is None or row[3] <= to_micros(now):
            return None
        return Link(Actor(row[0], Role(row[1])), row[2])

    def add_session(self, token: str, actor: Actor, expires_at: Instant) -> None:
        """Keep a session by its token's digest."""
        values = (digest_of(token), actor.person, actor.role.value, to_micros(expires_at))
        with self._connections.writing() as db:
            db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", values)

    def session(self, token: str, now: Instant) -> Actor | None:
        """Who it is."""
        with self._connections.reading() as db:
            row = db.execute(_SESSION, (digest_of(token), to_micros(now))).fetchone()
        return Actor(row[0], Role(row[1])) if row else None

    def end_session(self, token: str) -> None:
        """Forget it."""
        with self._connections.writing() as db:
            db.execute("DELETE FROM sessions WHERE token = ?", (digest_of(token),))

    def forget_expired(self, now: Instant) -> int:
        """Clear out."""
        at = (to_micros(now),)
        with self._connections.writing() as db:
            links = db.execute("DELETE FROM sign_in_links WHERE expires_at <= ?", at).rowcount
            return links + db.execute("DELETE FROM sessions WHERE expires_at <= ?", at).rowcount

    def add_key(self, key: ApiKey, secret: str) -> None:
        """Keep a key by its secret's digest."""
        statement = "INSERT INTO api_keys VALUES (?, ?, ?, ?, ?, ?, ?)"
        try:
            with self._connections.writing() as db:
                db.execute(statement, key_values(key, secret))
        except sqlite3.IntegrityError:
            raise ValueError(f"there is a key {key.id} already, or one with this secret") from None

    def keys_of(self, secrets: Collection[str]) -> dict[str, ApiKey]:
        """Those in force."""
        query = f"{_KEYS} WHERE secret = ? AND revoked_at IS NULL"
        with self._connections.reading() as db:
            found = {s: db.execute(query, (digest_of(s),)).fetchone() for s in secrets}
        return {secret: key_from(*row) for secret, row in found.items() if row}

    def keys(self) -> list[ApiKey]:
        """All of them."""
        with self._connections.reading() as db:
            return [key_from(*row) for row in db.execute(f"{_KEYS} ORDER BY id")]

    def revoke_key(self, id_: str, at: Instant) -> bool:
        """From now on it opens nothing."""
        statement = "UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"
        with self._connections.writing() as db:
            return db.execute(statement, (to_micros(at), id_)).rowcount > 0

    def mark_read(self, person: PersonId, order: str, number: int) -> None:
        """Move the mark on."""
        with self._connections.writing() as db:
            db.execute(_MARK, (order, person, number))

    def read_marks(self, person: PersonId, orders: Collection[str]) -> dict[str, int]:
        """The marks on these orders."""
        with self._connections.reading() as db:
            return dict(db.execute(_MARKS, (person, json.dumps(list(orders)))).fetchall())
