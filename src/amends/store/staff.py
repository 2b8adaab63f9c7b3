"""Accounts of the platform's own people."""

from __future__ import annotations

import json
from collections.abc import Sequence

from msgspec.structs import replace

from amends.engine.staff import Secrets, SettingUp, StaffAccount, TiesAsked
from amends.kernel.instants import Instant, from_micros, to_micros
from amends.kernel.people import Member, PersonId, Role, Staff, Ties
from amends.store.batch import Values
from amends.store.emails import Digests
from amends.store.person_keys import key_of
from amends.store.plain import Execute, Plain, Taken, run
from amends.store.sealing import digest_of, open_own, seal_own
from amends.store.ties import ties

_MEMBER = """a.person, a.role, a.languages, a.categories, a.limits, a.reports_to, a.disabled,
    a.capacity, a.away_until, a.interests, a.seen_at"""
_MEMBERS = f"SELECT {_MEMBER} FROM staff_accounts AS a"  # noqa: S608
_ACCOUNTS = f"""SELECT {_MEMBER}, a.since, a.sealed, p.secret,
    a.password IS NOT NULL AND a.second IS NOT NULL
    FROM staff_accounts AS a
    LEFT JOIN person_keys AS p ON p.person = a.person AND p.key_id = a.key_id"""  # noqa: S608
_ADD = """INSERT INTO staff_accounts (role, languages, categories, limits, reports_to, disabled,
    capacity, away_until, interests, digest, key_id, sealed, person, since)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_CHANGE = """UPDATE staff_accounts SET role = ?, languages = ?, categories = ?, limits = ?,
    reports_to = ?, disabled = ?, capacity = ?, away_until = ?, interests = ?,
    digest = ?, key_id = ?, sealed = ? WHERE person = ?"""
# What was sealed with a key that is gone stays so.
_FORGET_SEALED = """UPDATE staff_accounts SET second = NULL, next_second = NULL, set_up = NULL
    WHERE person = ? AND key_id <> ?"""
_SECRETS = """SELECT a.password, a.second, p.secret FROM staff_accounts AS a
    LEFT JOIN person_keys AS p ON p.person = a.person AND p.key_id = a.key_id
    WHERE a.person = ?"""
_PUT_HASH = "UPDATE staff_accounts SET password = ? WHERE person = ?"
_FORGET_SECRETS = """UPDATE staff_accounts SET password = NULL, second = NULL, next_second = NULL,
    set_up = NULL, set_up_until = NULL WHERE person = ?"""
_BEGIN_SET_UP = """UPDATE staff_accounts SET next_second = ?, set_up = ?, set_up_until = ?
    WHERE person = ?"""
_SETTING_UP = """SELECT a.person, a.next_second, p.secret FROM staff_accounts AS a
    JOIN person_keys AS p ON p.person = a.person AND p.key_id = a.key_id
    WHERE a.set_up = ? AND a.set_up_until > ?"""
_FINISH_SET_UP = """UPDATE staff_accounts SET password = ?, second = next_second, step = ?,
    next_second = NULL, set_up = NULL, set_up_until = NULL WHERE set_up = ? RETURNING person"""
_FORGET_CODES = "DELETE FROM recovery_codes WHERE person = ?"
_USE_CODE = """UPDATE staff_accounts SET step = ?
    WHERE person = ? AND (step IS NULL OR step < ?)"""
_SEEN = "UPDATE staff_accounts SET seen_at = ? WHERE person = ?"
_DETAILS, _SECOND = "staff account", "second factor"


class SqlStaff:
    """See ``amends.engine.staff.StaffAccounts``."""

    def __init__(self, plain: Plain, digests: Digests) -> None:
        self._plain = plain
        self._digests = digests

    def members(self) -> Staff:
        """Everybody, by id."""
        return {row[0]: _member(row) for row in self._plain.ask(f"{_MEMBERS} ORDER BY a.person")}

    def member(self, person: PersonId) -> Member | None:
        """One of them."""
        found = self._plain.ask(f"{_MEMBERS} WHERE a.person = ?", (person,))
        return _member(found[0]) if found else None

    def accounts(self) -> list[StaffAccount]:
        """Everybody with name and e-mail."""
        return [_account(row) for row in self._plain.ask(f"{_ACCOUNTS} ORDER BY a.person")]

    def account(self, person: PersonId) -> StaffAccount | None:
        """One of them."""
        found = self._plain.ask(f"{_ACCOUNTS} WHERE a.person = ?", (person,))
        return _account(found[0]) if found else None

    def person_at(self, email: str) -> PersonId | None:
        """By the e-mail's digest."""
        query = "SELECT person FROM staff_accounts WHERE digest = ?"
        found = self._plain.ask(query, (self._digests.of(email),))
        return found[0][0] if found else None

    def ties(self, asked: Sequence[TiesAsked]) -> list[Ties]:
        """One query for some dozens of questions."""
        return ties(self._plain, asked)

    def seen(self, person: PersonId, at: Instant) -> None:
        """When they were last signed in."""
        run(self._plain, _SEEN, (to_micros(at), person))

    def add(self, account: StaffAccount) -> None:
        """A new row, under the person's key, which is made if there is none."""
        digest = self._digests.of(account.email)
        try:
            with self._plain.writing() as execute:
                values = _values(execute, account, digest)
                execute(_ADD, (*values, to_micros(account.since)))
        except Taken:
            raise _taken(account) from None

    def change(self, account: StaffAccount) -> bool:
        """All but the secrets."""
        digest = self._digests.of(account.email)
        try:
            with self._plain.writing() as execute:
                done = execute(_CHANGE, _values(execute, account, digest))
        except Taken:
            raise _taken(account) from None
        return done.rowcount > 0

    def secrets(self, person: PersonId) -> Secrets:
        """Opened with the person's key; those of an erased one are gone."""
        found = self._plain.ask(_SECRETS, (person,))
        if not found:
            return Secrets()
        password, second, key = found[0]
        return Secrets(password, open_own(key, person, _SECOND, second) if key and second else None)

    def set_password(self, person: PersonId, password: str) -> None:
        """Its hash."""
        run(self._plain, _PUT_HASH, (password, person))

    def forget_secrets(self, person: PersonId) -> None:
        """All of them."""
        with self._plain.writing() as execute:
            execute(_FORGET_SECRETS, (person,))
            execute(_FORGET_CODES, (person,))

    def begin_set_up(self, person: PersonId, token: str, until: Instant, second: str) -> None:
        """The secret is sealed with the person's key."""
        with self._plain.writing() as execute:
            sealed = seal_own(key_of(execute, person), person, _SECOND, second)
            execute(_BEGIN_SET_UP, (sealed, digest_of(token), to_micros(until), person))

    def setting_up(self, token: str, now: Instant) -> SettingUp | None:
        """By the token's digest."""
        found = self._plain.ask(_SETTING_UP, (digest_of(token), to_micros(now)))
        if not found:
            return None
        person, second, key = found[0]
        return SettingUp(person, open_own(key, person, _SECOND, second))

    def finish_set_up(
        self, token: str, password: str | None, step: int, recovery_codes: tuple[str, ...]
    ) -> bool:
        """Taking the token away is what makes the link work once."""
        with self._plain.writing() as execute:
            done = execute(_FINISH_SET_UP, (password, step, digest_of(token))).fetchone()
            if done is None:
                return False
            execute(_FORGET_CODES, done)
            for code in recovery_codes:
                execute("INSERT INTO recovery_codes VALUES (?, ?)", (done[0], digest_of(code)))
        return True

    def use_code(self, person: PersonId, step: int) -> bool:
        """Moving the step on is what makes a code work once."""
        return run(self._plain, _USE_CODE, (step, person, step)) > 0

    def use_recovery_code(self, person: PersonId, code: str) -> bool:
        """Removing it is what makes it work once."""
        statement = "DELETE FROM recovery_codes WHERE person = ? AND code = ?"
        return run(self._plain, statement, (person, digest_of(code))) > 0

    def recovery_codes_left(self, person: PersonId) -> int:
        """How many there are."""
        query = "SELECT COUNT(*) FROM recovery_codes WHERE person = ?"
        count: int = self._plain.ask(query, (person,))[0][0]
        return count


def _values(execute: Execute, account: StaffAccount, digest: bytes) -> Values:
    """What can be changed of an account, and last whose it is."""
    member = account.member
    key = key_of(execute, member.person)
    execute(_FORGET_SEALED, (member.person, key.id))
    details = json.dumps({"name": account.name, "email": account.email})
    return (
        member.role.value, json.dumps(member.languages), json.dumps(member.categories),
        json.dumps(member.limits), member.reports_to, int(member.disabled), member.capacity,
        None if member.away_until is None else to_micros(member.away_until),
        json.dumps(member.interests), digest, key.id,
        seal_own(key, member.person, _DETAILS, details), member.person,
    )  # fmt: skip


def _member(row: Values) -> Member:
    person, role, languages, categories, limits, reports_to, disabled, *rest = row
    capacity, away_until, interests, seen_at = rest
    return Member(
        person, Role(role), tuple(json.loads(languages)), tuple(json.loads(categories)),
        json.loads(limits), reports_to, bool(disabled), capacity,
        None if away_until is None else from_micros(away_until), tuple(json.loads(interests)),
        None if seen_at is None else from_micros(seen_at),
    )  # fmt: skip


def _account(row: Values) -> StaffAccount:
    *of_member, since, sealed, key, ready = row
    member = _member(tuple(of_member))
    known = StaffAccount(member, "", "", from_micros(since), bool(ready))
    if key is None:  # erased: they are nobody any more
        return known
    return replace(known, **json.loads(open_own(key, member.person, _DETAILS, sealed)))


def _taken(account: StaffAccount) -> ValueError:
    return ValueError(f"there is an account {account.member.person} already, or one of this e-mail")
