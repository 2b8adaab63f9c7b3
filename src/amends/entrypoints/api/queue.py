"""The queue over HTTP, for those who decide cases and those who answer for it."""

from __future__ import annotations

from typing import get_args

from msgspec import Struct

from amends.engine.store import BadCursor
from amends.entrypoints.api.bodies import fields_of, struct_in
from amends.entrypoints.api.calls import Call, Problem, Reply, invalid, json_reply
from amends.entrypoints.api.context import Api, seen_dispute
from amends.entrypoints.api.lists import filters_of
from amends.entrypoints.api.paging import limit_of
from amends.entrypoints.judging import queue
from amends.entrypoints.judging.dealing import LANES
from amends.entrypoints.judging.own import remind
from amends.entrypoints.judging.watching import kept_by, watch
from amends.kernel.deadlines import Turn
from amends.kernel.decision import Refused

FILTERS = queue.Filters.__struct_fields__


class KeepWords(Struct, frozen=True, forbid_unknown_fields=True):
    """All words to watch for, instead of those before."""

    words: tuple[str, ...]


class KeepReminder(Struct, frozen=True, forbid_unknown_fields=True):
    """``day``: when to look at the case again, as 2026-12-31; null: no more. ``note``: of what."""

    day: str | None
    note: str = ""


def get_queue(api: Api, call: Call) -> Reply:
    """What the asker works with by the filters of the page, the earliest due first."""
    phases = tuple(lane.phase for lane in LANES)
    filters = filters_of(call, FILTERS, phase=phases, turn=get_args(Turn))
    given = {name: str(value) for name, value in filters.items()}
    after = call.query.get("cursor") or None
    try:
        found = queue.queue(
            api.service, call.by, queue.Filters(**given), after=after, limit=limit_of(call)
        )
    except BadCursor:
        raise invalid("cursor_unknown", {}, "start_list_again", field="cursor") from None
    return json_reply(found)


def get_load(api: Api, call: Call) -> Reply:
    """How many cases everybody has, how old cases are, and how many are nobody's."""
    filters_of(call, ())
    return json_reply(queue.figures(api.service))


def get_own(api: Api, call: Call) -> Reply:
    """The asker's watch words and reminders, and how far the words were looked for."""
    filters_of(call, ())
    return _own(api, call, None)


def put_words(api: Api, call: Call) -> Reply:
    """Watch for other words."""
    asked = struct_in(fields_of(call.body), KeepWords)
    now = api.service.clock.now()
    return _own(api, call, watch(api.service.store, call.by.person, asked.words, now))


def put_reminder(api: Api, call: Call) -> Reply:
    """Be reminded of a case on a day, or no more."""
    _, dispute = seen_dispute(api, call)
    asked = struct_in(fields_of(call.body), KeepReminder)
    drafts, now = api.service.store.drafts, api.service.clock.now()
    refused = remind(drafts, call.by.person, dispute.id, asked.day or "", asked.note, now)
    return _own(api, call, refused)


def _own(api: Api, call: Call, refused: Refused | None) -> Reply:
    if refused is not None:
        raise Problem(refused, 422)
    return json_reply(kept_by(api.service.store, call.by.person))
