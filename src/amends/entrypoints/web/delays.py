"""Parcels that are late or stall in words: what is on record, what to do, and a dispute's dates."""

from __future__ import annotations

from msgspec import Struct

from amends.entrypoints.views.asking import Looking
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.words import formatting
from amends.kernel.instants import Instant
from amends.kernel.people import Role
from amends.order.delays import Delay, DelayKind, delays


class Delayed(Struct, frozen=True):
    """A parcel that is late: in a word, what is on record, and then (``do`` "" for staff) what the
    reader can do, and between when a dispute can be opened."""

    chip: str
    sentence: str
    do: str
    claim: str


def delayed(looking: Looking) -> tuple[Delayed, ...]:
    """All of an order's, as the reader can use them."""
    now, role = looking.stamp.at, looking.by.role
    found = delays(looking.case.order, looking.terms, now)
    if role is Role.SELLER:
        # Whether it came is the buyer's to say.
        found = tuple(one for one in found if one.kind != "not_confirmed")
    return tuple(_said(one, role, now) for one in found)


def _said(one: Delay, role: Role, now: Instant) -> Delayed:
    chip, sentence = _words(one.kind)
    do = _of_buyer(one.kind) if role is Role.BUYER else ""
    do = _of_seller(one.kind) if role is Role.SELLER else do
    since = formatting.moment(one.since)
    return Delayed(chip, sentence.format(at=since), do, _claim(one, now))


def _words(kind: DelayKind) -> tuple[str, str]:
    match kind:
        case "not_sent":
            return _("Not sent in time"), _("It should have been sent by {at}, and was not.")
        case "late":
            return _("Late"), _("It was promised for {at}, and has not come.")
        case "silent":
            return _("Nothing heard"), _("The carrier has reported nothing since {at}.")
        case "held_up":
            return _("Held up"), _("The carrier reported on {at} that it could not go on.")
        case "at_pickup":
            return _("To be fetched"), _("It has waited to be fetched since {at}.")
        case _:
            return (
                _("Receipt not confirmed"),
                _("The carrier says it was delivered on {at}. The buyer has not said so yet."),
            )


def _of_buyer(kind: DelayKind) -> str:
    match kind:
        case "not_sent":
            return _("Ask the seller when it leaves.")
        case "late" | "silent":
            return _("Ask the carrier by its tracking number, and write to the seller.")
        case "held_up":
            return _("Ask the carrier what it needs. If it goes back, write to the seller.")
        case "at_pickup":
            return _("Fetch it before the carrier sends it back.")
        case _:
            return _("Confirm receipt if it came. If not, ask at home and next door first.")


def _of_seller(kind: DelayKind) -> str:
    match kind:
        case "not_sent":
            return _("Send it now, or tell the buyer when it leaves.")
        case "at_pickup":
            return _("Remind the buyer to fetch it.")
        case _:
            return _("Have the carrier look for it, and write to the buyer before they ask.")


def _claim(one: Delay, now: Instant) -> str:
    if one.claim is None:
        return _("The time to open a dispute about it is over; support can still help.")
    until = one.claim.until and formatting.moment(one.claim.until)
    if one.claim.holds(now):
        if until:
            return _("A dispute about it can be opened now, until {until}.").format(until=until)
        return _("A dispute about it can be opened now.")
    if one.claim.since is None:
        return _("From when a dispute about it can be opened shows once it is sent.")
    return _("A dispute about it can be opened from {since}.").format(
        since=formatting.moment(one.claim.since)
    )
