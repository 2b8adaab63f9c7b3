"""Whose turn it is to write, among processes on one file.

SQLite lets one write at a time, and who comes meanwhile asks again after longer and longer waits:
among busy processes some wait for seconds. A lock of the system's wakes whoever waits as soon as it
is free, and is free when its holder dies. It only brings order into the line: nothing is unsafe
when somebody writes without it.
"""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Turns:
    """The line before the database ``path``, for one thread at a time.

    Who has stood in it for ``patience`` seconds goes on without a turn: whether the database is
    free is for SQLite to say.
    """

    def __init__(self, path: Path, patience: float) -> None:
        # A file of its own: closing another handle of the database's would free SQLite's locks.
        self._file = path.with_name(f"{path.name}-turn").open("ab")
        self._patience = patience

    @contextmanager
    def mine(self) -> Iterator[None]:
        """Nobody else's turn while the block runs."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._wait()
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """No more turns."""
        self._file.close()

    def _wait(self) -> None:
        gone = threading.Event()
        number = self._file.fileno()

        def stand() -> None:
            # By the time it is free, everybody here may have left and closed the file.
            with suppress(OSError):
                fcntl.flock(number, fcntl.LOCK_EX)
                if gone.is_set():
                    fcntl.flock(number, fcntl.LOCK_UN)

        # The system knows no such lock that is waited for for a while only.
        standing = threading.Thread(target=stand, name="turn", daemon=True)
        standing.start()
        standing.join(self._patience)
        if standing.is_alive():
            gone.set()
