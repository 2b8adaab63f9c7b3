"""A marketplace's webhook endpoints and the feed of what they are told."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from amends.engine.webhooks import Attempt, Delivery, Endpoint
from amends.entrypoints.api.bodies import fields_of, struct_in
from amends.entrypoints.api.calls import Call, Problem, Reply, json_reply, unknown
from amends.entrypoints.api.context import Api
from amends.entrypoints.api.lists import filters_of
from amends.entrypoints.api.paging import PageView, bad_cursor, limit_of
from amends.entrypoints.service import endpoints_of
from amends.entrypoints.webhooks_out.endpoints import Change, Endpoints
from amends.kernel.decision import Refused
from amends.kernel.instants import Instant
from amends.kernel.people import Role

LISTENS = frozenset({Role.MARKETPLACE})
FILTERS = ("after", "type", "order")
_DIGITS = 15


class EndpointView(Struct, frozen=True):
    """An endpoint. ``off`` says why it is not ``enabled``: ``asked``, ``failing`` for days, or
    ``gone`` (it answered 410). ``secret`` is told once: when it was just made."""

    id: str
    url: str
    types: tuple[str, ...]
    enabled: bool
    created_at: Instant
    failing_since: Instant | None
    off: str | None
    secret: str | msgspec.UnsetType = msgspec.UNSET


class MakeEndpoint(Struct, frozen=True, forbid_unknown_fields=True):
    """Where to send, and which types of events; none named: all."""

    url: str
    types: tuple[str, ...] = ()


class AskReplay(Struct, frozen=True, forbid_unknown_fields=True):
    """What to send again: one ``message``, or all about what happened ``since`` an instant."""

    since: Instant | None = None
    message: str | None = None


class DeliveryView(Struct, frozen=True):
    """A message and its attempts; ``next_at`` is null once nothing more is tried."""

    message: str
    type: str
    order: str | None
    state: str
    next_at: Instant | None
    attempts: tuple[Attempt, ...]


class SentView(Struct, frozen=True):
    """The id of a message that is being sent."""

    message: str


class ReplayedView(Struct, frozen=True):
    """How many messages are being sent again."""

    messages: int


class FedMessage(Struct, frozen=True):
    """A message as endpoints get it, with its id."""

    id: str
    type: str
    timestamp: Instant
    data: msgspec.Raw


class FeedView(Struct, frozen=True):
    """Messages in the order of the feed. ``next``: what to ask ``after`` for those that follow,
    also where none do yet; ``more``: whether there are any now."""

    items: tuple[FedMessage, ...]
    next: str
    more: bool


def get_endpoints(api: Api, call: Call) -> Reply:
    """One's own, the oldest first; there are few."""
    filters_of(call, ())
    return json_reply(PageView(tuple(map(_view, _own(api, call).all())), None))


def post_endpoint(api: Api, call: Call) -> Reply:
    """A new endpoint, with its secret. Each call makes one of its own: the secret could only be
    answered again if the answer were kept in the clear."""
    asked = struct_in(fields_of(call.body), MakeEndpoint)
    made = _own(api, call).make(asked.url, asked.types)
    if isinstance(made, Refused):
        raise _problem(made)
    endpoint, secret = made
    return json_reply(msgspec.structs.replace(_view(endpoint), secret=secret), 201)


def get_endpoint(api: Api, call: Call) -> Reply:
    """One of one's own."""
    return json_reply(_view(_found(api, call)))


def patch_endpoint(api: Api, call: Call) -> Reply:
    """Change its address or types, or switch it on or off."""
    asked = struct_in(fields_of(call.body), Change)
    changed = _own(api, call).change(_found(api, call), asked)
    if isinstance(changed, Refused):
        raise _problem(changed)
    return json_reply(_view(changed))


def delete_endpoint(api: Api, call: Call) -> Reply:
    """Remove it; the feed goes on."""
    endpoint = _found(api, call)
    _own(api, call).remove(endpoint)
    return json_reply(_view(endpoint))


def post_secret(api: Api, call: Call) -> Reply:
    """A new secret; the one before signs too for a day."""
    endpoint = _found(api, call)
    secret = _own(api, call).renew_secret(endpoint)
    return json_reply(msgspec.structs.replace(_view(endpoint), secret=secret))


def post_test(api: Api, call: Call) -> Reply:
    """Send a message of type ``test``."""
    return json_reply(SentView(_own(api, call).send_test(_found(api, call))))


def post_replay(api: Api, call: Call) -> Reply:
    """Send again, under the same ids."""
    endpoint = _found(api, call)
    asked = struct_in(fields_of(call.body), AskReplay)
    done = _own(api, call).replay(endpoint, since=asked.since, message=asked.message)
    if isinstance(done, Refused):
        raise _problem(done)
    if asked.message is not None and not done:
        raise unknown("told", asked.message)
    return json_reply(ReplayedView(done))


def get_deliveries(api: Api, call: Call) -> Reply:
    """What was sent to an endpoint, or is to be, the latest in the feed first."""
    endpoint, limit = _found(api, call), limit_of(call)
    filters_of(call, ())
    cursor = call.query.get("cursor")
    found = _own(api, call).deliveries(endpoint, _place(cursor) if cursor else None, limit)
    more = str(found[-1].place) if len(found) == limit else None
    return json_reply(PageView(tuple(map(_delivery, found)), more))


def get_events(api: Api, call: Call) -> Reply:
    """The feed past a place: what endpoints are told, for whoever would rather ask."""
    filters = filters_of(call, FILTERS)
    limit, after = limit_of(call), str(filters.get("after") or "0")
    type_, order = (str(filters.get(name) or "") for name in ("type", "order"))
    webhooks = api.service.store.webhooks
    found = webhooks.feed(call.by.person, _place(after), limit + 1, type_, order)
    part = found[:limit]
    items = []
    for told in part:
        body = msgspec.json.decode(told.message.body, type=dict[str, msgspec.Raw])
        message = told.message
        items.append(FedMessage(message.id, message.type, message.at, body["data"]))
    following = str(part[-1].place) if part else after
    return json_reply(FeedView(tuple(items), following, len(found) > limit))


def _own(api: Api, call: Call) -> Endpoints:
    return endpoints_of(api.service, call.by.person)


def _found(api: Api, call: Call) -> Endpoint:
    id_ = call.path["endpoint_id"]
    endpoint = _own(api, call).find(id_)
    if endpoint is None:
        raise unknown("endpoint", id_)
    return endpoint


def _problem(refused: Refused) -> Problem:
    return Problem(refused, 422 if refused.kind == "invalid" else 409)


def _place(cursor: str) -> int:
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > _DIGITS:
        raise bad_cursor()
    return int(cursor)


def _view(endpoint: Endpoint) -> EndpointView:
    e = endpoint
    return EndpointView(
        e.id, e.url, e.types, not e.off, e.created_at, e.failing_since, e.off or None
    )


def _delivery(d: Delivery) -> DeliveryView:
    return DeliveryView(d.message, d.type, d.order or None, d.state, d.next_at, d.attempts)
