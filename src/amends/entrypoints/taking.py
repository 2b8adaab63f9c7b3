"""Taking a whole file of a feed in, NDJSON or CSV."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from typing import BinaryIO, Literal

import msgspec

from amends.dispute.state import Case
from amends.entrypoints.api.commands import with_number_checked
from amends.entrypoints.csv_feed import BadCell, read_csv
from amends.entrypoints.feeds import BadLine, Feed, Imported, NumberedLine, lines_of
from amends.entrypoints.service import Service
from amends.entrypoints.words.catalogue import words
from amends.kernel.people import Actor


def take(
    service: Service,
    stream: BinaryIO,
    kind: Literal["ndjson", "csv"],
    by: Actor,
    advance: Callable[[int], object] = lambda _: None,
) -> Imported:
    """What came of the feed in ``stream``; ``advance`` is told of each batch's bytes.

    Raises BadHeader for a CSV file whose columns are not those of a layout.
    """

    def find(order: str) -> Case | None:
        view = service.engine.view(order)
        return view.state if view else None

    read = 0

    def counted() -> Iterator[bytes]:
        nonlocal read
        for line in lines_of(stream):
            # What spreadsheets write first is no part of any text.
            yield line if read else line.removeprefix(BOM_UTF8)
            read += len(line)

    feed = Feed(
        service.engine.handle,
        find,
        lambda command: with_number_checked(service, command),
        by,
        words(),
    )
    taken = feed.take(counted()) if kind == "ndjson" else feed.take_numbered(_csv(counted()))
    told = 0
    for _ in taken:
        advance(read - told)
        told = read
    return feed.imported


def _csv(lines: Iterator[bytes]) -> Iterator[NumberedLine]:
    # What is not UTF-8 becomes U+FFFD here, by which the reader finds the row.
    for read in read_csv(line.decode("utf-8", "replace") for line in lines):
        if isinstance(read, BadCell):
            yield read.line, BadLine(read.line, read.reason, "bad_cell", read.field or None)
        else:
            yield read.line, msgspec.json.encode(read.record)
