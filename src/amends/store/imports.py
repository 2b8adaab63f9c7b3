"""What feeds were answered, on either database."""

from __future__ import annotations

from amends.engine.imports import ImportAnswer
from amends.kernel.instants import Instant, to_micros
from amends.store.plain import Plain, run

_FIND = "SELECT digest, answer FROM import_answers WHERE caller = ? AND key = ?"
_KEEP = """INSERT INTO import_answers (caller, key, digest, answer, at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING"""
_FORGET = """DELETE FROM import_answers WHERE (caller, key) IN
    (SELECT caller, key FROM import_answers WHERE at < ? ORDER BY at LIMIT ?)"""


class SqlImportAnswers:
    """See ``amends.engine.imports.ImportAnswers``."""

    def __init__(self, plain: Plain) -> None:
        self._plain = plain

    def find(self, caller: str, key: str) -> ImportAnswer | None:
        """By its key."""
        found = self._plain.ask(_FIND, (caller, key))
        return ImportAnswer(*found[0]) if found else None

    def keep(self, caller: str, key: str, answer: ImportAnswer, at: Instant) -> None:
        """Put it down, once."""
        run(self._plain, _KEEP, (caller, key, answer.digest, answer.text, to_micros(at)))

    def forget(self, before: Instant, limit: int) -> int:
        """Clear out."""
        return run(self._plain, _FORGET, (to_micros(before), limit))
