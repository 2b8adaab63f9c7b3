"""One connection that writes, guarded by a lock, and a few that read."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from amends.engine.store import Unavailable
from amends.store.sqlite.turns import Turns

# How long another process may hold the write lock before we give up.
_PATIENCE_SECONDS = 10.0
_IN_LINE_SECONDS = 5.0
# Of an error's code, what is not a detail.
_KIND = 0xFF
_STATEMENTS_KEPT = 512
# The inner pages of a million orders' tables stay in the writer's memory (16 MB). A reader has less
# (1 MB), for there is one for each that looks at the same time: what it misses is in the system's
# own cache, and twenty readers' pages were a fifth of all that a server held.
_WRITING_CACHE = "PRAGMA cache_size = -16000"
_READING_CACHE = "PRAGMA cache_size = -1000"
# The log is copied into the database after 64 MB instead of 4: what is written again and again, as
# the pages of lists are, is copied once. Catching up on deadlines gains half as much again by it.
_COPY_AFTER = "PRAGMA wal_autocheckpoint = 16000"


class Connections:
    """The connections to one database file, for any number of threads."""

    def __init__(self, path: Path, *, synced: bool) -> None:
        """``synced``: a commit is on the disk before it is answered."""
        self._path = path
        self._synced = synced
        self._writer = self._connect()
        self._writer.execute(_WRITING_CACHE)
        self._writer.execute(_COPY_AFTER).fetchall()
        self._turn = threading.Lock()
        self._turns = Turns(path, _IN_LINE_SECONDS)
        self._readers: list[sqlite3.Connection] = []
        self._closed = False

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One durable transaction; rolled back when the block raises."""
        with self._turn, self._turns.mine():
            self._begin()
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            finally:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent look: every statement in the block sees the same instant."""
        # list.pop and list.append are atomic, so idle readers need no lock.
        try:
            reader = self._readers.pop()
        except IndexError:
            reader = self._connect()
            reader.execute("PRAGMA query_only = ON")
            reader.execute(_READING_CACHE)
        reader.execute("BEGIN")
        try:
            yield reader
        finally:
            reader.execute("ROLLBACK")
            if self._closed:
                reader.close()
            else:
                self._readers.append(reader)

    def _begin(self) -> None:
        try:
            self._writer.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _KIND != sqlite3.SQLITE_BUSY:
                raise
            raise Unavailable("another process has been writing for too long") from error

    def empty_log(self) -> None:
        """Copy the write-ahead log into the database and cut it off, as far as readers let us."""
        with self._turn:
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close what is idle now, and readers still in use when they are done."""
        self._closed = True
        while self._readers:
            self._readers.pop().close()
        with self._turn:
            self._writer.close()
            self._turns.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=_PATIENCE_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_STATEMENTS_KEPT,
        )
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        # NORMAL would lose acknowledged commits when the power goes.
        connection.execute(f"PRAGMA synchronous = {'FULL' if self._synced else 'OFF'}")
        connection.execute("PRAGMA fullfsync = ON")
        # A person's key must not lie on in a free page.
        connection.execute("PRAGMA secure_delete = ON").fetchall()
        return connection
