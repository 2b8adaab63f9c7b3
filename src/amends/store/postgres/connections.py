"""A bounded pool of connections, and the two ways they are used: a look and a transaction.

Everything a transaction needs is set within it, and nothing outlives it, so that a PgBouncer in
transaction mode may stand between. Statements travel in pipelines: a transaction that reads nothing
is one round trip, a look one or two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

import psycopg
from psycopg.adapt import AdaptersMap
from psycopg.types.numeric import Int8Dumper
from psycopg_pool import ConnectionPool, PoolTimeout

from amends.engine.store import Unavailable
from amends.store.urls import Target

Values = tuple[Any, ...]
Question = tuple[str, Sequence[Any]]
Connection = psycopg.Connection[Values]

# How long somebody waits for a free connection, or for a server that is not there.
_PATIENCE_SECONDS = 10.0
_STATEMENTS_KEPT = 500
# Each number of rows is a statement of its own to prepare; few commands write more of one kind.
_TOGETHER = 8
_LIMITS = """set_config('statement_timeout', '15000', true),
    set_config('idle_in_transaction_session_timeout', '30000', true)"""
_READ_LIMITS = f"SELECT {_LIMITS}"
# A server told not to wait for its disk is overruled; one told to wait for others is not.
_WRITE_LIMITS = f"""SELECT {_LIMITS}, set_config('lock_timeout', '5000', true),
    set_config('synchronous_commit', CASE current_setting('synchronous_commit')
        WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)"""


class ConnectionLost(Unavailable):
    """A connection broke while it was used: what was under way is recorded, or is not."""


def connect(target: Target) -> Connection:
    """A connection outside any pool. Raises Unavailable."""
    try:
        return psycopg.connect(target.conninfo, **_options(target))
    except psycopg.OperationalError as error:
        raise Unavailable(f"the database cannot be reached: {error}") from error


def send(db: Connection, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """Execute a statement for each row, its results unread."""
    if rows:
        with db.cursor() as cursor:
            cursor.executemany(statement, rows)


def send_together(db: Connection, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """The same for rows that begin with their order's id, which come order by order: those of one
    order go in one statement, for a statement costs more than a row. None has those of two.

    ``statement`` is for one row, and has a mark for each of its values behind ``VALUES``.
    """
    by_count: dict[int, list[list[Any]]] = defaultdict(list)
    for _, of_order in groupby(rows, itemgetter(0)):
        its = list(of_order)
        for n in range(0, len(its), _TOGETHER):
            some = its[n : n + _TOGETHER]
            by_count[len(some)].append(list(chain.from_iterable(some)))
    for count, together in by_count.items():
        send(db, _for_rows(statement, len(rows[0]), count), together)


@cache
def _for_rows(statement: str, width: int, count: int) -> str:
    one = f"VALUES ({', '.join(['%s'] * width)})"
    return statement.replace(one, ", ".join([one, *[one.removeprefix("VALUES ")] * (count - 1)]))


def begin(db: Connection) -> None:
    """Begin a durable transaction."""
    db.execute("BEGIN")
    db.execute(_WRITE_LIMITS)


class Connections:
    """The connections of one process to one database, for any number of threads."""

    def __init__(self, target: Target) -> None:
        self._pool = ConnectionPool(
            target.conninfo,
            kwargs=_options(target),
            configure=_configure,
            min_size=1,
            max_size=target.pool,
            num_workers=1,
            timeout=_PATIENCE_SECONDS,
            open=True,
        )

    def look(self, *questions: Question) -> list[list[Values]]:
        """The answers to some questions, all seen at one instant; those that ask the same one after
        the other share a round trip, and so do all that are asked once."""
        if not questions:
            return []
        try:
            return self._look(questions)
        except ConnectionLost:
            # The server was started anew, perhaps: reading again on a new connection is safe.
            return self._look(questions)

    def ask(self, query: str, values: Sequence[Any] = ()) -> list[Values]:
        """The answer to one question."""
        (found,) = self.look((query, values))
        return found

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One durable transaction, rolled back when the block raises.

        What is executed in the block is sent in a pipeline: its errors may show only at the end of
        the block, and reading a result costs a round trip.
        """
        with self.borrowed() as db, pipeline(db):
            begin(db)
            yield db
            db.execute("COMMIT")

    def run(self, statement: str, values: Sequence[Any] = ()) -> int:
        """One statement in a transaction of its own; how many rows it changed."""
        with self.writing() as db:
            done = db.execute(statement, values)
        return done.rowcount

    def close(self) -> None:
        """Close what is idle now, and the others when they are done."""
        self._pool.close()

    def _look(self, questions: Sequence[Question]) -> list[list[Values]]:
        with self.borrowed() as db:
            with pipeline(db):
                # One statement alone sees one instant anyway.
                several = len(questions) > 1
                if several:
                    db.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                db.execute(_READ_LIMITS)
                asked = [_ask(db, query, values) for query, values in _alike(questions)]
                if several:
                    db.execute("COMMIT")
            return [rows for cursor in asked for rows in _answers(cursor)]

    @contextmanager
    def borrowed(self) -> Iterator[Connection]:
        """A connection for the block; what it has begun is rolled back when the block raises."""
        try:
            db = self._pool.getconn()
        except PoolTimeout as error:
            raise Unavailable(
                f"no connection to the database within {_PATIENCE_SECONDS:.0f} seconds"
            ) from error
        try:
            try:
                yield db
            except BaseException:
                if not db.closed:
                    db.rollback()
                raise
        except psycopg.OperationalError as error:
            if not (db.closed or _ends_it(error)):
                raise
            db.close()
            # The others that lay idle may have been cut off with this one.
            self._pool.check()
            raise ConnectionLost("the connection to the database was lost") from error
        finally:
            self._pool.putconn(db)


def _ends_it(error: psycopg.Error) -> bool:
    """Whether the connection is of no use any more, though the driver may not have noticed yet:
    the server says that it is going down, or it was not the server who refused."""
    return error.sqlstate is None or error.sqlstate.startswith("57P")


def _alike(questions: Sequence[Question]) -> Iterator[tuple[str, list[Sequence[Any]]]]:
    """Each query once, with the values of all questions in a row that ask it."""
    for query, asked in groupby(questions, itemgetter(0)):
        yield query, [values for _, values in asked]


def _ask(db: Connection, query: str, values: list[Sequence[Any]]) -> psycopg.Cursor[Values]:
    cursor = db.cursor(binary=True)
    if len(values) == 1:
        cursor.execute(query, values[0])
    else:
        cursor.executemany(query, values, returning=True)
    return cursor


def _answers(cursor: psycopg.Cursor[Values]) -> Iterator[list[Values]]:
    yield cursor.fetchall()
    while cursor.nextset():
        yield cursor.fetchall()


@contextmanager
def pipeline(db: Connection) -> Iterator[None]:
    """A pipeline that raises what went wrong first.

    The statements behind a failed one fail because of it, which psycopg would write to the log.
    """
    first: BaseException | None = None
    try:
        with db.pipeline():
            try:
                yield
            except BaseException as error:
                first = error
    except psycopg.Error:
        if first is None:
            raise
    if first is not None:
        raise first


def _options(target: Target) -> dict[str, Any]:
    return {
        "autocommit": True,
        "application_name": "amends",
        "connect_timeout": 10,
        "prepare_threshold": 0 if target.prepare else None,
        "context": _ADAPTERS,
    }


def _configure(db: Connection) -> None:
    db.prepared_max = _STATEMENTS_KEPT


class _Adapters:
    """Sends each whole number as a BIGINT: its size must not make another statement to prepare."""

    def __init__(self) -> None:
        self.connection = None
        self.adapters = AdaptersMap(psycopg.adapters)
        self.adapters.register_dumper(int, Int8Dumper)


_ADAPTERS = _Adapters()
