"""Finding people by what must not lie about in the open: keyed digests of e-mails."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator, Sequence

from amends.engine.store import Write
from amends.kernel.people import Actor, PersonId, Role
from amends.store.batch import Values
from amends.store.plain import Plain

_DIGEST_KEY = "SELECT value FROM meta WHERE name = 'digest_key'"
_MAKE_DIGEST_KEY = "INSERT INTO meta VALUES ('digest_key', ?) ON CONFLICT DO NOTHING"
PUT_EMAIL = "INSERT INTO email_digests VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
_KNOWN = "SELECT DISTINCT person, role FROM email_digests WHERE digest = ? LIMIT 10"

_FORGET_EMAILS = """DELETE FROM email_digests WHERE person = ? AND order_id IN
    (SELECT order_id FROM orders WHERE buyer = ? UNION SELECT order_id FROM orders
     WHERE seller = ?)"""
# The digest stays unlike any other account's.
_CLOSE_ACCOUNT = """UPDATE staff_accounts SET disabled = 1, password = NULL, second = NULL,
    next_second = NULL, set_up = NULL, digest = ? WHERE person = ?"""


class Digests:
    """Digests under the database's own key, which is made when it is first opened."""

    def __init__(self, plain: Plain) -> None:
        with plain.writing() as execute:
            execute(_MAKE_DIGEST_KEY, (os.urandom(32).hex(),))
            self._key = bytes.fromhex(execute(_DIGEST_KEY, ()).fetchone()[0])

    def of(self, text: str) -> bytes:
        """SHA-256 of ``text``, keyed; case and blanks around it do not count."""
        return hmac.digest(self._key, text.strip().casefold().encode(), hashlib.sha256)

    def signed(self, text: str) -> bytes:
        """The same of a text as it is."""
        return hmac.digest(self._key, text.encode(), hashlib.sha256)


class SqlEmails:
    """See ``amends.engine.sessions.Emails``."""

    def __init__(self, plain: Plain, digests: Digests) -> None:
        self._plain = plain
        self._digests = digests

    def digest(self, email: str) -> str:
        """In hex."""
        return self._digests.of(email).hex()

    def known(self, digest: str) -> list[Actor]:
        """Whose it is."""
        found = self._plain.ask(_KNOWN, (bytes.fromhex(digest),))
        return [Actor(person, Role(role)) for person, role in found]


def email_values(writes: Sequence[Write], digests: Digests) -> list[Values]:
    """A row for each e-mail by which the owner of a text is found."""
    return [
        (write.order, by.role.value, content.owner, digests.of(by.email))
        for write in writes
        for event in write.events
        for content in event.contents
        if (by := content.found_by)
    ]


def forgetting(person: PersonId) -> Iterator[tuple[str, Values]]:
    """The statements, with ``?``, after which no e-mail leads to an erased person, nobody is signed
    in as them or can still be by a link, no address of theirs works, and an account of theirs opens
    nothing."""
    yield _FORGET_EMAILS, (person, person, person)
    yield "DELETE FROM sessions WHERE person = ?", (person,)
    yield "DELETE FROM sign_in_links WHERE person = ?", (person,)
    yield "DELETE FROM mail_addresses WHERE person = ?", (person,)
    yield "DELETE FROM mail_choices WHERE person = ?", (person,)
    yield "DELETE FROM mail_waiting WHERE person = ?", (person,)
    yield _CLOSE_ACCOUNT, (os.urandom(32), person)
