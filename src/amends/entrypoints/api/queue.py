"""The queue over HTTP, for those who decide cases and those who answer for it."""

from __future__ import annotations

from amends.engine.store import BadCursor
from amends.entrypoints.api.calls import Call, Reply, invalid, json_reply
from amends.entrypoints.api.context import Api
from amends.entrypoints.api.lists import filters_of
from amends.entrypoints.api.paging import limit_of
from amends.entrypoints.judging import queue

FILTERS = queue.Filters.__struct_fields__


def get_queue(api: Api, call: Call) -> Reply:
    """What the asker works with by the filters of the page, the earliest due first."""
    given = {name: str(value) for name, value in filters_of(call, FILTERS).items()}
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
