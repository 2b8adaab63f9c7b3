"""What was typed into a form, as it came: kept so that an error never costs anybody their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct


class Posted(Struct, frozen=True):
    """The texts of a form by name; a checkbox group has several of one name."""

    texts: Mapping[str, Sequence[str]] = {}

    def one(self, name: str) -> str:
        """The text of ``name``, "" when there is none. Line ends are single newlines."""
        found = self.texts.get(name, ())
        return found[0].replace("\r\n", "\n") if found else ""

    def all(self, name: str) -> list[str]:
        """Every text of ``name``."""
        return [text for text in self.texts.get(name, ()) if text]

    def items(self) -> list[tuple[str, str]]:
        """All names and texts in their order, to be carried on to a confirming page."""
        return [(name, text) for name, texts in self.texts.items() for text in texts]
