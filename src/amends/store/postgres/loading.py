"""Many new orders at once, as a feed brings them, by ``COPY``.

A statement costs more than a row, and ``COPY`` is one statement for all rows of a table, which a
cluster that spreads tables by ``order_id`` spreads too. It only adds: whatever is there already
makes it fail, and with it the transaction, as it does for a single order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from amends.engine.store import Write
from amends.store.batch import Values, laid_out, owners_of
from amends.store.emails import Digests, email_values
from amends.store.postgres.connections import Connection
from amends.store.rows import changes
from amends.store.sealing import PersonKey, new_key
from amends.store.tables import TABLES

_KEYS = "SELECT person, key_id, secret FROM person_keys WHERE person = ANY(%s)"


def is_new(write: Write) -> bool:
    """Whether all of it only adds rows."""
    return not write.expected and write.state is not None


def copy_new(db: Connection, writes: Sequence[Write], digests: Digests) -> None:
    """Add orders of which there is nothing yet, in the transaction under way.

    Raises UniqueViolation when there is something of one of them.
    """
    owners = owners_of(writes)
    found = db.execute(_KEYS, (list(owners),)).fetchall()
    keys = {person: PersonKey(key_id, secret) for person, key_id, secret in found}
    made = {owner: new_key() for owner in sorted(owners - keys.keys())}
    batch = laid_out(writes, {}, keys | made)
    rows = changes((w.order, row) for w in writes for row in w.rows)
    _copy(db, "person_keys", [(person, key.id, key.secret) for person, key in made.items()])
    _copy(db, "events", batch.events)
    _copy(db, "contents", batch.contents)
    _copy(db, "email_digests", email_values(writes, digests))
    _copy(db, "states", batch.states)
    _copy(db, "jobs", batch.jobs)
    _copy(db, "answers", batch.answers)
    for name, values in rows.put.items():
        _copy(db, name, values, TABLES[name].columns)


def _copy(db: Connection, table: str, rows: Iterable[Values], columns: Sequence[str] = ()) -> None:
    into = f"{table} ({', '.join(columns)})" if columns else table
    with db.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
