"""Addresses for mail, what people chose, and what waits for the day's mail."""

from __future__ import annotations

import base64
import os
from typing import cast

from amends.engine.correspondence import Addressed, AddressKind, Choice, Waiting
from amends.kernel.instants import from_micros, to_micros
from amends.kernel.people import Actor, Role
from amends.store.emails import Digests
from amends.store.plain import Plain, run
from amends.store.sealing import digest_of

_OF = "kind = ? AND person = ? AND role = ? AND order_id = ?"
_MAKE = """INSERT INTO mail_addresses (kind, person, role, order_id, salt, secret)
    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""
_SALT = f"SELECT salt FROM mail_addresses WHERE {_OF}"  # noqa: S608
_REVOKE = f"DELETE FROM mail_addresses WHERE {_OF}"  # noqa: S608
_WHOSE = "SELECT person, role, order_id FROM mail_addresses WHERE secret = ? AND kind = ?"
_CHOICE = "SELECT choice FROM mail_choices WHERE person = ? AND role = ?"
_CHOOSE = """INSERT INTO mail_choices VALUES (?, ?, ?)
    ON CONFLICT (person, role) DO UPDATE SET choice = excluded.choice"""
_WAIT = "INSERT INTO mail_waiting VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
_WAITING = """SELECT order_id, job, at, kind, dispute_id FROM mail_waiting
    WHERE person = ? AND role = ? ORDER BY at, order_id, job LIMIT ?"""
_TOLD = "DELETE FROM mail_waiting WHERE order_id = ? AND job = ? AND person = ? AND role = ?"
# Letters and digits that survive whatever a mail server makes of a local part.
_SECRET_BYTES, _SALT_BYTES = 20, 16


class SqlCorrespondence:
    """See ``amends.engine.correspondence.Correspondence``."""

    def __init__(self, plain: Plain, digests: Digests) -> None:
        self._plain = plain
        self._digests = digests

    def address(self, kind: AddressKind, of: Addressed) -> str:
        """The one there is, else a new one; of two made at once the first counts."""
        found = self.known(kind, of)
        if found is not None:
            return found
        salt = os.urandom(_SALT_BYTES)
        made = (*_key(kind, of), salt, digest_of(self._secret(kind, of, salt)))
        run(self._plain, _MAKE, made)
        found = self.known(kind, of)
        return found if found is not None else self.address(kind, of)

    def known(self, kind: AddressKind, of: Addressed) -> str | None:
        """Made anew from its salt."""
        found = self._plain.ask(_SALT, _key(kind, of))
        return self._secret(kind, of, found[0][0]) if found else None

    def addressed(self, kind: AddressKind, secret: str) -> Addressed | None:
        """Found by its digest."""
        found = self._plain.ask(_WHOSE, (digest_of(secret.lower()), kind))
        if not found:
            return None
        person, role, order = found[0]
        return Addressed(Actor(person, Role(role)), order)

    def revoke(self, kind: AddressKind, of: Addressed) -> None:
        """Forget its salt."""
        run(self._plain, _REVOKE, _key(kind, of))

    def choice(self, by: Actor) -> Choice:
        """What they chose."""
        found = self._plain.ask(_CHOICE, (by.person, by.role.value))
        return cast(Choice, found[0][0]) if found else "daily"

    def choose(self, by: Actor, choice: Choice) -> None:
        """Keep it instead of the one before."""
        run(self._plain, _CHOOSE, (by.person, by.role.value, choice))

    def keep_waiting(self, by: Actor, waiting: Waiting) -> None:
        """A row each."""
        values = (
            waiting.order, waiting.job, by.person, by.role.value, to_micros(waiting.at),
            waiting.kind, waiting.dispute,
        )  # fmt: skip
        run(self._plain, _WAIT, values)

    def waiting(self, by: Actor, limit: int) -> list[Waiting]:
        """Their rows."""
        found = self._plain.ask(_WAITING, (by.person, by.role.value, limit))
        return [Waiting(o, job, from_micros(at), kind, d) for o, job, at, kind, d in found]

    def told(self, by: Actor, waiting: list[Waiting]) -> None:
        """Forget them, all together."""
        with self._plain.writing() as execute:
            for one in waiting:
                execute(_TOLD, (one.order, one.job, by.person, by.role.value))

    def _secret(self, kind: AddressKind, of: Addressed, salt: bytes) -> str:
        named = "\0".join((*_key(kind, of), bytes(salt).hex()))
        signed = self._digests.signed(named)[:_SECRET_BYTES]
        return base64.b32encode(signed).decode().lower()


def _key(kind: AddressKind, of: Addressed) -> tuple[str, str, str, str]:
    return (kind, of.actor.person, of.actor.role.value, of.order)
