"""Taking a whole file of a feed in, NDJSON or CSV."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import BinaryIO, Literal

import msgspec

from amends.entrypoints.csv_feed import BadCell, read_csv
from amends.entrypoints.feeds import BATCH, BadLine, Imported, NumberedLine, feed_of, lines_of
from amends.entrypoints.service import Service
from amends.entrypoints.sharing import OpenService, Shares
from amends.entrypoints.words.catalogue import words
from amends.kernel.people import Actor

FeedKind = Literal["ndjson", "csv"]
# A feed of no more lines is taken in before helpers would have started.
_ALONE = 6_000


def take(
    service: Service,
    stream: BinaryIO,
    kind: FeedKind,
    by: Actor,
    advance: Callable[[int], object] = lambda _: None,
    *,
    helpers: tuple[OpenService, int] | None = None,
) -> Imported:
    """What came of the feed in ``stream``; ``advance`` is told of each batch's bytes.

    ``helpers`` take in what is left of a long feed: how one opens a service of its own, and how
    many there are to be. Raises BadHeader for a CSV file whose columns are not those of a layout,
    and ChildProcessError when a helper was ended.
    """
    read = told = 0

    def counted() -> Iterator[bytes]:
        nonlocal read
        for line in lines_of(stream):
            yield line
            read += len(line)

    def progress() -> None:
        nonlocal told
        advance(read - told)
        told = read

    lines = numbered(counted(), kind)
    feed = feed_of(service, by, words(), BATCH)
    for _ in feed.take_numbered(islice(lines, _ALONE) if helpers else lines):
        progress()
    if helpers and (more := next(lines, None)):
        open_service, count = helpers
        with Shares(open_service, by, count, feed.imported, progress) as shares:
            shares.take(chain([more], lines))
    return feed.imported


def numbered(lines: Iterable[bytes], kind: FeedKind) -> Iterator[NumberedLine]:
    """The feed's records, each numbered by the line it begins on.

    Raises BadHeader for CSV whose first line does not name the columns of a layout.
    """
    text = _unmarked(lines)
    return enumerate(text, start=1) if kind == "ndjson" else _csv(text)


def _unmarked(lines: Iterable[bytes]) -> Iterator[bytes]:
    for index, line in enumerate(lines):
        # What spreadsheets write first is no part of any text.
        yield line if index else line.removeprefix(BOM_UTF8)


def _csv(lines: Iterator[bytes]) -> Iterator[NumberedLine]:
    # What is not UTF-8 becomes U+FFFD here, by which the reader finds the row.
    for read in read_csv(line.decode("utf-8", "replace") for line in lines):
        if isinstance(read, BadCell):
            yield read.line, BadLine(read.line, read.reason, "bad_cell", read.field or None)
        else:
            yield read.line, msgspec.json.encode(read.record)
