"""Streams, states and texts on SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence

from amends.engine.slots import ALL_SLOTS
from amends.engine.store import (
    AnswerKey,
    ContentKey,
    Due,
    Loaded,
    NotWritten,
    SavedAnswer,
    StoredEvent,
    StoredState,
    Write,
)
from amends.kernel.instants import Instant, Outage, from_micros, to_micros
from amends.kernel.people import PersonId
from amends.store.batch import (
    instant_or_none,
    laid_out,
    owners_of,
    saved_answers,
    state_values,
    stored_events,
    stored_state,
)
from amends.store.emails import PUT_EMAIL, Digests, email_values, forgetting
from amends.store.ruling_words import forget_words
from amends.store.sealing import PersonKey, new_key, unseal
from amends.store.sqlite.connections import Connections
from amends.store.sqlite.jobs import PUT_JOB
from amends.store.sqlite.rows import as_json, write_rows
from amends.store.webhooks import ANY_ENDPOINT

_STATES = """SELECT order_id, version, state, code, next_due, head FROM states
    WHERE order_id IN (SELECT value FROM json_each(?))"""
_ANSWERS = """SELECT a.order_id, a.caller, a.key, a.digest, a.at, a.since, a.version, a.refusal
    FROM json_each(?) AS k CROSS JOIN answers AS a ON a.order_id = json_extract(k.value, '$[0]')
    AND a.caller = json_extract(k.value, '$[1]') AND a.key = json_extract(k.value, '$[2]')"""
_OUTAGES = "SELECT since, until FROM outages WHERE until > ? ORDER BY since"
_HEADS = """SELECT order_id, version, head FROM states
    WHERE order_id IN (SELECT value FROM json_each(?))"""
_EVENTS = """SELECT number, at, by_person, by_role, command_id, type, body, hash FROM events
    WHERE order_id = ? AND number > ? AND number <= ? ORDER BY number"""
_TEXTS = """SELECT c.order_id, c.ref, c.owner, c.sealed, p.secret
    FROM json_each(?) AS k CROSS JOIN contents AS c ON c.order_id = json_extract(k.value, '$[0]')
    AND c.ref = json_extract(k.value, '$[1]')
    LEFT JOIN person_keys AS p ON p.person = c.owner AND p.key_id = c.key_id"""
_KEYS = """SELECT person, key_id, secret FROM person_keys
    WHERE person IN (SELECT value FROM json_each(?))"""
_DUE = """SELECT next_due, order_id FROM states WHERE slot = ? AND next_due <= ?
    AND (next_due, order_id) > (?, ?) ORDER BY next_due, order_id LIMIT ?"""
_NEXT_DUE = "SELECT MIN(next_due) FROM states WHERE slot = ? AND next_due > ?"
_PUT_EVENT = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_PUT_CONTENT = "INSERT INTO contents VALUES (?, ?, ?, ?, ?, ?)"
_PUT_STATE = """INSERT INTO states VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (order_id) DO UPDATE SET
    version = excluded.version, state = excluded.state, code = excluded.code,
    next_due = excluded.next_due, head = excluded.head"""
_PUT_ANSWER = "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_LAST = 2**63 - 1


class SqliteRecords:
    """See ``amends.engine.store.Records``."""

    def __init__(self, connections: Connections, digests: Digests) -> None:
        self._connections = connections
        self._digests = digests

    def load(
        self,
        orders: Collection[str],
        keys: Collection[AnswerKey],
        outages_since: Instant,
        writers: Collection[PersonId] = (),
    ) -> Loaded:
        """States, saved answers and outages, seen at one instant."""
        with self._connections.reading() as db:
            found = db.execute(_STATES, (as_json(orders),)).fetchall()
            return Loaded(
                {order: stored_state(*values) for order, *values, _ in found},
                {values[0]: values[-1] for values in found},
                _answers(db, keys),
                tuple(
                    Outage(from_micros(since), from_micros(until))
                    for since, until in db.execute(_OUTAGES, (to_micros(outages_since),))
                ),
                db.execute(ANY_ENDPOINT).fetchone() is not None,
            )

    def write(self, writes: Iterable[Write]) -> frozenset[str]:
        """Record a batch in one transaction; the orders that clashed are returned."""
        # There is one writer at a time: nobody is to wait for it while decisions are made.
        batch = list(writes)
        if not batch:
            return frozenset()
        with self._connections.writing() as db:
            try:
                return _write(db, batch, self._digests)
            except Exception as error:
                # What fails before COMMIT is certain to be undone; a failing COMMIT is not.
                raise NotWritten("nothing of the batch was written") from error

    def events(self, order: str, after: int = 0, upto: int | None = None) -> list[StoredEvent]:
        """A stretch of the stream."""
        with self._connections.reading() as db:
            return read_events(db, order, after, upto)

    def texts(self, wanted: Collection[ContentKey]) -> dict[ContentKey, str | None]:
        """Texts, None where the key is gone."""
        with self._connections.reading() as db:
            found = db.execute(_TEXTS, (as_json(wanted),)).fetchall()
        return {
            (order, ref): None if secret is None else unseal(secret, order, ref, owner, sealed)
            for order, ref, owner, sealed, secret in found
        }

    def erase(self, person: PersonId) -> bool:
        """Delete the key, in the log beside the database too."""
        with self._connections.writing() as db:
            gone = db.execute("DELETE FROM person_keys WHERE person = ?", (person,)).rowcount > 0
            for statement, values in forgetting(person):
                db.execute(statement, values)
            forget_words(db.execute, person)
        self._connections.empty_log()
        return gone

    def due(self, at: Instant, each: int, slots: Mapping[int, Due | None]) -> list[Due]:
        """Due orders, slot by slot: each is a search in the index."""
        until, found = to_micros(at), []
        with self._connections.reading() as db:
            for slot, place in slots.items():
                past = (to_micros(place[0]), place[1]) if place else (-_LAST, "")
                found += db.execute(_DUE, (slot, until, *past, each)).fetchall()
        return [(from_micros(due), order) for due, order in sorted(found)]

    def next_due(self, after: Instant | None = None) -> Instant | None:
        """The earliest of the heads of all slots."""
        past = -_LAST if after is None else to_micros(after)
        with self._connections.reading() as db:
            heads = [db.execute(_NEXT_DUE, (slot, past)).fetchone()[0] for slot in ALL_SLOTS]
        return instant_or_none(min((due for due in heads if due is not None), default=None))


def read_events(
    db: sqlite3.Connection, order: str, after: int = 0, upto: int | None = None
) -> list[StoredEvent]:
    """Events ``after + 1`` to ``upto`` of one order."""
    found = db.execute(_EVENTS, (order, after, _LAST if upto is None else upto))
    return stored_events(found.fetchall())


def _write(db: sqlite3.Connection, writes: Sequence[Write], digests: Digests) -> frozenset[str]:
    heads = {
        order: (version, head)
        for order, version, head in db.execute(_HEADS, (as_json(w.order for w in writes),))
    }
    keys = [(w.order, a.caller, a.key) for w in writes for a in w.answers]
    clashed = {order for order, _, _ in _answers(db, keys)} if keys else set()
    clashed |= {w.order for w in writes if w.expected != heads.get(w.order, (0, b""))[0]}
    kept = [w for w in writes if w.order not in clashed]
    ends = {order: head for order, (_, head) in heads.items()}
    batch = laid_out(kept, ends, _person_keys(db, kept))
    db.executemany(_PUT_EVENT, batch.events)
    db.executemany(_PUT_CONTENT, batch.contents)
    db.executemany(PUT_EMAIL, email_values(kept, digests))
    db.executemany(_PUT_STATE, batch.states)
    write_rows(db, [(w.order, row) for w in kept for row in w.rows])
    db.executemany(PUT_JOB, batch.jobs)
    db.executemany(_PUT_ANSWER, batch.answers)
    return frozenset(clashed)


def put_state(db: sqlite3.Connection, order: str, state: StoredState, head: bytes) -> None:
    """Write an order's state, whatever was there."""
    db.execute(_PUT_STATE, state_values(order, state, head))


def _answers(db: sqlite3.Connection, keys: Collection[AnswerKey]) -> dict[AnswerKey, SavedAnswer]:
    return saved_answers(db.execute(_ANSWERS, (as_json(keys),)).fetchall()) if keys else {}


def _person_keys(db: sqlite3.Connection, writes: Sequence[Write]) -> dict[PersonId, PersonKey]:
    owners = owners_of(writes)
    if not owners:
        return {}
    keys = {
        person: PersonKey(key_id, secret)
        for person, key_id, secret in db.execute(_KEYS, (as_json(owners),))
    }
    made = {owner: new_key() for owner in sorted(owners - keys.keys())}
    db.executemany(
        "INSERT INTO person_keys VALUES (?, ?, ?)",
        [(person, key.id, key.secret) for person, key in made.items()],
    )
    return keys | made
