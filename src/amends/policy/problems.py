"""What is wrong with a pack's files: all of it, each with its place and what would help."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from msgspec import Struct


class PackProblem(Struct, frozen=True):
    """One thing wrong: ``file`` and dotted ``key`` say where, ``suggestion`` what would mend it.

    ``line`` counts from 1 and is known only to whoever has read the file's text.
    """

    file: str
    key: str
    problem: str
    suggestion: str
    line: int | None = None

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        key = f" {self.key}:" if self.key else ""
        return f"{where}:{key} {self.problem} - {self.suggestion}"


class PackError(ValueError):
    """A pack cannot be used; ``problems`` holds everything that was found, never only the first."""

    def __init__(self, problems: Iterable[PackProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A suggestion for a ``word`` that is not among the ``known`` ones."""
    names = list(dict.fromkeys(known))
    close = get_close_matches(word, names, 1, 0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"known here: {', '.join(names)}" if names else "remove it"
