"""The catalogue: what rules, clocks, commands and events are called in a reader's language.

Whatever a person reads of a command or an event is looked up here: by the pages, the API, the
command line and the mails. A folder for each language holds it, see ``loading.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from amends.entrypoints.words import formatting
from amends.entrypoints.words.loading import read_language
from amends.kernel.decision import Fact, Facts
from amends.kernel.instants import Instant
from amends.kernel.money import Money

# Facts whose values are codes with a name of their own.
_CODED = ("phase", "turn", "side", "of", "role", "allowed", "status")


class RuleWords(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule's heading, and a sentence into which its facts are put by name."""

    title: str
    detail: str


class CommandWords(Struct, frozen=True, forbid_unknown_fields=True):
    """A command: ``label`` on buttons and headings, ``intro`` where that does not say what it
    changes, ``done`` once it was taken.

    ``final``: it is shown once more before it is taken. ``grave``: one of the platform's people is
    asked for a second factor first. ``put_forward``: it is what a person whose turn it is most
    likely came for. ``asks_first``: fields in the order to ask in. ``fields`` and ``hints`` go
    before those that all commands share.
    """

    label: str
    intro: str = ""
    done: str = ""
    final: bool = False
    grave: bool = False
    put_forward: bool = False
    asks_first: tuple[str, ...] = ()
    fields: Mapping[str, str] = {}
    hints: Mapping[str, str] = {}


class FieldWords(Struct, frozen=True):
    """A field of a command as a question, and a sentence under it, "" where none is needed.

    ``known`` is False where nobody wrote words and the question is the field's bare name.
    """

    label: str
    hint: str
    known: bool


class EventWords(Struct, frozen=True, forbid_unknown_fields=True):
    """An event: its ``sentence`` in a dispute's story, and the notice of it.

    ``quotes`` are the event's texts shown under the sentence, ``end`` marks it as the end of a part
    of the story. Subject and notice hold ``{order}`` and ``{dispute}``. ``can_wait``: a step on the
    way, of which people may be told once a day where it asks nothing of them.
    """

    sentence: str = ""
    quotes: tuple[str, ...] = ()
    end: bool = False
    can_wait: bool = False
    subject: str = ""
    notice: str = ""


class MailWords(Struct, frozen=True, forbid_unknown_fields=True):
    """A mail that is no notice of an event."""

    subject: str
    text: str


class WarningWords(Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody is warned of: in short, why it would harm them, what to do instead."""

    title: str
    why: str
    instead: str


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """One language. Codes that have no entry are shown as they are, so that nothing breaks."""

    due: str
    facts: dict[str, str]
    reckoned: dict[str, str]
    codes: dict[str, str]
    labels: dict[str, str]
    goods: dict[str, str]
    statuses: dict[str, str]
    phases: dict[str, str]
    outcomes: dict[str, str]
    refund_states: dict[str, str]
    roles: dict[str, str]
    turns: dict[str, str]
    persons: dict[str, str]
    rules: dict[str, RuleWords]
    problems: dict[str, str]
    next: dict[str, str]
    then: dict[str, str]
    steps: dict[str, str]
    anchors: dict[str, str]
    windows: dict[str, str]
    waiting: dict[str, str]
    fields: dict[str, str]
    hints: dict[str, str]
    commands: dict[str, CommandWords]
    events: dict[str, EventWords]
    mails: dict[str, MailWords]
    warnings: dict[str, WarningWords]
    help: dict[str, str]
    advice: dict[str, str]
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
        if facts.get("problem") in self.problems:
            said["problem"] = self.problem(facts)
        try:
            return known.detail.format_map(said)
        except KeyError:
            return f"{known.title}."

    def fact(self, name: str, value: Fact) -> str:
        """A fact within a sentence, phases and roles by their names."""
        if name in _CODED and isinstance(value, str):
            return self.codes.get(value, value)
        if name in _CODED and isinstance(value, tuple):
            return formatting.either(tuple(self.codes.get(p, p) for p in value), self.locale)
        match value:
            case None:
                return self.facts["unknown"]
            case bool():
                return self.facts["yes" if value else "no"]
            case Money():
                return formatting.money(value, self.locale)
            case Instant():
                return formatting.dated_instant(value, self.locale)
            case tuple():
                return ", ".join(value) or self.facts["none"]
            case _:
                return str(value)

    def problem(self, facts: Facts) -> str:
        """Why a field cannot be as it was given, as a clause: its ``problem`` among ``facts``."""
        said = {name: self.fact(name, value) for name, value in facts.items()}
        return self.problems[str(facts["problem"])].format_map(said)

    def steps_to_take(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """What would help, one sentence each."""
        return tuple(self.next.get(code, code) for code in codes)

    def then_of(self, what: str) -> str:
        """What happens when the clock on a step runs out."""
        return self.then.get(what, "")

    def helping(self, key: str, **facts: str) -> str:
        """A sentence of the help with its facts put in by name. Raises KeyError for none."""
        return self.help[key].format(**facts)

    def step(self, what: str) -> str:
        """What a clock waits for."""
        return self.steps.get(what, _plain(what))

    def anchor(self, code: str) -> str:
        """What happened when a clock started, as a clause: ``the dispute was opened``."""
        return self.anchors.get(code, _plain(code).lower())

    def command(self, type_: str) -> CommandWords:
        """A command, under its plain name where nobody wrote words for it."""
        return self.commands.get(type_) or CommandWords(_plain(type_))

    def put_forward(self, types: Iterable[str]) -> list[str]:
        """Commands by how likely somebody came for them: those that are put forward in the order
        of the catalogue, then the others as they came."""
        ranks = {t: rank for rank, (t, c) in enumerate(self.commands.items()) if c.put_forward}
        return sorted(types, key=lambda t: ranks.get(t, len(self.commands)))

    def field(self, command: str, path: str) -> FieldWords:
        """A field of a command: by the command's own words, then by those for its path
        (``split.into``), then by those for its last part."""
        own = self.command(command)
        name = path.rpartition(".")[2]
        label = _nearest(own.fields, self.fields, path, name)
        hint = _nearest(own.hints, self.hints, path, name)
        return FieldWords(label or name.replace("_", " "), hint, bool(label))

    def event(self, type_: str) -> EventWords:
        """An event. What nobody wrote says its plain name."""
        known = self.events.get(type_) or EventWords()
        plain = _plain(type_)
        return replace(
            known,
            sentence=known.sentence or plain,
            subject=known.subject or plain,
            notice=known.notice or f"{plain}: {{order}}",
        )

    def label(self, code: str) -> str:
        """A code by itself: an answer, a cell of a table."""
        return self.labels.get(code) or _plain(code)

    def category(self, code: str) -> str:
        """A category of goods. A marketplace has its own; what is no code is read as it is."""
        return self.goods.get(code) or (_plain(code) if code.islower() else code)

    def in_order(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Codes to choose from: those with a label in the order of the catalogue, then the rest."""
        given = tuple(codes)
        known = tuple(code for code in self.labels if code in given)
        return (*known, *(code for code in given if code not in self.labels))

    def status(self, code: str) -> str:
        """An order's status."""
        return self.statuses.get(code) or self.label(code)

    def phase(self, code: str) -> str:
        """A dispute's phase."""
        return self.phases.get(code) or self.label(code)

    def outcome(self, code: str) -> str:
        """How a dispute ended."""
        return self.outcomes.get(code) or self.label(code)

    def refund_state(self, code: str) -> str:
        """Where a refund is."""
        return self.refund_states.get(code) or self.label(code)

    def failure(self, code: str) -> str:
        """Why a refund did not go through. Providers have more codes than there are words here."""
        return self.labels.get(f"failed_{code}") or self.labels["failed_otherwise"]

    def role(self, code: str) -> str:
        """A role beside a person's name."""
        return self.roles.get(code) or self.label(code)

    def turn(self, code: str) -> str:
        """Whose turn it is, within a sentence."""
        return self.turns.get(code) or self.label(code)

    def person(self, role: str) -> str:
        """Who did something, at the beginning of a sentence."""
        return self.persons.get(role) or self.label(role)


def _plain(code: str) -> str:
    return code.replace("_", " ").capitalize()


def _nearest(own: Mapping[str, str], shared: Mapping[str, str], path: str, name: str) -> str:
    return own.get(path) or shared.get(path) or shared.get(name) or ""


@cache
def words(locale: str = "en") -> Words:
    """The catalogue nearest to ``locale``; English where there is none. Raises BadWords."""
    name = locale.replace("_", "-")
    for language in (name, name.split("-")[0], "en"):
        found = read_language(language, Words)
        if found is not None:
            return replace(found, locale=language.replace("-", "_"))
    raise LookupError("the English catalogue is missing")
