"""Empty databases for the proofs' commands, and folders, gone when they are done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from amends.store import migrate
from tests.postgres_server import server

_MEMORY = Path("/dev/shm")  # noqa: S108 - for where it is of no account what a real disk does


@contextmanager
def in_memory() -> Iterator[Path]:
    """A folder for a proof that brings its own disk, or needs none."""
    with TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        yield Path(folder)


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
