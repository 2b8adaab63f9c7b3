"""Members of staff with a telephone of their own, for tests."""

from __future__ import annotations

from typing import Any

import pyotp

from amends.engine.staff import StaffAccount
from amends.entrypoints.service import Service
from amends.entrypoints.staff.passwords import Passwords
from amends.entrypoints.staff.roster import Roster, SetUpLink
from amends.entrypoints.staff.signing_in import SignIn
from amends.kernel.people import Member, Role

PASSWORD = "the tea is cold again"


class Colleague:
    """Somebody with an account, a password and an authenticator."""

    def __init__(self, service: Service, person: str, secret: str, codes: tuple[str, ...]) -> None:
        self.service = service
        self.person = person
        self.email = f"{person}@amends.example"
        self.secret = secret
        self.recovery_codes = list(codes)
        self._used = 0

    @property
    def code(self) -> str:
        """A code that was not given before: the authenticator's, as long as the clock has one left,
        then a recovery code."""
        step = int(self.service.clock.now().timestamp()) // 30
        if self._used > step:
            return self.recovery_codes.pop()
        self._used = max(step - 1, self._used + 1)
        return pyotp.TOTP(self.secret).generate_otp(self._used)

    def form(self, **changes: str) -> dict[str, list[str]]:
        """What they type to sign in."""
        typed = {"email": self.email, "password": PASSWORD, "code": ""} | changes
        typed["code"] = typed["code"] or self.code
        return {name: [text] for name, text in typed.items()}


def account(service: Service, person: str, role: Role, **facts: Any) -> StaffAccount:
    """An account nobody has yet."""
    member = Member(person, role, **facts)
    email = f"{person}@amends.example"
    return StaffAccount(member, f"{person.title()} Kayode", email, service.clock.now())


def colleague(service: Service, person: str, role: Role, **facts: Any) -> Colleague:
    """Somebody who has followed the link of their account."""
    roster = Roster(service.store, service.new_token)
    link = roster.add(account(service, person, role, **facts))
    assert isinstance(link, SetUpLink), link
    token, now = link.path.rpartition("/")[2], service.clock.now()
    setting = service.store.staff.setting_up(token, now)
    assert setting is not None
    code = pyotp.TOTP(setting.second).generate_otp(int(now.timestamp()) // 30 - 1)
    codes = SignIn(service.store, Passwords()).set_up(token, setting, PASSWORD, code, now)
    assert isinstance(codes, tuple), codes
    made = Colleague(service, person, setting.second, codes)
    made._used = int(now.timestamp()) // 30 - 1
    return made
