"""What the server and the child process tell each other."""

from __future__ import annotations

from msgspec import Struct

from amends.engine.documents import Document


class Order(Struct, frozen=True):
    """A document to set, its pictures by name, and the limits."""

    document: Document
    pictures: dict[str, bytes]
    cpu_seconds: int
    memory_bytes: int


class Done(Struct, frozen=True, tag="done"):
    """The PDF."""

    pdf: bytes


class Failed(Struct, frozen=True, tag="failed"):
    """It cannot be set: the kind of error, none of its words, which may quote the document."""

    kind: str
