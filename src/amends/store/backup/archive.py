"""The archive: a ZIP file that any version after this one can read, on any kind of database.

``tables/<name>`` holds a table's rows in blocks: the block's length in four bytes, big-endian, then
the block, a MessagePack array of rows, each an array in the order of the table's columns.
``files/<name>`` are files as they were kept. ``manifest.json`` comes last and says what must be
there: columns, counts and SHA-256 of every table, and of all files' names and contents together.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO

import msgspec

from amends.engine.backup import FilesEntry, Manifest, NotAnArchive, TableEntry, Tell
from amends.store.backup.port import Block

Put = Callable[[str, IO[bytes]], str]
"""Keeps a file under its name, read to its end, and answers its SHA-256 in hex."""

FORMAT = 1
_MANIFEST, _TABLES, _FILES = "manifest.json", "tables/", "files/"
_LENGTH = 4
_CHUNK = 1 << 20
_LEVEL = 3  # higher ones take three times as long for a twentieth less
_LONGEST_BLOCK = 1 << 31


class Writer:
    """Writes one archive."""

    def __init__(self, zipped: zipfile.ZipFile, tell: Tell) -> None:
        self._zipped = zipped
        self._tell = tell

    def table(self, name: str, columns: Sequence[str], blocks: Iterable[Block]) -> TableEntry:
        """Add a table."""
        digest, count = hashlib.sha256(), 0
        with self._zipped.open(_entry(_TABLES + name), "w", force_zip64=True) as out:
            for block in blocks:
                data = msgspec.msgpack.encode(block)
                framed = len(data).to_bytes(_LENGTH) + data
                digest.update(framed)
                out.write(framed)
                count += len(block)
                self._tell(name, len(block))
        return TableEntry(tuple(columns), count, digest.hexdigest())

    def files(self, files: Iterable[tuple[str, BinaryIO]]) -> FilesEntry:
        """Add files, which are closed."""
        whole, count, size = hashlib.sha256(), 0, 0
        for name, file in files:
            # Pictures and videos do not become smaller a second time.
            entry = _entry(_FILES + name, zipfile.ZIP_STORED)
            digest = hashlib.sha256()
            with file, self._zipped.open(entry, "w", force_zip64=True) as out:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
                    out.write(chunk)
                    size += len(chunk)
            whole.update(_signed(name, digest.hexdigest()))
            count += 1
            self._tell("files", 1)
        return FilesEntry(count, size, whole.hexdigest())

    def manifest(self, manifest: Manifest) -> None:
        """Say what was added."""
        data = msgspec.json.format(msgspec.json.encode(manifest))
        self._zipped.writestr(_entry(_MANIFEST), data)


class Reader:
    """Reads one archive. Raises NotAnArchive wherever it is not what was written."""

    def __init__(self, zipped: zipfile.ZipFile, tell: Tell) -> None:
        self._zipped = zipped
        self._tell = tell
        try:
            self.manifest = msgspec.json.decode(zipped.read(_MANIFEST), type=Manifest)
        except (KeyError, msgspec.MsgspecError):
            raise NotAnArchive("it has no manifest: it is no back-up of amends") from None
        if self.manifest.format != FORMAT:
            raise NotAnArchive("a newer version of amends wrote it: install that version")

    def table(self, name: str) -> Iterator[Block]:
        """The blocks of a table; the end is reached only when all of them were right."""
        entry, digest, count = self.manifest.tables[name], hashlib.sha256(), 0
        with self._opened(_TABLES + name) as file:
            while head := file.read(_LENGTH):
                length = int.from_bytes(head)
                data = file.read(length) if length < _LONGEST_BLOCK else b""
                if len(data) != length:
                    raise NotAnArchive(f"the rows of {name} are cut off")
                digest.update(head + data)
                block = msgspec.msgpack.decode(data, type=list[tuple[Any, ...]])
                count += len(block)
                yield block
                self._tell(name, len(block))
        if (digest.hexdigest(), count) != (entry.digest, entry.rows):
            raise NotAnArchive(f"the rows of {name} are not those that were written")

    def files(self, put: Put) -> None:
        """Hand each file to ``put``."""
        whole, count = hashlib.sha256(), 0
        for info in self._zipped.infolist():
            if not info.filename.startswith(_FILES):
                continue
            name = info.filename.removeprefix(_FILES)
            with self._opened(info.filename) as file:
                whole.update(_signed(name, put(name, file)))
            count += 1
            self._tell("files", 1)
        if (whole.hexdigest(), count) != (self.manifest.files.digest, self.manifest.files.count):
            raise NotAnArchive("the files are not those that were written")

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        if name not in self._zipped.NameToInfo:
            raise NotAnArchive(f"{name} is missing")
        try:
            with self._zipped.open(name) as file:
                yield file
        except (EOFError, zlib.error, zipfile.BadZipFile, msgspec.MsgspecError) as error:
            raise NotAnArchive(f"{name} is damaged: {error}") from error


@contextmanager
def writing(path: Path, tell: Tell) -> Iterator[Writer]:
    """A new archive at ``path``: whole and on the disk at the end of the block, or not there.

    Raises FileExistsError. Nobody but the user may read it.
    """
    if path.exists():
        raise FileExistsError(17, "there is something already", str(path))
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as zipped:
                yield Writer(zipped, tell)
            out.flush()
            os.fsync(out.fileno())
        # Unlike a rename, a link never replaces what is there.
        path.hardlink_to(unfinished)
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(path.parent)


@contextmanager
def reading(path: Path, tell: Tell) -> Iterator[Reader]:
    """The archive at ``path``. Raises NotAnArchive, or OSError when it cannot be opened."""
    try:
        zipped = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise NotAnArchive("it is no ZIP file, or its end is missing") from None
    with zipped:
        yield Reader(zipped, tell)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _entry(name: str, how: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = how
    entry.external_attr = 0o600 << 16
    return entry


def _signed(name: str, digest: str) -> bytes:
    return f"{name} {digest}\n".encode()
