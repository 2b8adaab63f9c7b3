"""Statements that read the same on both databases, for the small tables around the record."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from amends.store.batch import Values

if TYPE_CHECKING:
    from amends.store.postgres.connections import Connections as PostgresConnections
    from amends.store.sqlite.connections import Connections as SqliteConnections


class Taken(Exception):
    """A value that must be there once is there already."""


class Answer(Protocol):
    """What came of a statement."""

    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...


Execute = Callable[[str, Sequence[Any]], Answer]


class Plain(Protocol):
    """A database as far as such tables need it. Parameters are written ``?``."""

    def ask(self, query: str, values: Sequence[Any] = ()) -> list[Values]:
        """The rows of one query."""

    def writing(self) -> AbstractContextManager[Execute]:
        """One durable transaction. Raises Taken where it would break a key.

        How many rows a statement changed is known when the block has ended.
        """


def run(plain: Plain, statement: str, values: Sequence[Any] = ()) -> int:
    """One statement in a transaction of its own; how many rows it changed. Raises Taken."""
    with plain.writing() as execute:
        done = execute(statement, values)
    return done.rowcount


class SqlitePlain:
    """On SQLite."""

    def __init__(self, connections: SqliteConnections) -> None:
        self._connections = connections

    def ask(self, query: str, values: Sequence[Any] = ()) -> list[Values]:
        """The rows of one query."""
        with self._connections.reading() as db:
            return db.execute(query, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[Execute]:
        """One durable transaction."""
        try:
            with self._connections.writing() as db:
                yield db.execute
        except sqlite3.IntegrityError as error:
            raise Taken from error


class PostgresPlain:
    """On PostgreSQL."""

    def __init__(self, connections: PostgresConnections) -> None:
        self._connections = connections

    def ask(self, query: str, values: Sequence[Any] = ()) -> list[Values]:
        """The rows of one query."""
        return self._connections.ask(query.replace("?", "%s"), values)

    @contextmanager
    def writing(self) -> Iterator[Execute]:
        """One durable transaction."""
        # Those who keep the record in a file need not load the driver.
        from psycopg.errors import UniqueViolation  # noqa: PLC0415

        try:
            with self._connections.writing() as db:
                yield lambda statement, values: db.execute(statement.replace("?", "%s"), values)
        except UniqueViolation as error:
            raise Taken from error
