"""Reading a pack's tables key by key: every problem is kept, none of them stops the reading."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from amends.policy.problems import PackProblem, did_you_mean
from amends.policy.terms import Days

Choice = TypeVar("Choice", bound=str)
CODE = re.compile(r"[a-z0-9_]{1,64}")
MOST_DAYS = 3650  # ten years; beyond it an instant may fall off the calendar


class Reading:
    """What is gathered while one pack is read.

    ``sources`` are the names that values may cite (None: not known, so not held against them),
    ``days`` the spans that could be read, by their dotted key with the file they stand in, and
    ``cited`` the source of each value that is not a span, by the value's key.
    """

    def __init__(self, sources: Collection[str] | None) -> None:
        self.sources = sources
        self.problems: list[PackProblem] = []
        self.days: dict[str, tuple[str, int]] = {}
        self.cited: dict[str, str] = {}

    def note(self, file: str, key: str, problem: str, suggestion: str) -> None:
        """Keep one problem."""
        self.problems.append(PackProblem(file, key, problem, suggestion))


class Sheet:
    """One table of one file. Each getter marks its key as known; ``close`` reports the others.

    A getter that finds nothing usable notes why and answers with a harmless stand-in, so that
    the rest is still read; no pack with a problem ever becomes terms.
    """

    def __init__(
        self, reading: Reading, file: str, table: Mapping[str, object], path: str = ""
    ) -> None:
        self.reading, self.file, self.table, self.path = reading, file, table, path
        self._known: dict[str, None] = {}

    def key(self, name: str) -> str:
        """The dotted key of ``name`` in its file."""
        return f"{self.path}.{name}" if self.path else name

    def note(self, name: str, problem: str, suggestion: str) -> None:
        """Keep a problem with the value of ``name``; "" means the table itself."""
        key = self.key(name) if name else self.path
        self.reading.note(self.file, key, problem, suggestion)

    def close(self) -> None:
        """Report every key nobody asked for."""
        for name in self.table:
            if name not in self._known:
                self.note(name, "unknown key", did_you_mean(name, self._known))

    def take(self, name: str, example: str) -> object | None:
        """The raw value of a key that must be there."""
        self._known[name] = None
        if name not in self.table:
            self.note(name, "missing", f"write: {name} = {example}")
        return self.table.get(name)

    def text(self, name: str) -> str:
        """A text that is not empty."""
        value = self.take(name, '"..."')
        if value is None:
            return ""
        if isinstance(value, str) and value.strip():
            return value
        self.note(name, f"a text is wanted here, not {value!r}", f'write: {name} = "..."')
        return ""

    def source(self) -> str:
        """The ``source`` of this table's value: names of the pack's sources, split by commas."""
        value = self.text("source")
        if self.reading.sources is not None:
            # What a base pack gave carries that pack's name in front.
            for one in value.rpartition(": ")[2].split(",") if value else ():
                if one.strip() not in self.reading.sources:
                    self.note(
                        "source",
                        f"source '{one.strip()}' is not described in pack.toml",
                        did_you_mean(one.strip(), self.reading.sources),
                    )
        return value

    def whole(self, name: str, least: int, most: int) -> int:
        """A whole number from ``least`` to ``most``."""
        value = self.take(name, str(least))
        if value is None:
            return least
        if not isinstance(value, int) or isinstance(value, bool):
            self.note(name, f"a whole number is wanted here, not {value!r}", f"write: {name} = 5")
            return least
        if not least <= value <= most:
            self.note(name, f"{value} is out of bounds", f"write a number from {least} to {most}")
            return least
        return value

    def one_of(self, name: str, options: Sequence[Choice]) -> Choice:
        """One of the words the code knows."""
        value = self.take(name, f'"{options[0]}"')
        for option in options:
            if value == option:
                return option
        if value is not None:
            self.note(name, f"unknown choice {value!r}", did_you_mean(str(value), options))
        return options[0]

    def flag(self, name: str) -> bool:
        """True or false; false when it is not there."""
        self._known[name] = None
        value = self.table.get(name, False)
        if not isinstance(value, bool):
            self.note(name, f"true or false is wanted here, not {value!r}", f"write: {name} = true")
            return False
        return value

    def texts(self, name: str, *, optional: bool = False) -> tuple[str, ...]:
        """A list of texts, none of them twice."""
        self._known[name] = None
        if optional and name not in self.table:
            return ()
        value = self.take(name, '["..."]')
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            self.note(
                name, f"a list of texts is wanted here, not {value!r}", 'write: ["...", "..."]'
            )
            return ()
        for one in sorted({one for one in value if value.count(one) > 1}):
            self.note(name, f"'{one}' is named twice", "name it once")
        return tuple(dict.fromkeys(value))

    def codes(
        self, name: str, known: Sequence[Choice] | None = None, *, optional: bool = False
    ) -> tuple[str, ...]:
        """A list of codes, none of them twice; of the ``known`` ones when those are given."""
        found = self.texts(name, optional=optional)
        for one in found:
            if known is not None and one not in known:
                self.note(name, f"unknown code '{one}'", did_you_mean(one, known))
            elif not CODE.fullmatch(one):
                self.note(name, f"'{one}' is no code", "use a to z, 0 to 9 and _, at most 64")
        return found

    def child(self, name: str, example: str, *, optional: bool = False) -> Sheet | None:
        """The table under ``name``; a value without unit and source is told how to be one."""
        self._known[name] = None
        if optional and name not in self.table:
            return None
        value = self.take(name, example)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.note(name, f"{value!r} has no unit or source", f"write: {name} = {example}")
            return None
        return Sheet(self.reading, self.file, value, self.key(name))

    def children(self, example: str) -> list[tuple[str, Sheet]]:
        """Every table here, by a name the pack may choose."""
        found = [(name, self.child(name, example)) for name in self.table]
        return [(name, sheet) for name, sheet in found if sheet is not None]

    def is_none(self) -> bool:
        """Whether this value says ``none = true``: the pack has no such rule, and says by what."""
        return self.table.get("none") is True

    def days(self, name: str, unit: str = "days", least: int = 1) -> Days:
        """A span written ``name = { days = 5, source = "..." }``; the key is the rule's name."""
        return self._days(name, unit, least, optional=False) or Days(name, least, "")

    def days_or_none(self, name: str, least: int = 1) -> Days | None:
        """The same, or None where the pack writes ``name = { none = true, source = "..." }``."""
        return self._days(name, "days", least, optional=True)

    def _days(self, name: str, unit: str, least: int, *, optional: bool) -> Days | None:
        sheet = self.child(name, f'{{ {unit} = {max(least, 5)}, source = "..." }}')
        if sheet is None:
            return None
        if optional and sheet.is_none():
            sheet.flag("none")
            self.reading.cited[name] = sheet.source()
            sheet.close()
            return None
        return sheet.span(name, unit, least)

    def span(self, rule: str, unit: str = "days", least: int = 1) -> Days:
        """This table itself as a span of the given rule."""
        before = len(self.reading.problems)
        value = self.whole(unit, least, MOST_DAYS)
        if len(self.reading.problems) == before:
            self.reading.days[self.path] = (self.file, value)
        term = Days(rule, value, self.source())
        self.close()
        return term

    def number(self, name: str, unit: str, least: int, most: int) -> int:
        """A number written ``name = { <unit> = 30, source = "..." }``."""
        sheet = self.child(name, f'{{ {unit} = {least}, source = "..." }}')
        if sheet is None:
            return least
        value = sheet.whole(unit, least, most)
        self._cite(name, sheet)
        return value

    def choice(self, name: str, options: Sequence[Choice]) -> Choice:
        """A word written ``name = { choice = "...", source = "..." }``."""
        sheet = self.child(name, f'{{ choice = "{options[0]}", source = "..." }}')
        if sheet is None:
            return options[0]
        value = sheet.one_of("choice", options)
        self._cite(name, sheet)
        return value

    def list_of_codes(self, name: str, known: Sequence[Choice] | None = None) -> tuple[str, ...]:
        """Codes written ``name = { codes = ["..."], source = "..." }``."""
        sheet = self.child(name, '{ codes = ["..."], source = "..." }')
        if sheet is None:
            return ()
        value = sheet.codes("codes", known)
        self._cite(name, sheet)
        return value

    def _cite(self, name: str, sheet: Sheet) -> None:
        self.reading.cited[name] = sheet.source()
        sheet.close()
