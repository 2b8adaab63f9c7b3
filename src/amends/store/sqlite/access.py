"""Links, API keys and read marks on SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from datetime import timedelta

from amends.engine.access import ApiKey, Link
from amends.kernel.instants import Instant, to_micros
from amends.kernel.people import PersonId
from amends.store.keys import KEY_COLUMNS, LINKS_KEPT, key_from, key_values, link_from
from amends.store.sealing import digest_of
from amends.store.sessions import FORGOTTEN_AFTER
from amends.store.sqlite.connections import Connections

_REDEEM = """UPDATE sign_in_links SET used_at = ?
    WHERE token = ? AND used_at IS NULL AND expires_at > ? RETURNING person, role, leads_to"""
_SPENT = "SELECT person, role, leads_to FROM sign_in_links WHERE token = ?"
_OVER = (
    ("DELETE FROM sign_in_links WHERE expires_at <= ?", LINKS_KEPT),
    ("DELETE FROM sessions WHERE expires_at <= ?", timedelta(0)),
    ("DELETE FROM tries WHERE last_at <= ?", FORGOTTEN_AFTER),
)
_KEYS = f"SELECT {KEY_COLUMNS} FROM api_keys"  # noqa: S608
_MARK = """INSERT INTO read_marks VALUES (?, ?, ?)
    ON CONFLICT (order_id, person) DO UPDATE SET number = MAX(number, excluded.number)"""
_MARKS = """SELECT order_id, number FROM read_marks
    WHERE person = ? AND order_id IN (SELECT value FROM json_each(?))"""


class SqliteAccess:
    """See ``amends.engine.access.Access``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add_link(self, token: str, link: Link, expires_at: Instant) -> None:
        """Keep a link by its token's digest."""
        by = link.actor
        values = (digest_of(token), by.person, by.role.value, link.leads_to, to_micros(expires_at))
        with self._connections.writing() as db:
            db.execute("INSERT INTO sign_in_links VALUES (?, ?, ?, ?, ?, NULL)", values)

    def redeem_link(self, token: str, now: Instant) -> Link | None:
        """Marking it as used is what makes it work once, however many ask at the same time."""
        at = to_micros(now)
        with self._connections.writing() as db:
            row = db.execute(_REDEEM, (at, digest_of(token), at)).fetchone()
        return link_from(*row) if row else None

    def find_link(self, token: str) -> Link | None:
        """Whom it was for."""
        with self._connections.reading() as db:
            row = db.execute(_SPENT, (digest_of(token),)).fetchone()
        return link_from(*row) if row else None

    def forget_expired(self, now: Instant) -> int:
        """Clear out."""
        with self._connections.writing() as db:
            return sum(db.execute(s, (to_micros(now - kept),)).rowcount for s, kept in _OVER)

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
