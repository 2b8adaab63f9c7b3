"""Signing in with password and code, proving oneself once more, and choosing both at first.

Whoever guesses learns nothing: an unknown account, a wrong password, a wrong code and an account
that was disabled answer alike, after the same work.
"""

from __future__ import annotations

from msgspec import Struct

from amends.engine.staff import SettingUp, StaffAccounts
from amends.engine.store import Store
from amends.entrypoints.staff.codes import (
    new_recovery_codes,
    new_secret,
    plain_recovery_code,
    step_of,
)
from amends.entrypoints.staff.passwords import Passwords, refuse_password
from amends.kernel.decision import Refused
from amends.kernel.instants import Instant
from amends.kernel.people import Member, PersonId

FREE_TRIES = 5
# Several people may sit behind one address.
FREE_TRIES_FROM_ONE_ADDRESS = 30
_NOBODY = ""


class Typed(Struct, frozen=True):
    """What somebody typed to sign in; ``code`` from their authenticator, or a recovery code."""

    email: str
    password: str
    code: str


class SignIn:
    """Lets the platform's people in."""

    def __init__(self, store: Store, passwords: Passwords) -> None:
        self._staff: StaffAccounts = store.staff
        self._tries = store.tries
        self._passwords = passwords
        self._nobodys = new_secret()

    def sign_in(self, typed: Typed, address: str, now: Instant) -> Member | Refused:
        """Who it is. ``address``: where the request came from."""
        # Without the blanks around it, as the account is found: each more would be a fresh try.
        account = f"sign in {typed.email.strip()}"
        refused = self._refuse_often(
            now, (f"sign in from {address}", FREE_TRIES_FROM_ONE_ADDRESS), (account, FREE_TRIES)
        )
        if refused:
            return refused
        person = self._staff.person_at(typed.email) or _NOBODY
        secrets, member = self._staff.secrets(person), self._staff.member(person)
        right = self._passwords.verify(secrets.password, typed.password)
        step = step_of(secrets.second or self._nobodys, typed.code, now)
        if not right or member is None or member.disabled or not secrets.second:
            return _FAILED
        if not self._used(person, step, typed.code):
            return _FAILED
        self._tries.forget(account)
        if secrets.password and self._passwords.outdated(secrets.password):
            self._staff.set_password(person, self._passwords.hash(typed.password))
        return member

    def prove(self, person: PersonId, code: str, now: Instant) -> Refused | None:
        """Whether a code is theirs and was not used; it is used up by this."""
        account = f"prove {person}"
        refused = self._refuse_often(now, (account, FREE_TRIES))
        if refused:
            return refused
        secrets = self._staff.secrets(person)
        step = step_of(secrets.second, code, now) if secrets.second else None
        if not secrets.second or not self._used(person, step, code):
            return Refused("code_wrong", {}, ("give_next_code",), "invalid", "code")
        self._tries.forget(account)
        return None

    def set_up(
        self, token: str, setting: SettingUp, password: str | None, code: str, now: Instant
    ) -> tuple[str, ...] | Refused:
        """Take a password (None: they sign in at their company only) and the first code; the
        recovery codes, which are shown this once."""
        account = self._staff.account(setting.person)
        about = (setting.person, account.name, account.email) if account else ()
        refused = refuse_password(password, *about) if password is not None else None
        if refused:
            return refused
        step = step_of(setting.second, code, now)
        if step is None:
            return Refused("code_wrong", {}, ("give_next_code",), "invalid", "code")
        codes = new_recovery_codes()
        kept = tuple(plain_recovery_code(shown) for shown in codes)
        hashed = None if password is None else self._passwords.hash(password)
        if not self._staff.finish_set_up(token, hashed, step, kept):
            return Refused("set_up_link_used", {}, ("ask_admin_for_link",))
        return codes

    def _used(self, person: PersonId, step: int | None, code: str) -> bool:
        if step is not None:
            return self._staff.use_code(person, step)
        return self._staff.use_recovery_code(person, plain_recovery_code(code))

    def _refuse_often(self, now: Instant, *counted: tuple[str, int]) -> Refused | None:
        for what, free in counted:
            until = self._tries.count(what, now, free=free)
            if until is not None:
                return Refused("too_many_tries", {"until": until}, ("wait_and_try_again",))
        return None


_FAILED = Refused("sign_in_failed", {}, ("check_all_three", "ask_admin_for_link"), "forbidden")
