"""As much of Python's ``sqlite3`` as the store uses, on apsw, which lets us put a disk under it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import apsw

Settings = Mapping[str, str | int]

_SETTING = re.compile(r"PRAGMA (\w+) =")


class _Cursor:
    def __init__(self, db: apsw.Connection, found: apsw.Cursor) -> None:
        self._found = found
        # Reading a row may end the statement, and whoever asks does so before any other.
        self._db = db

    def __iter__(self) -> Iterator[Any]:
        return iter(self._found)

    def fetchone(self) -> Any:
        return next(self._found, None)

    def fetchall(self) -> list[Any]:
        return list(self._found)

    @property
    def rowcount(self) -> int:
        return self._db.changes()


class _Connection:
    def __init__(self, path: Path, vfs: str, settings: Settings) -> None:
        self._db = apsw.Connection(str(path), vfs=vfs)
        self._settings = settings

    @property
    def in_transaction(self) -> bool:
        return self._db.in_transaction

    def execute(self, statement: str, values: Sequence[Any] = ()) -> _Cursor:
        setting = _SETTING.match(statement)
        if setting and setting[1] in self._settings:
            statement = f"PRAGMA {setting[1]} = {self._settings[setting[1]]}"
        return _Cursor(self._db, self._db.execute(statement, values))

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> _Cursor:
        return _Cursor(self._db, self._db.executemany(statement, rows))

    def close(self) -> None:
        self._db.close()


class _Driver:
    """Stands in for the module."""

    OperationalError = apsw.Error

    def __init__(self, vfs: str, settings: Settings) -> None:
        self._vfs, self._settings = vfs, settings

    def connect(self, path: Path, **_options: Any) -> _Connection:
        return _Connection(path, self._vfs, self._settings)


@contextmanager
def on_vfs(vfs: str, settings: Settings) -> Iterator[None]:
    """Stores opened in this block keep their files through ``vfs``, and get ``settings``, which are
    pragmas by their names, in place of what they ask for."""
    with mock.patch("amends.store.sqlite.connections.sqlite3", _Driver(vfs, settings)):
        yield
