"""The statements that append to orders' streams.

Each touches one order's rows. A statement fails, and with it the transaction, when the order is
not as it was read, so that the COMMIT behind it in the pipeline need not wait for its answer: an
event's number or an idempotency key is taken, or a state is not at its version, which is made to
fail by dividing by the number of rows found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from msgspec import Struct

from amends.engine.store import Write
from amends.kernel.people import PersonId
from amends.store.batch import Batch, laid_out
from amends.store.emails import PUT_EMAIL, Digests, email_values
from amends.store.postgres.connections import Connection, Values, send, send_together
from amends.store.sealing import PersonKey

PUT_KEY = "INSERT INTO person_keys VALUES (%s, %s, %s)"
_PUT_EVENT = "INSERT INTO events VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
# A key that was erased since it was looked up is no value, which the column does not take.
_PUT_CONTENT = """INSERT INTO contents VALUES (%s, %s, %s, %s,
    (SELECT key_id FROM person_keys WHERE person = %s AND key_id = %s), %s)"""
PUT_JOB = "INSERT INTO jobs VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
_PUT_ANSWER = "INSERT INTO answers VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
_PUT_EMAIL = PUT_EMAIL.replace("?", "%s")
_NEW_STATE = "INSERT INTO states VALUES (%s, %s, %s, %s, %s, %s, %s)"
_MOVE_STATE = """UPDATE states SET version = %s, state = %s, code = %s, next_due = %s, head = %s
    WHERE order_id = %s AND version = %s AND head = %s RETURNING 1"""
_NEXT_STATE = f"WITH moved AS ({_MOVE_STATE}) SELECT 1 / count(*) FROM moved"  # noqa: S608
_STILL = "SELECT 1 / count(*) FROM states WHERE order_id = %s AND version = %s"
_STILL_NEW = "SELECT 1 / (1 - count(*)) FROM states WHERE order_id = %s"

_Shape = tuple[bool, bool]  # whether there is an answer, and a text


def _next_event(shape: _Shape) -> str:
    # What nearly every command writes, in one statement: a statement costs more than a row. The
    # condition is there because what is not asked for is not reckoned.
    answer, text = shape
    said = f", said AS ({_PUT_ANSWER})" if answer else ""
    kept = f", kept AS ({_PUT_CONTENT})" if text else ""
    return f"""WITH moved AS ({_MOVE_STATE}){said}{kept}
        INSERT INTO events SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s
        FROM (SELECT 1 / count(*) AS found FROM moved) AS guard WHERE found = 1"""  # noqa: S608


_NEXT_EVENT = {
    shape: _next_event(shape)
    for shape in ((False, False), (False, True), (True, False), (True, True))
}


class _Part(Struct):
    """One order's rows, and where it was expected to stand."""

    order: str
    expected: int
    head: bytes | None
    rows: Batch

    @property
    def shape(self) -> _Shape | None:
        """What goes along with the first event of an order that exists; None: nothing can."""
        rows = self.rows
        if not (self.expected and rows.states and rows.events):
            return None
        return bool(rows.answers), bool(rows.contents)

    def state(self) -> Values:
        """The values that move the state on."""
        order, *values, _slot = self.rows.states.pop()
        return (*values, order, self.expected, self.head)

    def first(self) -> Values:
        """The values of what goes together, which is no longer among the rows."""
        rows = self.rows
        answer = rows.answers.pop(0) if rows.answers else ()
        text = _content(*rows.contents.pop(0)) if rows.contents else ()
        return (*self.state(), *answer, *text, *rows.events.pop(0))


def send_record(
    db: Connection,
    writes: Sequence[Write],
    heads: Mapping[str, bytes],
    keys: Mapping[PersonId, PersonKey],
    digests: Digests,
) -> None:
    """Send all of some writes but their rows of projections."""
    parts = [
        _Part(w.order, w.expected, heads.get(w.order), laid_out((w,), heads, keys)) for w in writes
    ]
    unmoved = [part for part in parts if not part.rows.states]
    # Orders come in the order of everybody's, whatever goes together, so that nobody waits for
    # somebody who waits for them.
    for shape, alike in groupby(parts, lambda part: part.shape):
        if shape:
            send(db, _NEXT_EVENT[shape], [part.first() for part in alike])
    send_together(db, _PUT_EVENT, [row for part in parts for row in part.rows.events])
    send(db, _PUT_CONTENT, [_content(*row) for part in parts for row in part.rows.contents])
    send(db, _PUT_EMAIL, email_values(writes, digests))
    send(db, _NEXT_STATE, [p.state() for p in parts if p.expected and p.rows.states])
    send(db, _NEW_STATE, [row for part in parts for row in part.rows.states])
    send(db, _STILL, [(p.order, p.expected) for p in unmoved if p.expected])
    send(db, _STILL_NEW, [(p.order,) for p in unmoved if not p.expected])
    send_together(db, PUT_JOB, [row for part in parts for row in part.rows.jobs])
    send(db, _PUT_ANSWER, [row for part in parts for row in part.rows.answers])


def _content(order: str, ref: str, number: int, owner: str, key_id: str, sealed: bytes) -> Values:
    return (order, ref, number, owner, owner, key_id, sealed)
