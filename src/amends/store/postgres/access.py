"""Links, API keys and read marks on PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from psycopg.errors import UniqueViolation

from amends.engine.access import ApiKey, Link
from amends.kernel.instants import Instant, to_micros
from amends.kernel.people import PersonId
from amends.store.keys import KEY_COLUMNS, LINKS_KEPT, key_from, key_values, link_from
from amends.store.postgres.connections import Connections
from amends.store.sealing import digest_of
from amends.store.sessions import FORGOTTEN_AFTER

_ADD_LINK = "INSERT INTO sign_in_links VALUES (%s, %s, %s, %s, %s, NULL)"
_REDEEM = """UPDATE sign_in_links SET used_at = %s
    WHERE token = %s AND used_at IS NULL AND expires_at > %s RETURNING person, role, leads_to"""
_SPENT = "SELECT person, role, leads_to FROM sign_in_links WHERE token = %s"
_OVER = (
    ("DELETE FROM sign_in_links WHERE expires_at <= %s", LINKS_KEPT),
    ("DELETE FROM sessions WHERE expires_at <= %s", timedelta(0)),
    ("DELETE FROM tries WHERE last_at <= %s", FORGOTTEN_AFTER),
)
_KEYS = f"SELECT {KEY_COLUMNS} FROM api_keys"  # noqa: S608
_KEYS_OF = f"""SELECT secret, {KEY_COLUMNS} FROM api_keys
    WHERE secret = ANY(%s) AND revoked_at IS NULL"""  # noqa: S608
_MARK = """INSERT INTO read_marks VALUES (%s, %s, %s) ON CONFLICT (order_id, person)
    DO UPDATE SET number = GREATEST(read_marks.number, excluded.number)"""
_MARKS = "SELECT order_id, number FROM read_marks WHERE order_id = ANY(%s) AND person = %s"


class PostgresAccess:
    """See ``amends.engine.access.Access``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add_link(self, token: str, link: Link, expires_at: Instant) -> None:
        """Keep a link by its token's digest."""
        by = link.actor
        values = (digest_of(token), by.person, by.role.value, link.leads_to, to_micros(expires_at))
        self._connections.run(_ADD_LINK, values)

    def redeem_link(self, token: str, now: Instant) -> Link | None:
        """Marking it as used is what makes it work once, however many ask at the same time."""
        at = to_micros(now)
        with self._connections.writing() as db:
            row = db.execute(_REDEEM, (at, digest_of(token), at)).fetchone()
        return link_from(*row) if row else None

    def find_link(self, token: str) -> Link | None:
        """Whom it was for."""
        found = self._connections.ask(_SPENT, (digest_of(token),))
        return link_from(*found[0]) if found else None

    def forget_expired(self, now: Instant) -> int:
        """Clear out."""
        with self._connections.writing() as db:
            gone = [db.execute(s, (to_micros(now - kept),)) for s, kept in _OVER]
        return sum(each.rowcount for each in gone)

    def add_key(self, key: ApiKey, secret: str) -> None:
        """Keep a key by its secret's digest."""
        statement = "INSERT INTO api_keys VALUES (%s, %s, %s, %s, %s, %s, %s)"
        try:
            self._connections.run(statement, key_values(key, secret))
        except UniqueViolation:
            raise ValueError(f"there is a key {key.id} already, or one with this secret") from None

    def keys_of(self, secrets: Collection[str]) -> dict[str, ApiKey]:
        """Those in force."""
        digests = {digest_of(secret): secret for secret in secrets}
        found = self._connections.ask(_KEYS_OF, (list(digests),))
        return {digests[digest]: key_from(*row) for digest, *row in found}

    def keys(self) -> list[ApiKey]:
        """All of them."""
        return [key_from(*row) for row in self._connections.ask(f"{_KEYS} ORDER BY id")]

    def revoke_key(self, id_: str, at: Instant) -> bool:
        """From now on it opens nothing."""
        statement = "UPDATE api_keys SET revoked_at = %s WHERE id = %s AND revoked_at IS NULL"
        return self._connections.run(statement, (to_micros(at), id_)) > 0

    def mark_read(self, person: PersonId, order: str, number: int) -> None:
        """Move the mark on."""
        self._connections.run(_MARK, (order, person, number))

    def read_marks(self, person: PersonId, orders: Collection[str]) -> dict[str, int]:
        """The marks on these orders."""
        return dict(self._connections.ask(_MARKS, (list(orders), person)))
