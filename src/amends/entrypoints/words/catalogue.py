"""The catalogue: what every rule, next step, clock and notice is called in a reader's language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from amends.entrypoints.words import formatting
from amends.kernel.decision import Fact, Facts

# Facts whose values are codes with a name of their own.
_CODED = ("phase", "turn", "side", "of", "role", "allowed")


class RuleWords(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule's heading, and a sentence into which its facts are put by name."""

    title: str
    detail: str


class NoticeWords(Struct, frozen=True, forbid_unknown_fields=True):
    """The subject and the text of a notice; ``{order}`` and ``{dispute}`` stand for their ids."""

    subject: str
    text: str


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """One language. Codes that have no entry are shown as they are, so that nothing breaks."""

    codes: dict[str, str]
    rules: dict[str, RuleWords]
    next: dict[str, str]
    then: dict[str, str]
    steps: dict[str, str]
    anchors: dict[str, str]
    windows: dict[str, str]
    commands: dict[str, str]
    notices: dict[str, NoticeWords]
    due: str
    locale: str = "en"

    def title(self, rule: str) -> str:
        """A rule's heading."""
        known = self.rules.get(rule)
        return known.title if known else _plain(rule)

    def detail(self, rule: str, facts: Facts) -> str:
        """The rule in a sentence with its facts; its heading where a fact is missing."""
        known = self.rules.get(rule)
        if known is None:
            return f"{_plain(rule)}."
        said = {name: self.fact(name, value) for name, value in facts.items()}
        try:
            return known.detail.format_map(said)
        except KeyError:
            return f"{known.title}."

    def fact(self, name: str, value: Fact) -> str:
        """A fact within a sentence, phases and roles by their names."""
        if name in _CODED and isinstance(value, str):
            return self.codes.get(value, value)
        if name in _CODED and isinstance(value, tuple):
            return " or ".join(self.codes.get(part, part) for part in value)
        return formatting.fact(value, self.locale)

    def steps_to_take(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """What would help, one sentence each."""
        return tuple(self.next.get(code, code) for code in codes)

    def then_of(self, what: str) -> str:
        """What happens when the clock on a step runs out."""
        return self.then.get(what, "")

    def step(self, what: str) -> str:
        """What a clock waits for."""
        return self.steps.get(what, _plain(what))

    def anchor(self, code: str) -> str:
        """What happened when a clock started, as a clause: ``the dispute was opened``."""
        return self.anchors.get(code, _plain(code).lower())

    def notice(self, kind: str) -> NoticeWords:
        """What a notice of an event says."""
        known = self.notices.get(kind)
        return known or NoticeWords(subject=_plain(kind), text=f"{_plain(kind)}: {{order}}")

    def command(self, type_: str) -> str:
        """A command as a button or a heading says it."""
        return self.commands.get(type_, _plain(type_))


def _plain(code: str) -> str:
    return code.replace("_", " ").capitalize()


@cache
def words(locale: str = "en") -> Words:
    """The catalogue nearest to ``locale``; English where there is none."""
    folder = files("amends.entrypoints.words")
    for name in (locale.replace("_", "-"), locale.replace("_", "-").split("-")[0], "en"):
        entry = folder / f"{name}.toml"
        if name.replace("-", "").isalnum() and entry.is_file():
            document: Mapping[str, object] = tomllib.loads(entry.read_text("utf-8"))
            return msgspec.convert({**document, "locale": name.replace("-", "_")}, Words)
    raise LookupError("the English catalogue is missing")
