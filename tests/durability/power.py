"""A disk that loses power: what SQLite writes through it, and what of that is there afterwards.

A file's bytes are safe once the file was synced, its name once the folder was. All that was written
since may be there or not, in any choice of it, a write also in part: a disk writes whole sectors,
in any order. Which is what POSIX leaves open, and so more than most file systems really do.

The calls go through to a real folder in memory, so that a session runs as usual; they are noted,
and the power may be cut behind any of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import apsw
from msgspec import Struct

SECTOR = 512
_FOLDER_IS_SYNCED_FOR = (
    apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL
)

Image = dict[str, bytes]


class Call(Struct, frozen=True):
    """Something asked of the disk about the file called ``name``; ``told``: something said to the
    outside once all calls before were done."""

    what: Literal["create", "delete", "write", "cut_off", "sync", "sync_folder", "told"]
    name: str = ""
    at: int = 0
    data: bytes = b""
    told: Any = None


class _File(apsw.VFSFile):
    def __init__(self, name: str, flags: list[int], calls: list[Call]) -> None:
        self._name = Path(name).name
        self._calls = calls
        may_create = bool(flags[0] & apsw.SQLITE_OPEN_CREATE)
        new = may_create and not Path(name).exists()
        super().__init__("", name, flags)
        if new:
            calls.append(Call("create", self._name))
        # As SQLite does on Unix: whoever may have made a log or journal syncs the folder with it
        # the first time, since the one that made it need not be the one that writes to it.
        self._sync_folder = may_create and bool(flags[0] & _FOLDER_IS_SYNCED_FOR)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._calls.append(Call("write", self._name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._calls.append(Call("cut_off", self._name, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        self._calls.append(Call("sync", self._name))
        if self._sync_folder:
            self._calls.append(Call("sync_folder"))
            self._sync_folder = False


class NotingVFS(apsw.VFS):
    """SQLite's own for Unix, each call that matters noted in ``calls``."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.calls: list[Call] = []
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        return _File(path, flags, self.calls)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(filename, syncdir)
        self.calls.append(Call("delete", Path(filename).name))
        if syncdir:
            self.calls.append(Call("sync_folder"))


class _Kept:
    """A file's safe bytes, and what was done to it since."""

    def __init__(self, safe: bytes = b"") -> None:
        self.safe = bytearray(safe)
        self.since: list[Call] = []

    def synced(self) -> None:
        for call in self.since:
            _done(self.safe, call)
        self.since.clear()


class Disk:
    """What is safe, and what is not yet, after some calls."""

    def __init__(self, image: Image) -> None:
        self._now = {name: _Kept(data) for name, data in image.items()}
        self._safe = dict(self._now)
        self._names: list[tuple[str, _Kept | None]] = []

    def take(self, call: Call) -> None:
        """Go on by one call."""
        match call.what:
            case "create":
                self._now[call.name] = _Kept()
                self._names.append((call.name, self._now[call.name]))
            case "delete":
                del self._now[call.name]
                self._names.append((call.name, None))
            case "write" | "cut_off":
                self._now[call.name].since.append(call)
            case "sync":
                self._now[call.name].synced()
            case "sync_folder":
                self._safe = dict(self._now)
                self._names.clear()
            case "told":
                pass

    def cut(self, rng: random.Random) -> Image:
        """What may be there when the power goes now."""
        found = dict(self._safe)
        given_up: set[str] = set()
        keep = _chance(rng)
        for name, kept in self._names:
            # What is done to one name is done in turn; of different names either may be first.
            if name in given_up or not keep():
                given_up.add(name)
            elif kept is None:
                found.pop(name, None)
            else:
                found[name] = kept
        return {name: _left_of(kept, rng) for name, kept in found.items()}


def _left_of(kept: _Kept, rng: random.Random) -> bytes:
    keep, tears = _chance(rng), rng.random() < 0.5
    data = bytearray(kept.safe)
    for call in kept.since:
        parts: Sequence[Call] = list(_sectors(call)) if tears else (call,)
        for part in parts:
            if keep():
                _done(data, part)
    return bytes(data)


def _chance(rng: random.Random) -> Callable[[], bool]:
    """Nothing is lost, everything, or about so much of it."""
    lost = rng.choice((0.0, 1.0, 0.1, 0.5, 0.9))
    return lambda: rng.random() >= lost


def _sectors(call: Call) -> Iterator[Call]:
    """A write in the parts that a disk writes at once."""
    if call.what != "write":
        yield call
        return
    at, end = call.at, call.at + len(call.data)
    while at < end:
        until = min(end, (at // SECTOR + 1) * SECTOR)
        yield Call("write", call.name, at, call.data[at - call.at : until - call.at])
        at = until


def _done(data: bytearray, call: Call) -> None:
    if call.what == "cut_off":
        del data[call.at :]
        return
    data.extend(bytes(max(0, call.at - len(data))))
    data[call.at : call.at + len(call.data)] = call.data
