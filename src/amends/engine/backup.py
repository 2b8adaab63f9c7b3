"""The port to whatever keeps copies of the record: what a back-up holds, and what may go wrong."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from amends.kernel.instants import Instant

Tell = Callable[[str, int], None]
"""Is told of each step: what is worked on, and how many more rows, or files, are done."""


class NotAnArchive(ValueError):
    """The file is no back-up, or not whole, or not what was written; the message says which."""


class NotEmpty(ValueError):
    """Where something is to be restored to, there is something; the message says what to do."""


class TableEntry(Struct, frozen=True):
    """What is in a back-up of a table. ``digest``: SHA-256 of its rows as written, in hex."""

    columns: tuple[str, ...]
    rows: int
    digest: str


class FilesEntry(Struct, frozen=True):
    """What is in a back-up of files. ``digest`` is over each one's name and its own digest."""

    count: int
    bytes: int
    digest: str


class Manifest(Struct, frozen=True):
    """What a back-up holds: ``database`` and ``schema`` say where it came from, and ``taken_at``
    when all of it stood so, by the clock of the machine that wrote it."""

    format: int
    product: str
    database: str
    schema: str
    taken_at: Instant
    tables: dict[str, TableEntry]
    files: FilesEntry

    def rows(self, table: str) -> int:
        """How many rows of a table there are; 0 when it knows no such table."""
        return self.tables[table].rows if table in self.tables else 0
