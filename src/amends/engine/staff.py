"""The part of the store's port that keeps the platform's own people, and how they prove who they
are. Accounts are no part of the record of any order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from amends.kernel.instants import Instant
from amends.kernel.people import Member, PersonId, Staff, Ties


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
    """How somebody proves who they are: ``password`` is an encoded hash, ``second`` the secret they
    share with their authenticator. Without both nobody signs in."""

    password: str | None = None
    second: str | None = None


class SettingUp(Struct, frozen=True):
    """Somebody who came by the link on which they choose a password and a second factor.

    ``second`` is the secret shown to them, which counts when they are done.
    """

    person: PersonId
    second: str


class TiesAsked(Struct, frozen=True):
    """What binds ``person`` to these parties? ``order`` itself is no tie; disputes of the seller
    count that were opened after ``since``."""

    person: PersonId
    order: str
    buyer: PersonId
    seller: PersonId
    since: Instant


class StaffAccounts(Protocol):
    """Accounts of the platform's people, found by id or e-mail; disabled, never removed.

    Names, e-mails and authenticators' secrets are sealed with the person's key; an e-mail is found
    by a keyed digest, whatever its case.
    """

    def members(self) -> Staff:
        """Everybody, disabled ones too, without opening anything sealed."""

    def member(self, person: PersonId) -> Member | None:
        """One of them, likewise."""

    def accounts(self) -> list[StaffAccount]:
        """Everybody with name and e-mail, by id."""

    def account(self, person: PersonId) -> StaffAccount | None:
        """One of them."""

    def person_at(self, email: str) -> PersonId | None:
        """Whose e-mail it is."""

    def ties(self, asked: Sequence[TiesAsked]) -> list[Ties]:
        """What binds somebody to the parties of an order, for each question: by trade and letters
        of theirs, or of whoever has the same e-mail as their account."""

    def seen(self, person: PersonId, at: Instant) -> None:
        """They are signed in; whoever has no account is passed over."""

    def add(self, account: StaffAccount) -> None:
        """Raises ValueError when the id or the e-mail is taken."""

    def change(self, account: StaffAccount) -> bool:
        """Put it in place of what was known of its person; False when there is none.

        Secrets stay. Raises ValueError when the e-mail is another's.
        """

    def secrets(self, person: PersonId) -> Secrets:
        """What they prove themselves with; nothing when there is no such account."""

    def set_password(self, person: PersonId, password: str) -> None:
        """Put its encoded hash in place of the one before."""

    def forget_secrets(self, person: PersonId) -> None:
        """Whatever they proved themselves with counts no more, recovery codes and links neither."""

    def begin_set_up(self, person: PersonId, token: str, until: Instant, second: str) -> None:
        """Keep a link's token, instead of any before; what they have goes on counting till the end.

        The token must be random and at least 128 bits strong; its digest is kept.
        """

    def setting_up(self, token: str, now: Instant) -> SettingUp | None:
        """Whom the link is for; None when it was used, replaced, or is too old."""

    def finish_set_up(
        self, token: str, password: str | None, step: int, recovery_codes: tuple[str, ...]
    ) -> bool:
        """Use the link up: the password's hash (None: they sign in elsewhere) and the secret shown
        count from now on, recovery codes instead of the ones before, and the code of time step
        ``step`` was used. False when the link was used before."""

    def use_code(self, person: PersonId, step: int) -> bool:
        """Use up the authenticator's code of a time step; False when it, or a later one, was."""

    def use_recovery_code(self, person: PersonId, code: str) -> bool:
        """Use it up; False when it is none of theirs, or was used."""

    def recovery_codes_left(self, person: PersonId) -> int:
        """How many can still be used."""
