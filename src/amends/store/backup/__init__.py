"""A database and its files in one archive, and a new database made of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from amends.engine.backup import Manifest, Tell
from amends.kernel.instants import Instant
from amends.store.backup.archive import FORMAT, Put, reading, writing
from amends.store.backup.port import Source, Target
from amends.store.migrate import database_path
from amends.store.sqlite.copying import sqlite_source, sqlite_target
from amends.store.urls import is_postgres, target_of

__all__ = ["back_up", "restore"]

# Made of texts with a key that no archive holds: whoever restores makes them with their own.
_MADE_ANEW = frozenset({"ruling_numbers", "ruling_writers", "ruling_words", "ruling_meanings"})


def back_up(
    url: str | Path,
    files: Callable[[], Iterable[tuple[str, BinaryIO]]],
    path: Path,
    clock: Callable[[], Instant],
    tell: Tell,
) -> Manifest:
    """Write the database as it stands now, and its files, to a new archive at ``path``.

    A service may be running. ``files`` is asked after the database was looked at: a file is kept
    before it is put on record, so what is on record is among them. Raises FileExistsError,
    Unavailable, OSError.
    """
    with writing(path, tell) as archive, _source(url) as source:
        taken_at = clock()
        tables = {
            name: archive.table(name, columns, source.rows(name))
            for name, columns in source.tables.items()
            if name not in _MADE_ANEW
        }
        manifest = Manifest(
            FORMAT,
            version("amends"),
            source.database,
            source.schema,
            taken_at,
            tables,
            archive.files(files()),
        )
        archive.manifest(manifest)
    return manifest


def restore(path: Path, url: str | Path, put: Put, tell: Tell) -> Manifest:
    """Make the database ``url`` of the archive at ``path``, with the schema this code needs, and
    hand its files to ``put``.

    The kind of database need not be the one the archive was written from. Raises NotAnArchive,
    NotEmpty, Unavailable, OSError, or alembic's CommandError for the archive of a newer version.
    """
    with reading(path, tell) as archive:
        manifest = archive.manifest
        with _target(url, manifest.schema) as target:
            for name, entry in manifest.tables.items():
                target.put(name, entry.columns, archive.table(name))
            archive.files(put)
    return manifest


def _source(url: str | Path) -> AbstractContextManager[Source]:
    if is_postgres(url):
        from amends.store.postgres.copying import postgres_source  # noqa: PLC0415 - see open_store

        return postgres_source(target_of(url))
    return sqlite_source(database_path(url))


def _target(url: str | Path, schema: str) -> AbstractContextManager[Target]:
    if is_postgres(url):
        from amends.store.postgres.copying import postgres_target  # noqa: PLC0415 - see open_store

        return postgres_target(url, schema)
    return sqlite_target(database_path(url), schema)
