"""The part of the store's port that keeps the platform's own people, and how they prove who they
are. Accounts are no part of the record of any order."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from amends.kernel.instants import Instant
from amends.kernel.people import Member, PersonId, Staff


class StaffAccount(Struct, frozen=True):
    """``member`` is what decisions may ask, ``name`` and ``email`` are kept sealed.

    ``ready``: they have set a password and a second factor, so that they can sign in.
    """

    member: Member
    name: str
    email: str
    since: Instant
    ready: bool = False


class Secrets(Struct, frozen=True):
    """How somebody proves who they are. ``password`` is an encoded hash, ``second`` the shared
    secret of their authenticator, ``next_second`` one that is shown to them and not in use yet."""

    password: str | None = None
    second: str | None = None
    next_second: str | None = None


class StaffAccounts(Protocol):
    """Accounts of the platform's people, found by id or e-mail; disabled, never removed.

    Names, e-mails and authenticators' secrets are sealed with the person's key; an e-mail is found
    by a keyed digest, whatever its case.
    """

    def members(self) -> Staff:
        """Everybody, disabled ones too, without opening anything sealed."""

    def accounts(self) -> list[StaffAccount]:
        """Everybody with name and e-mail, by id."""

    def account(self, person: PersonId) -> StaffAccount | None:
        """One of them."""

    def person_at(self, email: str) -> PersonId | None:
        """Whose e-mail it is."""

    def add(self, account: StaffAccount) -> None:
        """Raises ValueError when the id or the e-mail is taken."""

    def change(self, account: StaffAccount) -> bool:
        """Put it in place of what was known of its person; False when there is none.

        Secrets stay. Raises ValueError when the e-mail is another's.
        """

    def secrets(self, person: PersonId) -> Secrets:
        """What they prove themselves with; nothing when there is no such account."""

    def set_secrets(self, person: PersonId, secrets: Secrets) -> None:
        """Put these in place of the ones before."""

    def use_code(self, person: PersonId, step: int) -> bool:
        """Use up the authenticator's code of a time step; False when it, or a later one, was."""

    def set_recovery_codes(self, person: PersonId, codes: tuple[str, ...]) -> None:
        """Keep digests of these instead of the ones before."""

    def use_recovery_code(self, person: PersonId, code: str) -> bool:
        """Use it up; False when it is none of theirs, or was used."""

    def recovery_codes_left(self, person: PersonId) -> int:
        """How many can still be used."""
