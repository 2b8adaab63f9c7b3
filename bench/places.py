"""Where the bench keeps its databases: files in a folder, or databases on a server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from tests.postgres_server import cluster

from amends.store import migrate

_AT_ONCE = 16 * 2**20


class Place(Protocol):
    """Databases of one kind, by name."""

    kind: str

    def url(self, name: str) -> str:
        """How the database is called by whoever opens it."""

    def there(self, name: str) -> bool:
        """Whether there is such a database."""

    def make(self, name: str) -> str:
        """A new one, migrated and empty, in place of any of this name; its URL."""

    def copy(self, name: str, to: str) -> str:
        """A copy, in place of any of this name; its URL. Nobody may be connected to the first."""

    def rename(self, name: str, to: str) -> None:
        """Call it otherwise."""

    def drop(self, name: str) -> None:
        """Remove it, if it is there."""


class Files:
    """SQLite's, in a folder."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.db"

    def url(self, name: str) -> str:
        return f"sqlite:///{self._path(name)}"

    def there(self, name: str) -> bool:
        return self._path(name).exists()

    def make(self, name: str) -> str:
        self.drop(name)
        migrate(self.url(name))
        return self.url(name)

    def copy(self, name: str, to: str) -> str:
        self.drop(to)
        with self._path(name).open("rb") as kept, self._path(to).open("wb") as copy:
            shutil.copyfileobj(kept, copy, _AT_ONCE)
            if hasattr(os, "posix_fadvise"):
                # The copy is what will be read: the system is to keep that one in memory.
                os.posix_fadvise(kept.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return self.url(to)

    def rename(self, name: str, to: str) -> None:
        self._path(name).rename(self._path(to))

    def drop(self, name: str) -> None:
        # What belongs to a database lies beside it, under its name.
        for path in self._folder.glob(f"{name}.db*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


class Databases:
    """PostgreSQL's, on the server whose maintenance database ``url`` names."""

    kind = "postgresql"

    def __init__(self, url: str) -> None:
        self._url = url

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as db:
            db.execute(sql.SQL(statement).format(*map(sql.Identifier, map(_called, names))))

    def url(self, name: str) -> str:
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{_called(name)}"))

    def there(self, name: str) -> bool:
        with psycopg.connect(self._url) as db:
            query = "SELECT FROM pg_database WHERE datname = %s"
            return db.execute(query, (_called(name),)).fetchone() is not None

    def make(self, name: str) -> str:
        self.drop(name)
        self._run("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)
        migrate(self.url(name))
        return self.url(name)

    def copy(self, name: str, to: str) -> str:
        self.drop(to)
        self._run("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", to, name)
        return self.url(to)

    def rename(self, name: str, to: str) -> None:
        self._run("ALTER DATABASE {} RENAME TO {}", name, to)

    def drop(self, name: str) -> None:
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _called(name: str) -> str:
    """A server's databases are shared with whoever else uses it."""
    return f"amends_bench_{name}"


@contextmanager
def places(folder: Path, server: str | None, kinds: tuple[str, ...]) -> Iterator[list[Place]]:
    """A place of each kind. Without ``server``, a PostgreSQL server is started for the block whose
    data lie in ``folder``. Raises NoServer."""
    with ExitStack() as stack:
        found: list[Place] = []
        if "sqlite" in kinds:
            found.append(Files(folder))
        if "postgresql" in kinds:
            if server is None:
                server = stack.enter_context(cluster(folder / "postgresql")).url
            found.append(Databases(server))
        yield found
