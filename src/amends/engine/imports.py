"""The part of the store's port that keeps what feeds sent over HTTP were answered."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from amends.kernel.instants import Instant


class ImportAnswer(Struct, frozen=True):
    """``digest`` tells whether a feed is the same again; ``text`` is JSON of whoever keeps it."""

    digest: str
    text: str


class ImportAnswers(Protocol):
    """By whose key it was, for as long as a feed may be sent again."""

    def find(self, caller: str, key: str) -> ImportAnswer | None:
        """What was answered under this key."""

    def keep(self, caller: str, key: str, answer: ImportAnswer, at: Instant) -> None:
        """Put it down; one that is there already stays."""

    def forget(self, before: Instant, limit: int) -> int:
        """Remove what was answered before then, the oldest ``limit`` of it; how many these were."""
