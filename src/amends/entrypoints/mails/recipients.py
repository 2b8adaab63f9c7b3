"""Where somebody's mail goes, and the language it is written in."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.state import Case
from amends.engine.staff import StaffAccounts
from amends.entrypoints.staff.standing import acting, member_for
from amends.entrypoints.views.texts import Texts
from amends.entrypoints.words.languages import ENGLISH, nearest
from amends.kernel.people import STAFF, Actor, Role


class Recipient(Struct, frozen=True):
    """An e-mail, "" where there is none, and a language that is there."""

    address: str
    language: str


def recipient_of(staff: StaffAccounts, case: Case, by: Actor, texts: Texts) -> Recipient:
    """A party's as their order says (``texts`` hold its details), one of the platform's people's
    as their account does, as long as they work in that role."""
    if by.role in STAFF:
        account = staff.account(by.person)
        at_work = account and acting(member_for(staff, by), by) == by
        return Recipient(account.email if account and at_work else "", ENGLISH)
    ref = case.order.buyer_ref if by.role is Role.BUYER else case.order.seller_ref
    address, locale = texts.entry(ref, "email"), texts.entry(ref, "locale")
    return Recipient(
        address if isinstance(address, str) else "",
        nearest(locale if isinstance(locale, str) else None),
    )
