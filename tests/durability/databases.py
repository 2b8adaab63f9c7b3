"""Empty databases for the proofs' commands, gone when they are done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from amends.store import migrate
from tests.postgres_server import server


@contextmanager
def made(kind: str, folder: str) -> Iterator[str]:
    """The URL of a migrated database: a file in ``folder``, or one on a server of its own."""
    if kind == "sqlite":
        url = f"sqlite:///{Path(folder) / 'amends.db'}"
        migrate(url)
        yield url
        return
    with server() as running, running.database() as url:
        yield url
