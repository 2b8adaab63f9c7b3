"""Streams, states and texts on PostgreSQL.

Every statement of a command's path touches one order's rows only, so that the tables can be spread
over many servers by ``order_id``; many orders share a round trip because statements are sent in a
pipeline. Nothing is locked before it is written. Who comes second is found out by the keys: an
event's number is taken, or the state is not at the version that was read.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, zip_longest

import psycopg
from psycopg import errors

from amends.engine.slots import SLOTS
from amends.engine.store import (
    AnswerKey,
    ContentKey,
    Due,
    Loaded,
    NotWritten,
    StoredEvent,
    Unavailable,
    Write,
)
from amends.kernel.instants import Instant, Outage, from_micros, to_micros
from amends.kernel.people import PersonId
from amends.store.batch import (
    instant_or_none,
    owners_of,
    saved_answers,
    stored_events,
    stored_state,
)
from amends.store.emails import Digests, forgetting
from amends.store.postgres.appending import PUT_KEY, send_record
from amends.store.postgres.connections import (
    Connection,
    ConnectionLost,
    Connections,
    Question,
    Values,
    begin,
    pipeline,
    send,
)
from amends.store.postgres.loading import copy_new, is_new
from amends.store.postgres.rows import write_rows
from amends.store.ruling_words import forget_words
from amends.store.sealing import PersonKey, new_key, unseal
from amends.store.webhooks import ANY_ENDPOINT

# One question for each request: the order, what was answered under its key, and the key of whoever
# may have texts in what is written next. What is not there leaves its columns empty.
_LOOK = """SELECT s.order_id, s.version, s.state, s.code, s.next_due, s.head,
    a.order_id, a.caller, a.key, a.digest, a.at, a.since, a.version, a.refusal,
    p.person, p.key_id, p.secret
    FROM (SELECT 1) AS one LEFT JOIN states AS s ON s.order_id = %s
    LEFT JOIN answers AS a ON a.order_id = %s AND a.caller = %s AND a.key = %s
    LEFT JOIN person_keys AS p ON p.person = %s"""
_OF_STATE, _OF_ANSWER, _OF_KEY = slice(0, 6), slice(6, 14), slice(14, 17)
_STATES = """SELECT order_id, version, state, code, next_due, head FROM states
    WHERE order_id = ANY(%s)"""
_OUTAGES = "SELECT since, until FROM outages WHERE until > %s ORDER BY since"
_HEAD = "SELECT order_id, version, head FROM states WHERE order_id = %s"
_ANSWERED = "SELECT order_id FROM answers WHERE order_id = %s AND caller = %s AND key = %s"
_EVENT = "SELECT 1 FROM events WHERE order_id = %s AND number = %s AND command_id = %s"
_ANSWER = """SELECT 1 FROM answers WHERE order_id = %s AND caller = %s AND key = %s
    AND digest = %s AND at = %s AND version = %s"""
LAST = 2**63 - 1
EVENTS = """SELECT number, at, by_person, by_role, command_id, type, body, hash FROM events
    WHERE order_id = %s AND number > %s AND number <= %s ORDER BY number"""
_TEXTS = """SELECT c.order_id, c.ref, c.owner, c.sealed, p.secret FROM contents AS c
    LEFT JOIN person_keys AS p ON p.person = c.owner AND p.key_id = c.key_id
    WHERE c.order_id = %s AND c.ref = ANY(%s)"""
_TEXTS_OF_MANY = """SELECT c.order_id, c.ref, c.owner, c.sealed, p.secret
    FROM unnest(%s::text[], %s::text[]) AS wanted (order_id, ref)
    JOIN contents AS c ON c.order_id = wanted.order_id AND c.ref = wanted.ref
    LEFT JOIN person_keys AS p ON p.person = c.owner AND p.key_id = c.key_id"""
_KEY = "SELECT person, key_id, secret FROM person_keys WHERE person = %s"
_DUE = """SELECT due.next_due, due.order_id
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS place (slot, at, order_id)
    CROSS JOIN LATERAL (SELECT next_due, order_id FROM states
        WHERE slot = place.slot AND next_due <= %s
        AND (next_due, order_id) > (place.at, place.order_id COLLATE "C")
        ORDER BY next_due, order_id LIMIT %s) AS due"""
_NEXT_DUE = """SELECT min(head.next_due) FROM generate_series(0, %s - 1) AS held (slot)
    CROSS JOIN LATERAL (SELECT next_due FROM states WHERE slot = held.slot AND next_due > %s
        ORDER BY next_due LIMIT 1) AS head"""
_NO_KEY = (None, None, None)
_NOTHING = (None, *_NO_KEY)
_TRIES = 5
_AT_ONCE = 16
# So many orders at once are a list's or, with texts to be written, a feed's. They are asked for in
# one statement, not in one each; and when so many were new that were written, what is still to come
# is loaded as one.
_A_LIST, _A_FEED = 16, 500
# Texts of no more orders than this may be those of a group of commands, of which no statement is to
# touch two orders; of more, they are a list's.
_A_GROUP = 64
_NEW_ENOUGH = 128
_KEYS_HELD = 1024
_TAKEN = (errors.UniqueViolation, errors.DivisionByZero, errors.NotNullViolation)
_IN_THE_WAY = (errors.SerializationFailure, errors.DeadlockDetected, errors.LockNotAvailable)


class PostgresRecords:
    """See ``amends.engine.store.Records``."""

    def __init__(self, connections: Connections, digests: Digests) -> None:
        self._connections = connections
        self._digests = digests
        self._keys = _LookedUp()

    def load(
        self,
        orders: Collection[str],
        keys: Collection[AnswerKey],
        outages_since: Instant,
        writers: Collection[PersonId] = (),
    ) -> Loaded:
        """States, saved answers and outages, seen at one instant."""
        since = (_OUTAGES, (to_micros(outages_since),))
        if not keys and len(orders) >= (_A_FEED if writers else _A_LIST):
            outages, listening, states = self._connections.look(
                since, (ANY_ENDPOINT, ()), (_STATES, (list(orders),))
            )
            return _loaded(states, [], outages, listening)
        questions = ((_LOOK, values) for values in _asked(orders, keys, writers))
        outages, listening, *found = self._connections.look(since, (ANY_ENDPOINT, ()), *questions)
        rows = [row for (row,) in found]
        self._keys.put(_person_keys(row[_OF_KEY] for row in rows))
        return _loaded(
            [row[_OF_STATE] for row in rows if row[0] is not None],
            [row[_OF_ANSWER] for row in rows if row[6] is not None],
            outages,
            listening,
        )

    def write(self, writes: Iterable[Write]) -> frozenset[str]:
        """Record a batch in one transaction; the orders that clashed are returned.

        The batch is written as if nobody else wrote, and while it is being made; only when that
        fails is it asked who was overtaken, and the others are written again. When the connection
        broke it is looked whether the batch is there: to write it again does no harm, because what
        was recorded after all stands in its way.
        """
        coming = iter(writes)
        taken: list[Write] = []

        def each() -> Iterator[Write]:
            for write in coming:
                taken.append(write)
                yield write

        clashed: set[str] = set()
        kept: Iterable[Write] = each()
        lost = False
        for _ in range(_TRIES):
            try:
                self._write(kept)
                return frozenset(clashed)
            except (ConnectionLost, *_TAKEN, *_IN_THE_WAY) as error:
                failed: Exception = error
            except Unavailable:
                raise
            except Exception as error:
                failed = error
                break
            taken.extend(coming)
            batch = [w for w in taken if w.order not in clashed]
            lost = lost or isinstance(failed, ConnectionLost)
            if lost and self._is_recorded(batch):
                return frozenset(clashed)
            if isinstance(failed, psycopg.Error):
                overtaken = self._overtaken(batch)
                clashed |= overtaken
                if not overtaken and not _passes(failed):
                    break
            # In the same order as everybody's, so that two batches never wait for each other.
            kept = sorted((w for w in batch if w.order not in clashed), key=lambda w: w.order)
        if lost:
            raise Unavailable("whether the batch was written is not known") from failed
        raise NotWritten("nothing of the batch was written") from failed

    def events(self, order: str, after: int = 0, upto: int | None = None) -> list[StoredEvent]:
        """A stretch of the stream."""
        last = LAST if upto is None else upto
        return stored_events(self._connections.ask(EVENTS, (order, after, last)))

    def texts(self, wanted: Collection[ContentKey]) -> dict[ContentKey, str | None]:
        """Texts, None where the key is gone."""
        refs: dict[str, list[str]] = defaultdict(list)
        for order, ref in wanted:
            refs[order].append(ref)
        if len(refs) > _A_GROUP:
            of, named = zip(*wanted, strict=True)
            found = [self._connections.ask(_TEXTS_OF_MANY, (list(of), list(named)))]
        else:
            found = self._connections.look(*((_TEXTS, item) for item in refs.items()))
        return {
            (order, ref): None if secret is None else unseal(secret, order, ref, owner, sealed)
            for rows in found
            for order, ref, owner, sealed, secret in rows
        }

    def erase(self, person: PersonId) -> bool:
        """Delete the key. Its bytes go when the server vacuums the page, and leave its log and
        back-ups when these are recycled: how long they are kept bounds an erasure."""
        with self._connections.writing() as db:
            gone = db.execute("DELETE FROM person_keys WHERE person = %s", (person,))
            for statement, values in forgetting(person):
                db.execute(statement.replace("?", "%s"), values)
            forget_words(lambda text, values: db.execute(text.replace("?", "%s"), values), person)
        return gone.rowcount > 0

    def due(self, at: Instant, each: int, slots: Mapping[int, Due | None]) -> list[Due]:
        """Due orders: for each slot a search in the index, all in one statement."""
        places = [
            (slot, to_micros(place[0]), place[1]) if place else (slot, -LAST, "")
            for slot, place in slots.items()
        ]
        columns = [list(column) for column in zip(*places, strict=True)]
        found = self._connections.ask(_DUE, (*columns, to_micros(at), each)) if places else ()
        return [(from_micros(due), order) for due, order in sorted(found)]

    def next_due(self, after: Instant | None = None) -> Instant | None:
        """The earliest of the heads of all slots."""
        past = -LAST if after is None else to_micros(after)
        ((due,),) = self._connections.ask(_NEXT_DUE, (SLOTS, past))
        return instant_or_none(due)

    def _write(self, writes: Iterable[Write]) -> None:
        coming = iter(writes)
        first = list(islice(coming, _AT_ONCE))
        if not first:
            return
        sent, only_new = 0, True
        with self._connections.borrowed() as db:
            with pipeline(db):
                begin(db)
                # The server works on what it was sent while the next writes are being made.
                for some in chain([first], iter(lambda: list(islice(coming, _AT_ONCE)), [])):
                    self._send(db, some)
                    sent += len(some)
                    only_new = only_new and all(map(is_new, some))
                    if only_new and sent >= _NEW_ENOUGH:
                        break
                else:
                    db.execute("COMMIT")
                    return
            self._load(db, list(coming))
            db.execute("COMMIT")

    def _load(self, db: Connection, writes: Sequence[Write]) -> None:
        copy_new(db, [w for w in writes if is_new(w)], self._digests)
        with pipeline(db):
            self._send(db, [w for w in writes if not is_new(w)])

    def _send(self, db: Connection, writes: Sequence[Write]) -> None:
        heads, keys, made = self._needed(db, writes)
        send(db, PUT_KEY, [(person, key.id, key.secret) for person, key in made.items()])
        send_record(db, writes, heads, keys | made, self._digests)
        write_rows(db, [(w.order, row) for w in writes for row in w.rows])

    def _needed(
        self, db: Connection, writes: Sequence[Write]
    ) -> tuple[dict[str, bytes], dict[PersonId, PersonKey], dict[PersonId, PersonKey]]:
        """The chains' ends, the keys of those whose texts are sealed, and those to be made."""
        heads = {w.order: w.head for w in writes if w.head is not None}
        wanted = owners_of(writes)
        keys = self._keys.take(wanted)
        ends = [db.execute(_HEAD, (w.order,)) for w in writes if w.expected and w.head is None]
        secrets = [db.execute(_KEY, (owner,)) for owner in sorted(wanted - keys.keys())]
        heads |= {order: head for end in ends for order, _, head in end.fetchall()}
        keys |= _person_keys(row for secret in secrets for row in secret.fetchall())
        return heads, keys, {owner: new_key() for owner in sorted(wanted - keys.keys())}

    def _is_recorded(self, writes: Sequence[Write]) -> bool:
        """Whether the batch is there: one mark that only it can have left tells for all of it."""
        marks = (mark for write in writes if (mark := _mark(write)))
        first = next(marks, None)
        return first is not None and bool(self._connections.ask(*first))

    def _overtaken(self, writes: Sequence[Write]) -> set[str]:
        """Whose order is not at the expected version, or whose key was answered."""
        keys = [(w.order, a.caller, a.key) for w in writes for a in w.answers]
        found = self._connections.look(
            *((_HEAD, (w.order,)) for w in writes), *((_ANSWERED, key) for key in keys)
        )
        versions = [rows[0][1] if rows else 0 for rows in found[: len(writes)]]
        moved = {w.order for w, at in zip(writes, versions, strict=True) if w.expected != at}
        return moved | {order for rows in found[len(writes) :] for (order,) in rows}


class _LookedUp:
    """Keys that ``load`` has read for the ``write`` that follows it, each for one use.

    Bounded, because not every load is followed by one. A key that is erased in between is found out
    when it is used.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: dict[PersonId, PersonKey] = {}

    def put(self, keys: Mapping[PersonId, PersonKey]) -> None:
        with self._lock:
            self._keys |= keys
            for person in list(self._keys)[: max(0, len(self._keys) - _KEYS_HELD)]:
                del self._keys[person]

    def take(self, people: Collection[PersonId]) -> dict[PersonId, PersonKey]:
        with self._lock:
            return {person: self._keys.pop(person) for person in people if person in self._keys}


def _loaded(
    states: list[Values], answers: list[Values], outages: list[Values], listening: list[Values]
) -> Loaded:
    return Loaded(
        {order: stored_state(*values) for order, *values, _ in states},
        {values[0]: values[-1] for values in states},
        saved_answers(answers),
        tuple(Outage(from_micros(since), from_micros(until)) for since, until in outages),
        bool(listening),
    )


def _asked(
    orders: Collection[str], keys: Collection[AnswerKey], writers: Collection[PersonId]
) -> Iterator[Values]:
    """The values of each question: every order once with a key of its own if it has any, then the
    keys that are left; and with each a writer, as long as there are any."""
    of_order: dict[str, list[AnswerKey]] = defaultdict(list)
    for key in keys:
        of_order[key[0]].append(key)
    asked: list[Values] = []
    for order in orders:
        its = of_order[order]
        asked.append((order, *(its.pop() if its else _NO_KEY)))
    asked += [(None, *key) for its in of_order.values() for key in its]
    for about, writer in zip_longest(asked, writers):
        yield (*(about or _NOTHING), writer)


def _person_keys(found: Iterable[Values]) -> dict[PersonId, PersonKey]:
    return {
        person: PersonKey(key_id, secret) for person, key_id, secret in found if person is not None
    }


def _mark(write: Write) -> Question | None:
    """Asks for what a write leaves behind that no other does; None: nothing."""
    if write.events:
        return _EVENT, (write.order, write.expected + 1, write.events[0].command_id)
    if write.answers:
        a = write.answers[0]
        return _ANSWER, (write.order, a.caller, a.key, a.digest, to_micros(a.at), a.version)
    return None


def _passes(error: psycopg.Error) -> bool:
    """Whether the same may succeed when it is tried again, though no order was overtaken."""
    at = (error.diag.table_name, error.diag.column_name)
    return isinstance(error, _IN_THE_WAY) or at[0] == "person_keys" or at == ("contents", "key_id")
