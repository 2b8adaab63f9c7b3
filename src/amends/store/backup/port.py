"""What a back-up needs of a database, of whatever kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

Block = Sequence[tuple[Any, ...]]
"""Some rows of a table: whole numbers, texts, bytes and None, in the order of its columns."""


class Source(Protocol):
    """A whole database as it stood at one instant, whoever writes meanwhile.

    ``database`` is its kind and version, ``tables`` its tables with their columns, all but the one
    that holds the version of the ``schema``.
    """

    @property
    def database(self) -> str: ...
    @property
    def schema(self) -> str: ...
    @property
    def tables(self) -> Mapping[str, tuple[str, ...]]: ...

    def rows(self, table: str) -> Iterator[Block]:
        """Every row of a table."""


class Target(Protocol):
    """A new database of some schema, its tables empty."""

    def put(self, table: str, columns: Sequence[str], blocks: Iterable[Block]) -> None:
        """Put rows into a table."""


def listed(columns: Iterable[str]) -> str:
    """Columns as a statement names them, whatever words they are."""
    return ", ".join(f'"{column}"' for column in columns)
