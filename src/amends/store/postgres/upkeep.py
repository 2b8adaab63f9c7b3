"""Orders seen whole on PostgreSQL, for checking and rebuilding; and how safe commits are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from amends.engine.store import Durability, SealedText, Snapshot, StoredState, StuckJobs
from amends.kernel.instants import Instant, from_micros
from amends.kernel.record import Row
from amends.store.batch import state_values, stored_events, stored_state
from amends.store.listing import WAITING_REFUNDS
from amends.store.postgres.connections import Connections
from amends.store.postgres.records import EVENTS, LAST
from amends.store.postgres.rows import clear_rows, questions_about, rows_of, write_rows
from amends.store.sealing import sealed_text
from amends.store.tables import TABLES

OLDEST = 150000
"""The oldest server we are tested with, as ``server_version_num`` tells it."""

_ONE_TABLE = """(SELECT DISTINCT order_id FROM {table} WHERE order_id > %s
    ORDER BY order_id LIMIT %s)"""
_TABLES = ("events", "states", "contents", *TABLES)
_ORDERS = (
    " UNION ".join(_ONE_TABLE.format(table=table) for table in _TABLES)
    + " ORDER BY order_id LIMIT %s"
)
_STATE = "SELECT version, state, code, next_due, head FROM states WHERE order_id = %s"
_SAMPLE = "SELECT order_id FROM states ORDER BY random() LIMIT %s"
_STUCK = """SELECT kind, count(*), min(order_id) FROM jobs WHERE attempts >= %s
    GROUP BY kind ORDER BY kind"""
_TIME = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_SEALED = "SELECT number, ref, owner, sealed FROM contents WHERE order_id = %s ORDER BY ref"
_LOCK = "SELECT 1 FROM states WHERE order_id = %s FOR UPDATE"
_NEWEST = "SELECT MAX(number) FROM events WHERE order_id = %s"
_PUT_STATE = """INSERT INTO states VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (order_id) DO UPDATE SET version = excluded.version, state = excluded.state,
    code = excluded.code, next_due = excluded.next_due, head = excluded.head"""
_SETTINGS = (
    "fsync",
    "full_page_writes",
    "synchronous_commit",
    "synchronous_standby_names",
    "wal_level",
    "server_encoding",
)
_SETTING = "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)"
_SERVER = "SELECT current_setting('server_version_num')::bigint, pg_is_in_recovery()"
_UNLOGGED = """SELECT relname FROM pg_class WHERE relpersistence = 'u' AND relkind = 'r'
    AND pg_table_is_visible(oid) ORDER BY relname"""


class PostgresUpkeep:
    """See ``amends.engine.store.Upkeep``."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def orders(self, after: str = "", limit: int = 500) -> list[str]:
        """Ids past ``after``."""
        values = (*((after, limit) * len(_TABLES)), limit)
        return [order for (order,) in self._connections.ask(_ORDERS, values)]

    def snapshot(self, order: str) -> Snapshot:
        """Everything about one order at one instant."""
        events, states, texts, *rows = self._connections.look(
            (EVENTS, (order, 0, LAST)),
            (_STATE, (order,)),
            (_SEALED, (order,)),
            *questions_about(order),
        )
        sealed: dict[int, list[SealedText]] = defaultdict(list)
        for number, ref, owner, text in texts:
            sealed[number].append(sealed_text(ref, owner, text))
        return Snapshot(
            tuple(stored_events(events)),
            stored_state(*states[0][:-1]) if states else None,
            states[0][-1] if states else None,
            rows_of(rows),
            {number: tuple(of_event) for number, of_event in sealed.items()},
        )

    def restore(self, order: str, state: StoredState, head: bytes, rows: Sequence[Row]) -> bool:
        """Replace what is derived, unless the stream went on meanwhile."""
        with self._connections.writing() as db:
            # Who writes an event moves the state after it: once we hold the state's row, either
            # their event is to be seen, or they find the state as we leave it.
            db.execute(_LOCK, (order,))
            newest = db.execute(_NEWEST, (order,)).fetchone()
            if newest != (state.version,):
                return False
            db.execute(_PUT_STATE, state_values(order, state, head))
            clear_rows(db, order)
            write_rows(db, [(order, row) for row in rows])
        return True

    def durability(self) -> Durability:
        """What the server is set to, for this role and database."""
        found, server, unlogged = self._connections.look(
            (_SETTING, (list(_SETTINGS),)), (_SERVER, ()), (_UNLOGGED, ())
        )
        settings: dict[str, str] = dict(sorted(found))
        ((version, standby),) = server
        tables = [name for (name,) in unlogged]
        return Durability(
            f"PostgreSQL {version // 10000}.{version % 10000}",
            settings,
            tuple(_warnings(settings, tables)),
            tuple(_failures(settings, version, standby)),
        )

    def sample(self, limit: int) -> list[str]:
        """Orders at random."""
        return [order for (order,) in self._connections.ask(_SAMPLE, (limit,))]

    def stuck(self, attempts: int) -> list[StuckJobs]:
        """Reads the whole outbox."""
        return [StuckJobs(*values) for values in self._connections.ask(_STUCK, (attempts,))]

    def waiting_refunds(self) -> dict[str, int]:
        """By their states, and by what finance is asked."""
        return dict(self._connections.ask(WAITING_REFUNDS))

    def server_time(self) -> Instant | None:
        """The server's clock."""
        ((now,),) = self._connections.ask(_TIME)
        return from_micros(now)


def _warnings(settings: dict[str, str], unlogged: Sequence[str]) -> Iterator[str]:
    commit, standbys = settings["synchronous_commit"], settings["synchronous_standby_names"]
    if settings["fsync"] != "on":
        yield "fsync is off: a crash loses acknowledged commits and may ruin the database"
    if settings["full_page_writes"] != "on":
        yield "full_page_writes is off: a power cut may tear pages for good"
    if commit == "off":
        yield "synchronous_commit is off: we turn it on for our own commits only; set it on"
    if standbys and commit in ("local", "remote_write"):
        yield (
            f"synchronous_commit is {commit}: a failover to the standby may lose acknowledged"
            " commits; set it on"
        )
    if unlogged:
        yield f"a crash empties unlogged tables: {', '.join(unlogged)}"


def _failures(settings: dict[str, str], version: int, standby: bool) -> Iterator[str]:
    if settings["server_encoding"] != "UTF8":
        yield f"server_encoding is {settings['server_encoding']}: texts need UTF8"
    if version < OLDEST:
        yield f"PostgreSQL {version // 10000} is older than the oldest that will do, which is 15"
    if standby:
        yield "the server is a standby: it takes no writes"
