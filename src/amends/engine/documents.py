"""A document to be set on pages, as plain data: what it says, never how it looks.

Every string is text and nothing else: whatever a person wrote is shown as it was written, and has
no way to become markup.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

from msgspec import Struct

Direction = Literal["ltr", "rtl"]


class Line(Struct, frozen=True):
    """A line of text, which runs in its own direction whatever stands around it."""

    text: str
    direction: Direction


Said = tuple[Line, ...]


class Facts(Struct, frozen=True, tag="facts"):
    """Names and their values."""

    rows: tuple[tuple[str, Said], ...]


class Prose(Struct, frozen=True, tag="prose"):
    """A paragraph; ``quoted``: it is what somebody wrote."""

    said: Said
    quoted: bool = False


class Table(Struct, frozen=True, tag="table"):
    """Rows under headings, each as long as ``head``."""

    head: tuple[str, ...]
    rows: tuple[tuple[Said, ...], ...]


class Step(Struct, frozen=True):
    """Something that happened, and what was written with it, if anything was."""

    at: str
    what: Said
    quoted: Said


class Timeline(Struct, frozen=True, tag="timeline"):
    """What happened, oldest first."""

    steps: tuple[Step, ...]


class Exhibit(Struct, frozen=True, tag="exhibit"):
    """A file that goes with the document: its facts, its digest, and the name of its picture among
    those handed in, "" where there is none. ``alt`` says in words what the picture is."""

    name: str
    facts: tuple[tuple[str, Said], ...]
    digest: str
    picture: str
    alt: str


Block = Facts | Prose | Table | Timeline | Exhibit


class Section(Struct, frozen=True):
    """A part under a heading of its own."""

    heading: str
    blocks: tuple[Block, ...]


class Document(Struct, frozen=True):
    """A whole document. ``footer`` stands on every page beside its number, ``page`` says "page {n}
    of {all}" in the document's language. ``made_at`` is in seconds since 1970: the same document
    gives the same bytes."""

    language: str
    direction: Direction
    title: str
    subtitle: str
    sections: tuple[Section, ...]
    footer: str
    page: str
    made_at: int


class NotTypeset(Exception):
    """The document could not be set within the limits of time and memory."""


class Typesetter(Protocol):
    """Sets documents on pages."""

    def typeset(self, document: Document, pictures: Mapping[str, bytes]) -> bytes:
        """The document as PDF; a picture that cannot be read is left out. Raises NotTypeset."""
