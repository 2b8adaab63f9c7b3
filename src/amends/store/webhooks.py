"""Endpoints, feeds of messages and deliveries, on either database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from amends.engine.webhooks import (
    Attempt,
    Delivery,
    DeliveryState,
    Endpoint,
    Message,
    Taken,
    Told,
)
from amends.kernel.instants import Instant, from_micros, to_micros
from amends.kernel.people import PersonId
from amends.store.batch import Values, instant_or_none
from amends.store.person_keys import key_of
from amends.store.plain import Execute, Plain, run
from amends.store.sealing import open_own, seal_own

ANY_ENDPOINT = "SELECT 1 FROM webhook_endpoints LIMIT 1"
"""Whether anybody is to be told of what is recorded."""

_SEALED_AS = "webhook_secret"
_ENDPOINT = "e.id, e.owner, e.url, e.types, e.created_at, e.off, e.failing_since"
_ADD = """INSERT INTO webhook_endpoints
    (id, owner, url, types, created_at, off, failing_since, key_id, secret)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_BEGIN_FEED = "INSERT INTO webhook_feeds VALUES (?, 0) ON CONFLICT DO NOTHING"
_ENDPOINTS = f"SELECT {_ENDPOINT} FROM webhook_endpoints AS e"  # noqa: S608
_OLDEST_FIRST = "ORDER BY e.created_at, e.id"
_CHANGE = """UPDATE webhook_endpoints SET url = ?, types = ?, off = ?, failing_since = ?
    WHERE id = ?"""
_OWNER = "SELECT owner FROM webhook_endpoints WHERE id = ?"
# What was sealed with a key that was erased since is not moved: it would not open.
_RENEW = """UPDATE webhook_endpoints
    SET previous = CASE WHEN key_id = ? THEN secret END, previous_until = ?, key_id = ?, secret = ?
    WHERE id = ?"""
# Who changes a feed's row holds it until the end of the transaction: places come into sight in
# their order, whoever commits meanwhile.
_HOLD_FEED = "UPDATE webhook_feeds SET last = last + 1 WHERE owner = ? RETURNING last"
_KNOWN = "SELECT 1 FROM webhook_messages WHERE id = ?"
_PUT_MESSAGE = "INSERT INTO webhook_messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_PLACED = "UPDATE webhook_feeds SET last = ? WHERE owner = ?"
_PUT_DELIVERY = """INSERT INTO webhook_deliveries VALUES (?, ?, ?, ?, 'waiting', 0, 0, ?, '[]')
    ON CONFLICT (endpoint, message) DO UPDATE SET
    state = 'waiting', number = 0, claims = webhook_deliveries.claims + 1,
    next_at = excluded.next_at"""
_MESSAGE = "m.id, m.order_id, m.n, m.type, m.at, m.body"
_FEED = f"""SELECT m.place, {_MESSAGE} FROM webhook_messages AS m
    WHERE m.owner = ? AND m.place > ? AND m.order_id <> ''"""  # noqa: S608
_AGAIN = "SELECT m.id, m.place, m.type FROM webhook_messages AS m WHERE m.owner = ?"
_DELIVERIES = """SELECT d.endpoint, d.message, m.type, m.order_id, d.place, d.state, d.next_at,
    d.attempts FROM webhook_deliveries AS d
    JOIN webhook_messages AS m ON m.owner = d.owner AND m.place = d.place
    WHERE d.endpoint = ? AND d.place < ? ORDER BY d.place DESC LIMIT ?"""
_WAITING = f"""{_ENDPOINTS} JOIN person_keys AS p ON p.person = e.owner AND p.key_id = e.key_id
    WHERE e.off = '' AND EXISTS (SELECT 1 FROM webhook_deliveries AS d
        WHERE d.endpoint = e.id AND d.next_at <= ?) {_OLDEST_FIRST}"""  # noqa: S608
_TAKE = f"""SELECT {_MESSAGE}, d.number, d.claims, d.attempts, e.secret, e.previous,
    e.previous_until, p.secret FROM webhook_deliveries AS d
    JOIN webhook_messages AS m ON m.owner = d.owner AND m.place = d.place
    JOIN webhook_endpoints AS e ON e.id = d.endpoint
    JOIN person_keys AS p ON p.person = e.owner AND p.key_id = e.key_id
    WHERE d.endpoint = ? AND d.next_at <= ? AND e.off = '' ORDER BY d.next_at LIMIT 1"""  # noqa: S608
_MINE = "WHERE endpoint = ? AND message = ? AND claims = ?"
_CLAIM = f"""UPDATE webhook_deliveries SET next_at = ?, number = number + 1, claims = claims + 1
    {_MINE}"""  # noqa: S608
_TRIED = f"UPDATE webhook_deliveries SET state = ?, next_at = ?, attempts = ? {_MINE}"  # noqa: S608
_NEXT_RUN = """SELECT MIN(d.next_at) FROM webhook_deliveries AS d
    JOIN webhook_endpoints AS e ON e.id = d.endpoint
    JOIN person_keys AS p ON p.person = e.owner AND p.key_id = e.key_id WHERE e.off = ''"""
# How often somebody else may be quicker, and how many attempts are remembered.
_TRIES, _REMEMBERED = 8, 20
_LAST = 2**63 - 1


class SqlWebhooks:
    """See ``amends.engine.webhooks.Webhooks``."""

    def __init__(self, plain: Plain) -> None:
        self._plain = plain

    def add(self, endpoint: Endpoint, secret: str) -> None:
        """Sealed with its owner's key, which is made if there is none."""
        with self._plain.writing() as execute:
            key = key_of(execute, endpoint.owner)
            sealed = seal_own(key, endpoint.owner, _SEALED_AS, secret)
            execute(_ADD, (*_values(endpoint), key.id, sealed))
            execute(_BEGIN_FEED, (endpoint.owner,))

    def endpoints(self, owner: PersonId | None = None) -> list[Endpoint]:
        """The oldest first."""
        if owner is None:
            found = self._plain.ask(f"{_ENDPOINTS} {_OLDEST_FIRST}")
        else:
            found = self._plain.ask(f"{_ENDPOINTS} WHERE e.owner = ? {_OLDEST_FIRST}", (owner,))
        return [_endpoint(*values) for values in found]

    def change(self, endpoint: Endpoint) -> None:
        """All but its owner and secrets."""
        _, _, url, types, _, off, failing = _values(endpoint)
        run(self._plain, _CHANGE, (url, types, off, failing, endpoint.id))

    def remove(self, id_: str) -> None:
        """And what was to be sent."""
        with self._plain.writing() as execute:
            execute("DELETE FROM webhook_deliveries WHERE endpoint = ?", (id_,))
            execute("DELETE FROM webhook_endpoints WHERE id = ?", (id_,))

    def renew_secret(self, id_: str, secret: str, until: Instant) -> None:
        """Both are kept."""
        with self._plain.writing() as execute:
            (owner,) = execute(_OWNER, (id_,)).fetchone()
            key = key_of(execute, owner)
            sealed = seal_own(key, owner, _SEALED_AS, secret)
            execute(_RENEW, (key.id, to_micros(until), key.id, sealed, id_))

    def announce(self, owner: PersonId, messages: Sequence[Message]) -> None:
        """One at a time for each owner."""
        with self._plain.writing() as execute:
            held = execute(_HOLD_FEED, (owner,)).fetchone()
            if held is None:
                return  # nobody of theirs ever listened
            place = held[0] - 1
            query = f"{_ENDPOINTS} WHERE e.owner = ? AND e.off = ''"
            listening = [_endpoint(*row) for row in execute(query, (owner,)).fetchall()]
            for message in messages:
                if execute(_KNOWN, (message.id,)).fetchone():
                    continue
                place += 1
                _put(execute, owner, place, message)
                for endpoint in listening:
                    if not endpoint.types or message.type in endpoint.types:
                        due = to_micros(message.at)
                        execute(_PUT_DELIVERY, (endpoint.id, message.id, owner, place, due))
            execute(_PLACED, (place, owner))

    def send_to(self, endpoint: Endpoint, message: Message, now: Instant) -> None:
        """It has a place in the feed, which shows it to nobody."""
        with self._plain.writing() as execute:
            (place,) = execute(_HOLD_FEED, (endpoint.owner,)).fetchone()
            _put(execute, endpoint.owner, place, message)
            values = (endpoint.id, message.id, endpoint.owner, place, to_micros(now))
            execute(_PUT_DELIVERY, values)

    def feed(
        self, owner: PersonId, after: int, limit: int, type_: str = "", order: str = ""
    ) -> list[Told]:
        """By an index for each filter."""
        query = _FEED
        values: list[str | int] = [owner, after]
        for column, wanted in (("type", type_), ("order_id", order)):
            if wanted:
                query += f" AND m.{column} = ?"
                values.append(wanted)
        found = self._plain.ask(f"{query} ORDER BY m.place LIMIT ?", (*values, limit))
        return [Told(place, _message(*rest)) for place, *rest in found]

    def replay(
        self, endpoint: Endpoint, now: Instant, *, since: Instant | None, message: str | None
    ) -> int:
        """Its attempts so far stay in sight."""
        wanted: tuple[str, Any] = ("id = ?", message)
        if message is None:
            wanted = ("at >= ? AND m.order_id <> ''", to_micros(since) if since else 0)
        with self._plain.writing() as execute:
            query = f"{_AGAIN} AND m.{wanted[0]} ORDER BY m.place"
            found = execute(query, (endpoint.owner, wanted[1])).fetchall()
            again = [
                (endpoint.id, id_, endpoint.owner, place, to_micros(now))
                for id_, place, type_ in found
                if message or not endpoint.types or type_ in endpoint.types
            ]
            for values in again:
                execute(_PUT_DELIVERY, values)
        return len(again)

    def deliveries(self, endpoint: str, before: int | None, limit: int) -> list[Delivery]:
        """By their places."""
        found = self._plain.ask(_DELIVERIES, (endpoint, before or _LAST, limit))
        return [
            Delivery(
                endpoint, id_, type_, order, place, state, instant_or_none(at), _attempts(attempts)
            )
            for _, id_, type_, order, place, state, at, attempts in found
        ]

    def waiting(self, now: Instant) -> list[Endpoint]:
        """A search in the index for each endpoint."""
        return [_endpoint(*row) for row in self._plain.ask(_WAITING, (to_micros(now),))]

    def take(self, endpoint: Endpoint, now: Instant, until: Instant) -> Taken | None:
        """Looked at without a lock, then claimed: who was overtaken looks again."""
        for _ in range(_TRIES):
            found = self._plain.ask(_TAKE, (endpoint.id, to_micros(now)))
            if not found:
                break
            *columns, number, claims, attempts, secret, previous, previous_until, key = found[0]
            message = _message(*columns)
            mine = (to_micros(until), endpoint.id, message.id, claims)
            if run(self._plain, _CLAIM, mine):
                both = previous is not None and to_micros(now) < previous_until
                sealed = (secret, previous) if both else (secret,)
                secrets = tuple(open_own(key, endpoint.owner, _SEALED_AS, s) for s in sealed)
                tried = _attempts(attempts)
                return Taken(endpoint, message, number + 1, claims + 1, tried, secrets)
        return None

    def tried(
        self, taken: Taken, attempt: Attempt, state: DeliveryState, next_at: Instant | None
    ) -> None:
        """Kept with the last of those before."""
        attempts = msgspec.json.encode((*taken.attempts, attempt)[-_REMEMBERED:]).decode()
        due = None if next_at is None else to_micros(next_at)
        mine = (taken.endpoint.id, taken.message.id, taken.claim)
        run(self._plain, _TRIED, (state, due, attempts, *mine))

    def next_run(self) -> Instant | None:
        """Of endpoints that are on."""
        return instant_or_none(self._plain.ask(_NEXT_RUN)[0][0])


def _put(execute: Execute, owner: PersonId, place: int, message: Message) -> None:
    m = message
    execute(_PUT_MESSAGE, (owner, place, m.id, m.order, m.n, m.type, to_micros(m.at), m.body))


def _values(endpoint: Endpoint) -> Values:
    failing = None if endpoint.failing_since is None else to_micros(endpoint.failing_since)
    types = msgspec.json.encode(endpoint.types).decode()
    at = to_micros(endpoint.created_at)
    return (endpoint.id, endpoint.owner, endpoint.url, types, at, endpoint.off, failing)


def _endpoint(
    id_: str, owner: str, url: str, types: str, created_at: int, off: Any, failing: int | None
) -> Endpoint:
    heard = msgspec.json.decode(types, type=tuple[str, ...])
    return Endpoint(id_, owner, url, heard, from_micros(created_at), off, instant_or_none(failing))


def _message(id_: str, order: str, n: int, type_: str, at: int, body: str) -> Message:
    return Message(id_, order, n, type_, from_micros(at), body)


def _attempts(text: str) -> tuple[Attempt, ...]:
    return msgspec.json.decode(text, type=tuple[Attempt, ...])
