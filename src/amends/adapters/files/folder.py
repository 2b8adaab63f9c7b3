"""Files in a folder of this machine."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO

from amends.engine.outside import FileConflict, FileUnknown, StoredFile

_NAME = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"[A-Za-z0-9_-]{20,128}")
_CHUNK = 1 << 20
_ABANDONED_AFTER_SECONDS = 24 * 3600


class FolderFiles:
    """Keeps each content in a file named by its key's SHA-256.

    So no key can lead out of the folder, keys that differ in case only stay two on any file
    system, and whoever lists the folder learns no key. Nobody but the server's user may read it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"
        self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        root.chmod(0o700)
        self._remove_abandoned()

    def put(self, key: str, data: bytes | BinaryIO) -> StoredFile:
        """Keep ``data``; on return it is on disk, name and all.

        The same content again changes nothing. Raises FileConflict when ``key`` holds another
        content, ValueError for a malformed key.
        """
        path = self._path(key)
        descriptor, unfinished = tempfile.mkstemp(dir=self._incoming)
        try:
            with os.fdopen(descriptor, "wb") as file:
                stored = _copy(BytesIO(data) if isinstance(data, bytes) else data, file)
                file.flush()
                os.fsync(file.fileno())
            path.parent.mkdir(mode=0o700, exist_ok=True)
            try:
                # Unlike a rename, a link never replaces what is there.
                os.link(unfinished, path)
            except FileExistsError:
                with self.open(key) as kept:
                    if _copy(kept, None) != stored:
                        raise FileConflict("another content is kept under this key") from None
            _sync(path.parent)
            _sync(self._root)
        finally:
            Path(unfinished).unlink()
        return stored

    def open(self, key: str) -> BinaryIO:
        """The content, to be closed by the caller. Raises FileUnknown; ValueError as ``put``."""
        try:
            return os.fdopen(os.open(self._path(key), os.O_RDONLY | os.O_NOFOLLOW), "rb")
        except FileNotFoundError:
            raise FileUnknown("no file is kept under this key") from None

    def delete(self, key: str) -> None:
        """Forget the content; nothing happens when there is none. Raises ValueError as ``put``."""
        path = self._path(key)
        try:
            path.unlink()
        except FileNotFoundError:
            return
        _sync(path.parent)

    def all_kept(self) -> Iterator[tuple[str, BinaryIO]]:
        """Every content under the name it has here, for a back-up; to be closed by the caller.

        One that is put or deleted meanwhile may be among them or not.
        """
        for path in self._paths():
            with suppress(FileNotFoundError):
                yield path.name, path.open("rb")

    def is_empty(self) -> bool:
        """Whether nothing is kept."""
        return next(self._paths(), None) is None

    def put_back(self, name: str, data: IO[bytes]) -> str:
        """Keep a content under the name it had in a back-up; its SHA-256 in hex.

        Raises ValueError for what can be no name, FileExistsError when there is one already.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name[:80]!r} is not the name of a file kept here")
        path = self._root / name[:2] / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            stored = _copy(data, file)
            file.flush()
            os.fsync(file.fileno())
        _sync(path.parent)
        return stored.digest

    def _paths(self) -> Iterator[Path]:
        for folder in sorted(self._root.iterdir()):
            if folder != self._incoming and folder.is_dir():
                yield from sorted(folder.iterdir())

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("a file's key is 20 to 128 letters, digits, '_' or '-'")
        name = hashlib.sha256(key.encode()).hexdigest()
        return self._root / name[:2] / name

    def _remove_abandoned(self) -> None:
        # What a crash left behind; younger ones may be another process's work.
        for path in self._incoming.iterdir():
            if path.stat().st_mtime < time.time() - _ABANDONED_AFTER_SECONDS:
                path.unlink(missing_ok=True)


def _copy(source: IO[bytes], target: IO[bytes] | None) -> StoredFile:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if target is not None:
            target.write(chunk)
    return StoredFile(digest.hexdigest(), size)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
