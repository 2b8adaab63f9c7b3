"""Keeping the accounts of the platform's people: for the command line and the admins' pages."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from amends.engine.outside import Ids
from amends.engine.staff import StaffAccount, StaffAccounts
from amends.engine.store import Store
from amends.entrypoints.staff.codes import new_secret
from amends.kernel.decision import Refused
from amends.kernel.instants import Instant
from amends.kernel.people import STAFF, Member, PersonId, Role

SET_UP_WITHIN = timedelta(days=3)
_LONGEST = 200


class SetUpLink(Struct, frozen=True):
    """The path at which somebody chooses how they sign in, until when, and for whom."""

    path: str
    until: Instant
    account: StaffAccount


class Roster:
    """Adds accounts, changes them, and lets nobody in any more."""

    def __init__(self, store: Store, new_token: Ids) -> None:
        self._staff: StaffAccounts = store.staff
        self._sessions = store.sessions
        self._new_token = new_token

    def add(self, account: StaffAccount) -> SetUpLink | Refused:
        """A new account and the link to set it up by, which works for three days."""
        refused = self._refuse(account)
        if refused:
            return refused
        try:
            self._staff.add(account)
        except ValueError:
            return _taken(account)
        return self._link(account, account.since)

    def change(self, account: StaffAccount) -> Refused | None:
        """What is known of somebody, their role too, from their next request on.

        Somebody who is disabled by it is signed out everywhere.
        """
        refused = self._refuse(account) or self._refuse_last(account.member)
        if refused:
            return refused
        try:
            known = self._staff.change(account)
        except ValueError:
            return _taken(account)
        if account.member.disabled:
            self._sessions.end_all(account.member.person)
        return None if known else _nobody(account.member.person)

    def disable(self, person: PersonId, *, disabled: bool = True) -> Refused | None:
        """Let somebody in no more, or again."""
        account = self._staff.account(person)
        if account is None:
            return _nobody(person)
        return self.change(replace(account, member=replace(account.member, disabled=disabled)))

    def reset(self, person: PersonId, now: Instant) -> SetUpLink | Refused:
        """Sign somebody out everywhere and let them choose anew how they sign in: for a lost
        telephone, or when others may know their password."""
        account = self._staff.account(person)
        if account is None:
            return _nobody(person)
        self._staff.forget_secrets(person)
        self._sessions.end_all(person)
        return self._link(replace(account, ready=False), now)

    def renew(self, person: PersonId, now: Instant) -> SetUpLink | Refused:
        """The same for oneself, while one is signed in: what one has counts until one is done."""
        account = self._staff.account(person)
        return _nobody(person) if account is None else self._link(account, now)

    def _link(self, account: StaffAccount, now: Instant) -> SetUpLink:
        token, until = self._new_token(), now + SET_UP_WITHIN
        self._staff.begin_set_up(account.member.person, token, until, new_secret())
        return SetUpLink(f"/staff/set-up/{token}", until, account)

    def _refuse(self, account: StaffAccount) -> Refused | None:
        member = account.member
        if not account.name.strip() or len(account.name) > _LONGEST:
            return Refused("name_missing", {}, ("write_name",), "invalid", "name")
        local, at, domain = account.email.strip().rpartition("@")
        if not (local and at and domain) or len(account.email) > _LONGEST or " " in account.email:
            return Refused("email_unreadable", {}, ("write_email",), "invalid", "email")
        if member.role not in STAFF:
            known = {"roles": tuple(sorted(STAFF))}
            return Refused("not_a_staff_role", known, ("choose_staff_role",), "invalid", "role")
        return self._refuse_reports_to(member)

    def _refuse_reports_to(self, member: Member) -> Refused | None:
        """Nobody reports to themself, on whatever detour, nor to somebody who is not there."""
        members = self._staff.members()
        above, facts = member.reports_to, {"reports_to": member.reports_to}
        if above is not None and above not in members:
            return Refused("no_such_staff", facts, ("see_staff",), "invalid", "reports_to")
        seen = {member.person}
        while above is not None:
            if above in seen:
                return Refused(
                    "reports_in_a_circle", facts, ("see_staff",), "invalid", "reports_to"
                )
            seen.add(above)
            above = members[above].reports_to if above in members else None
        return None

    def _refuse_last(self, member: Member) -> Refused | None:
        """Somebody has to be left who can add and change accounts."""
        if member.role is Role.ADMIN and not member.disabled:
            return None
        members = self._staff.members()
        admins = [p for p, m in members.items() if m.role is Role.ADMIN and not m.disabled]
        if admins != [member.person]:
            return None
        return Refused("last_admin", {"person": member.person}, ("add_other_admin",))


def _taken(account: StaffAccount) -> Refused:
    facts = {"person": account.member.person, "email": account.email}
    return Refused("account_taken", facts, ("see_staff",), "conflict", "person")


def _nobody(person: PersonId) -> Refused:
    return Refused("no_such_account", {"person": person}, ("see_staff",), "unknown", "person")
