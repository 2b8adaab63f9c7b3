"""What payment providers reported, for whoever keeps the books."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
from msgspec import Struct

from amends.engine.callbacks import KeptCallback, Place, State
from amends.entrypoints.api.calls import Call, Reply, invalid, json_reply
from amends.entrypoints.api.context import Api
from amends.entrypoints.api.lists import filters_of
from amends.entrypoints.api.paging import PageView, limit_of
from amends.kernel.instants import Instant, from_micros, to_micros


class CallbackItem(Struct, frozen=True):
    """A report. ``state``: waiting, understood, irrelevant, unknown (of a kind we do not know) or
    refused (an order does not take it); ``note`` says more. ``body`` is what was kept of it."""

    provider: str
    id: str
    kind: str
    at: Instant
    state: State
    note: str
    next_try_at: Instant | None
    body: Any


def get_callbacks(api: Api, call: Call) -> Reply:
    """By state, or all; the newest first."""
    asked = filters_of(call, ("state",), state=get_args(State)).get("state")
    state = next((known for known in get_args(State) if known == asked), None)
    limit = limit_of(call)
    after = _place(call.query.get("cursor"))
    found = api.service.store.callbacks.page(state, after, limit + 1)
    shown = found[:limit]
    more = _cursor(shown[-1].place) if len(found) > limit else None
    return json_reply(PageView(tuple(map(_item, shown)), more))


def _item(kept: KeptCallback) -> CallbackItem:
    return CallbackItem(
        provider=kept.provider,
        id=kept.id,
        kind=kept.kind,
        at=kept.at,
        state=kept.state,
        note=kept.note,
        next_try_at=kept.run_at,
        body=msgspec.Raw(kept.body.encode()),
    )


def _cursor(place: Place) -> str:
    at, provider, id_ = place
    return f"{to_micros(at)}.{provider}.{id_}"


def _place(cursor: str | None) -> Place | None:
    if not cursor:
        return None
    at, _, rest = cursor.partition(".")
    provider, mark, id_ = rest.partition(".")
    if not mark or "\x00" in rest or not at.isascii() or not at.isdigit() or len(at) > 17:
        raise invalid("cursor_unknown", {}, "start_list_again", field="cursor")
    return from_micros(int(at)), provider, id_
