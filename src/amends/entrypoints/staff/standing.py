"""Who somebody is at this very request: their account decides, not what they once came in as."""

from __future__ import annotations

from amends.engine.staff import StaffAccounts
from amends.kernel.people import STAFF, Actor, Member


def member_for(staff: StaffAccounts, by: Actor) -> Member | None:
    """The account behind one of the platform's people; None: it is none of them, or somebody who
    has no account and is taken as they come."""
    return staff.member(by.person) if by.role in STAFF else None


def acting(member: Member | None, by: Actor) -> Actor | None:
    """``by`` in the role their account has now; None when it was disabled."""
    if member is None:
        return by
    return None if member.disabled else Actor(by.person, member.role)


def still_theirs(staff: StaffAccounts, by: Actor) -> bool:
    """Whether a key made for ``by`` opens anything: not in a role its person no longer has."""
    return acting(member_for(staff, by), by) == by
