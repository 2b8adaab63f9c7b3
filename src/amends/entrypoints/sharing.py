"""A long feed taken in by several processes, each through an engine of its own.

An order's lines all go to the same one, in their order; between orders there is none to keep.
"""

from __future__ import annotations

import gc
import signal
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from types import TracebackType
from zlib import crc32

import msgspec
from msgspec import Struct

from amends.entrypoints.feeds import BATCH, BATCH_BYTES, BadLine, Imported, NumberedLine, feed_of
from amends.entrypoints.service import Service
from amends.entrypoints.words.catalogue import words
from amends.kernel.people import Actor

OpenService = Callable[[], Service]
"""Opens a service; can be sent to another process."""

# While one chunk is taken in, the next one waits: more would only fill the memory.
_AHEAD = 2


class _Head(Struct):
    id: str = ""
    order: str = ""


_HEAD = msgspec.json.Decoder(_Head)


class Shares:
    """Helpers that take in their shares of a feed, until the end of the block.

    What comes of each chunk is added to ``imported``, and ``progress`` called. Raises what a helper
    raises, and ChildProcessError when one was ended.
    """

    def __init__(
        self,
        open_service: OpenService,
        by: Actor,
        count: int,
        imported: Imported,
        progress: Callable[[], object],
    ) -> None:
        # One of a pool is one that takes its chunks in the order they were given.
        self._helpers = [
            ProcessPoolExecutor(1, get_context("spawn"), _begin, (open_service, by))
            for _ in range(count)
        ]
        self._waiting: list[deque[Future[Imported]]] = [deque() for _ in self._helpers]
        self._imported = imported
        self._progress = progress

    def __enter__(self) -> Shares:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for helper in self._helpers:
            if error is None:
                helper.submit(_end)
            helper.shutdown(cancel_futures=error is not None)

    def take(self, lines: Iterable[NumberedLine]) -> None:
        """Take every line; good ones are kept whatever comes after them."""
        chunks: list[list[NumberedLine]] = [[] for _ in self._helpers]
        sizes = [0] * len(chunks)
        for number, line in lines:
            self._imported.lines = number
            mine = _share(line) % len(chunks)
            chunks[mine].append((number, line))
            sizes[mine] += 0 if isinstance(line, BadLine) else len(line)
            if len(chunks[mine]) >= BATCH or sizes[mine] >= BATCH_BYTES:
                self._give(mine, chunks[mine])
                chunks[mine], sizes[mine] = [], 0
        for mine, chunk in enumerate(chunks):
            self._give(mine, chunk)
        for mine in range(len(chunks)):
            self._wait(mine, 0)
        self._imported.bad.sort(key=lambda bad: bad.line)

    def _give(self, mine: int, chunk: list[NumberedLine]) -> None:
        self._wait(mine, _AHEAD - 1)
        try:
            self._waiting[mine].append(self._helpers[mine].submit(_take, chunk))
        except BrokenProcessPool:
            raise _ended() from None

    def _wait(self, mine: int, most: int) -> None:
        while len(self._waiting[mine]) > most:
            try:
                done = self._waiting[mine].popleft().result()
            except BrokenProcessPool:
                raise _ended() from None
            self._imported.add(done)
            self._progress()


def _ended() -> ChildProcessError:
    return ChildProcessError("a process that took lines in was ended; send the feed again")


def _share(line: bytes | BadLine) -> int:
    """The same number for all lines of an order."""
    if isinstance(line, BadLine):
        return 0
    try:
        head = _HEAD.decode(line)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return 0  # nobody will take it
    return crc32((head.order or head.id).encode())


# --- In a helper --------------------------------------------------------------------------------

_opened: list[tuple[Service, Actor]] = []


def _begin(open_service: OpenService, by: Actor) -> None:
    # Who is at the keyboard stops the one that gives out the lines.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _opened.append((open_service(), by))
    # What a line leaves behind is let go of without the collector of cycles, which would look
    # through all that is in memory again and again.
    gc.freeze()
    gc.disable()


def _take(chunk: list[NumberedLine]) -> Imported:
    ((service, by),) = _opened
    feed = feed_of(service, by, words(), BATCH)
    for _ in feed.take_numbered(chunk):
        pass
    gc.collect()
    return feed.imported


def _end() -> None:
    ((service, _),) = _opened
    service.close()
