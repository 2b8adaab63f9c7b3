"""Warnings beside what the other side wrote, found as it is read: nothing of it is kept."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from amends.entrypoints.scams import detector
from amends.entrypoints.views.advice import WarningView
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.structs import MessageView
from amends.entrypoints.words import formatting
from amends.guidance.warnings import warnings
from amends.kernel.instants import Instant
from amends.kernel.people import Role

_SIDES = (Role.BUYER, Role.SELLER)


def warnings_of(
    looking: Looking, text: str | None, by: str, at: Instant
) -> tuple[WarningView, ...] | UnsetType:
    """What a side is warned of in a text the other side wrote; left out where there is nothing."""
    others = [role for role in _SIDES if role is not looking.by.role]
    if not text or looking.by.role not in _SIDES or by not in others:
        return UNSET
    found = detector().found_in(text)
    warned = warnings(found, at, looking.case, looking.by, looking.terms, looking.stamp)
    words = looking.words
    return (
        tuple(
            WarningView(
                kind=one.trick,
                title=words.warnings[one.trick].title,
                why=words.warnings[one.trick].why,
                instead=words.warnings[one.trick].instead,
                until=one.until,
                act_by=words.due.format(until=formatting.moment(one.until, words.locale))
                if one.until
                else UNSET,
            )
            for one in warned
        )
        or UNSET
    )


def with_warnings(looking: Looking, messages: Iterable[MessageView]) -> tuple[MessageView, ...]:
    """A thread as a side reads it."""
    return tuple(
        replace(sent, warnings=warnings_of(looking, sent.text, sent.by, sent.at))
        for sent in messages
    )
