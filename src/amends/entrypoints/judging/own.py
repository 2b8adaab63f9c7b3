"""What somebody who judges keeps for themselves: words to watch for, and reminders on cases.

It is kept like a form that was begun: sealed with the person's key, no part of any record.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec
from msgspec import Struct

from amends.engine.drafts import Draft, Drafts
from amends.kernel.decision import Refused
from amends.kernel.instants import Instant
from amends.kernel.people import PersonId

# Drafts are kept by order; these are about none.
_NO_ORDER = ""
_MOST_WORDS, _LONGEST_WORD = 50, 60
_MOST_REMINDERS, _LONGEST_NOTE = 500, 500
# How far behind UTC somebody's own day may be.
_LAST_ZONE = timedelta(hours=12)


class Reminder(Struct, frozen=True):
    """To look at a case again on a day."""

    dispute: str
    day: date
    note: str = ""


class Own(Struct, frozen=True):
    """Words in small letters, and reminders by day."""

    words: tuple[str, ...] = ()
    reminders: tuple[Reminder, ...] = ()

    def reminder(self, dispute: str) -> Reminder | None:
        """The one on this case."""
        return next((r for r in self.reminders if r.dispute == dispute), None)


def own_of(drafts: Drafts, person: PersonId) -> Own:
    """What they kept."""
    draft = drafts.find(_NO_ORDER, person)
    return msgspec.json.decode(draft.text, type=Own) if draft else Own()


def own_of_everybody(drafts: Drafts) -> dict[PersonId, Own]:
    """What everybody kept who kept something."""
    kept = drafts.of_order(_NO_ORDER)
    return {person: msgspec.json.decode(draft.text, type=Own) for person, draft in kept.items()}


def checked_words(typed: Iterable[str]) -> tuple[str, ...] | Refused:
    """Words to watch for, as they were written, as they are kept."""
    words = tuple(dict.fromkeys(word for each in typed if (word := each.strip().casefold())))
    if len(words) > _MOST_WORDS or any(len(word) > _LONGEST_WORD for word in words):
        facts = {"most": _MOST_WORDS, "longest": _LONGEST_WORD}
        return Refused("too_many_words", facts, ("mend_field",), "invalid", "words")
    return words


def keep_words(drafts: Drafts, person: PersonId, words: tuple[str, ...], now: Instant) -> None:
    """Instead of those before."""
    _keep(drafts, person, Own(words, own_of(drafts, person).reminders), now)


def remind(
    drafts: Drafts, person: PersonId, dispute: str, day: str, note: str, now: Instant
) -> Refused | None:
    """Be reminded of a case on a day like 2026-12-31, instead of any day before; without a day no
    more. A day that has passed everywhere is refused, unless it is the one they have."""
    own = own_of(drafts, person)
    before = own.reminder(dispute)
    others = [r for r in own.reminders if r.dispute != dispute]
    if day.strip():
        try:
            on = date.fromisoformat(day.strip())
        except ValueError:
            return Refused("day_unreadable", {}, ("mend_field",), "invalid", "day")
        if on < (now - _LAST_ZONE).date() and (before is None or on != before.day):
            passed = {"day": on.isoformat(), "today": now.date().isoformat()}
            return Refused("day_has_passed", passed, ("choose_day_to_come",), "invalid", "day")
        if len(others) >= _MOST_REMINDERS or len(note) > _LONGEST_NOTE:
            facts = {"most": _MOST_REMINDERS, "longest": _LONGEST_NOTE}
            return Refused("too_many_reminders", facts, ("mend_field",), "invalid", "note")
        others.append(Reminder(dispute, on, note.strip()))
    _keep(drafts, person, Own(own.words, tuple(sorted(others, key=lambda r: r.day))), now)
    return None


def _keep(drafts: Drafts, person: PersonId, own: Own, now: Instant) -> None:
    drafts.keep(_NO_ORDER, person, Draft(now, msgspec.json.encode(own).decode()))
