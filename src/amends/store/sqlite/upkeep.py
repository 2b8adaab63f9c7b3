"""Orders seen whole on SQLite, for checking and rebuilding."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence

from amends.engine.store import Durability, SealedText, Snapshot, StoredState, StuckJobs
from amends.kernel.instants import Instant
from amends.kernel.record import Row
from amends.store.batch import stored_state
from amends.store.listing import WAITING_REFUNDS
from amends.store.sealing import sealed_text
from amends.store.sqlite.connections import Connections
from amends.store.sqlite.records import put_state, read_events
from amends.store.sqlite.rows import clear_rows, read_rows, write_rows
from amends.store.tables import TABLES

_ONE_TABLE = """SELECT * FROM (SELECT DISTINCT order_id FROM {table} WHERE order_id > ?1
    ORDER BY order_id LIMIT ?2)"""
_ORDERS = (
    " UNION ".join(
        _ONE_TABLE.format(table=table) for table in ("events", "states", "contents", *TABLES)
    )
    + " ORDER BY order_id LIMIT ?2"
)
_SYNCHRONOUS = ("OFF", "NORMAL", "FULL", "EXTRA")
_STATE = "SELECT version, state, code, next_due, head FROM states WHERE order_id = ?"
_SAMPLE = "SELECT order_id FROM states ORDER BY random() LIMIT ?"
_STUCK = """SELECT kind, count(*), min(order_id) FROM jobs WHERE attempts >= ?
    GROUP BY kind ORDER BY kind"""
_SEALED = "SELECT number, ref, owner, sealed FROM contents WHERE order_id = ? ORDER BY ref"


class SqliteUpkeep:
    """See ``amends.engine.store.Upkeep``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def orders(self, after: str = "", limit: int = 500) -> list[str]:
        """Ids past ``after``."""
        with self._connections.reading() as db:
            return [order for (order,) in db.execute(_ORDERS, (after, limit))]

    def snapshot(self, order: str) -> Snapshot:
        """Everything about one order at one instant."""
        sealed: dict[int, list[SealedText]] = defaultdict(list)
        with self._connections.reading() as db:
            events = tuple(read_events(db, order))
            found = db.execute(_STATE, (order,)).fetchone()
            rows = read_rows(db, order)
            for number, ref, owner, text in db.execute(_SEALED, (order,)):
                sealed[number].append(sealed_text(ref, owner, text))
        state, head = None, None
        if found:
            version, data, code, due, head = found
            state = stored_state(version, data, code, due)
        return Snapshot(events, state, head, rows, {n: tuple(s) for n, s in sealed.items()})

    def restore(self, order: str, state: StoredState, head: bytes, rows: Sequence[Row]) -> bool:
        """Replace what is derived, unless the stream went on meanwhile."""
        with self._connections.writing() as db:
            (last,) = db.execute(
                "SELECT MAX(number) FROM events WHERE order_id = ?", (order,)
            ).fetchone()
            if last != state.version:
                return False
            put_state(db, order, state, head)
            clear_rows(db, order)
            write_rows(db, [(order, row) for row in rows])
        return True

    def durability(self) -> Durability:
        """What the connection that writes is set to."""
        with self._connections.writing() as db:
            (journal,) = db.execute("PRAGMA journal_mode").fetchone()
            (level,) = db.execute("PRAGMA synchronous").fetchone()
        settings = {"journal_mode": journal, "synchronous": _SYNCHRONOUS[level]}
        warnings = []
        if level < _SYNCHRONOUS.index("FULL"):
            warnings.append("synchronous is below FULL: a power cut loses acknowledged commits")
        if journal != "wal":
            warnings.append(f"journal_mode is {journal}, not wal: readers and the writer wait")
        return Durability(f"SQLite {sqlite3.sqlite_version}", settings, tuple(warnings))

    def sample(self, limit: int) -> list[str]:
        """Orders at random."""
        with self._connections.reading() as db:
            return [order for (order,) in db.execute(_SAMPLE, (limit,))]

    def stuck(self, attempts: int) -> list[StuckJobs]:
        """Reads the whole outbox."""
        with self._connections.reading() as db:
            return [StuckJobs(*values) for values in db.execute(_STUCK, (attempts,))]

    def waiting_refunds(self) -> dict[str, int]:
        """By their states, and by what finance is asked."""
        with self._connections.reading() as db:
            return dict(db.execute(WAITING_REFUNDS))

    def server_time(self) -> Instant | None:
        """A file has none."""
        return None
