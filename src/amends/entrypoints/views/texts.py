"""Texts that lie apart from events and state: which ones a case refers to, and what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

# What a stored JSON text may hold; its shape is the caller's own.
Json = Any

_UNREAD = object()
# Most of what a case is made of is numbers, names and instants, in which there is nothing to find.
_HOLDS_PARTS = (Struct, dict, tuple, list)


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
        for name in value.__struct_fields__:
            part = getattr(value, name)
            if isinstance(part, str):
                if part and (name == "ref" or name.endswith("_ref")):
                    yield part
            elif isinstance(part, _HOLDS_PARTS):
                yield from refs_in(part)
    elif isinstance(value, dict | tuple | list):
        for part in value.values() if isinstance(value, dict) else value:
            if isinstance(part, _HOLDS_PARTS):
                yield from refs_in(part)
