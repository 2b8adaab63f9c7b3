"""Texts that lie apart from events and state: which ones a case refers to, and what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args

import msgspec
from msgspec import UNSET, Struct, UnsetType

# What a stored JSON text may hold; its shape is the caller's own.
Json = Any

_UNREAD = object()
# Most of what a case is made of is numbers, names and instants, in which there is nothing to find.


class Texts:
    """The texts of one order by reference: what they say, or that their person was erased."""

    def __init__(self, found: Mapping[str, str | None]) -> None:
        """``found`` holds None for a text whose person was erased."""
        self._found = found

    def get(self, ref: str) -> str | None:
        """The text; None when it was erased or never written."""
        return self._found.get(ref) if ref else None

    def json(self, ref: str) -> Json:
        """What a text holds that was written as JSON; the text itself when it was not."""
        text = self.get(ref)
        if text is None:
            return None
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError:
            return text

    def entry(self, ref: str, *path: str) -> Json:
        """What lies at ``path`` within a JSON text; None where there is nothing."""
        value = self.json(ref)
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def erased(self, *refs: str) -> bool | UnsetType:
        """True when any of these was erased, else left out."""
        gone = any(ref and self._found.get(ref, _UNREAD) is None for ref in refs)
        return True if gone else UNSET


def refs_in(value: object) -> Iterator[str]:
    """Every reference to a text within a state or an event: fields ``ref`` and ``..._ref``."""
    if isinstance(value, Struct):
        refs, parts = _fields_of(type(value))
        for name in refs:
            if ref := getattr(value, name):
                yield ref
        for name in parts:
            if part := getattr(value, name):
                yield from refs_in(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from refs_in(part)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from refs_in(part)


@cache
def _fields_of(struct: type[Struct]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fields that hold a reference, and those within which there may be some."""
    refs = tuple(n for n in struct.__struct_fields__ if n == "ref" or n.endswith("_ref"))
    types = {field.name: field.type for field in msgspec.structs.fields(struct)}
    return refs, tuple(n for n, type_ in types.items() if n not in refs and _holds_structs(type_))


def _holds_structs(type_: Any) -> bool:
    if isinstance(type_, type) and issubclass(type_, Struct):
        return True
    return any(_holds_structs(part) for part in get_args(type_))
