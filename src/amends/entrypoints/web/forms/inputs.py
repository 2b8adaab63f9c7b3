"""The kinds of input a form is made of: what each shows, and how it reads what was typed.

``read`` gives the part of the command's JSON that an input stands for, an empty part when it was
left out, and raises Wrong with a message for each input at fault. Names are paths in the command
(``address.city``); the last part is the field's key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar, Protocol

from msgspec import Struct

from amends.entrypoints.web.forms.amounts import NoAmount, read_amount
from amends.entrypoints.web.forms.posted import Posted
from amends.entrypoints.web.language import translate as _

Part = dict[str, object]


class Wrong(ValueError):
    """What was typed cannot be taken: a message by the input's name."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        super().__init__(", ".join(messages))
        self.messages = dict(messages)


class Input(Protocol):
    """One question of a form."""

    kind: ClassVar[str]

    @property
    def name(self) -> str: ...

    def read(self, posted: Posted) -> Part:
        """The part of the command this input gives. Raises Wrong."""


class _Asked(Struct, frozen=True, kw_only=True):
    """What every question has. ``initial`` stands in it before anything was typed."""

    name: str
    label: str
    hint: str = ""
    required: bool = False
    initial: str = ""

    @property
    def key(self) -> str:
        return self.name.rpartition(".")[2]

    def typed(self, posted: Posted) -> str:
        """What to show in the input."""
        return posted.one(self.name) if self.name in posted.texts else self.initial

    def _part(self, value: object) -> Part:
        return {self.key: value}

    def _left_out(self) -> Part:
        if self.required:
            raise Wrong({self.name: _("Answer this: {label}").format(label=self.label)})
        return {}


class Line(_Asked, frozen=True):
    """A short text."""

    kind: ClassVar[str] = "line"
    most: int = 300
    pattern: str = ""
    pattern_words: str = ""

    def read(self, posted: Posted) -> Part:
        text = posted.one(self.name).strip()
        if not text:
            return self._left_out()
        if len(text) > self.most:
            raise Wrong({self.name: _too_long(len(text), self.most)})
        if self.pattern and not re.search(self.pattern, text):
            words = self.pattern_words or _("Control characters cannot be kept. Type it again.")
            raise Wrong({self.name: words})
        return self._part(text)


class Prose(_Asked, frozen=True):
    """Text of several lines."""

    kind: ClassVar[str] = "prose"
    most: int = 10_000

    def read(self, posted: Posted) -> Part:
        text = posted.one(self.name)
        if not text.strip():
            return self._left_out()
        if len(text) > self.most:
            raise Wrong({self.name: _too_long(len(text), self.most)})
        if "\0" in text:
            message = _("The text holds a NUL character, which no mail or page can carry.")
            raise Wrong({self.name: message})
        return self._part(text)


class Whole(_Asked, frozen=True):
    """A whole number."""

    kind: ClassVar[str] = "whole"
    least: int | None = None
    most: int | None = None

    def read(self, posted: Posted) -> Part:
        text = posted.one(self.name).strip()
        if not text:
            return self._left_out()
        if not re.fullmatch(r"-?\d{1,12}", text):
            raise Wrong({self.name: _("Write a whole number, in digits only.")})
        number = int(text)
        if self.least is not None and number < self.least:
            raise Wrong({self.name: _("The least is {least}.").format(least=self.least)})
        if self.most is not None and number > self.most:
            raise Wrong({self.name: _("The most is {most}.").format(most=self.most)})
        return self._part(number)


class Amount(_Asked, frozen=True):
    """Money in the order's currency, typed with decimals and read without rounding."""

    kind: ClassVar[str] = "amount"
    currency: str

    def read(self, posted: Posted) -> Part:
        typed = posted.one(self.name).strip()
        if not typed:
            return self._left_out()
        try:
            money = read_amount(typed, self.currency)
        except NoAmount as wrong:
            raise Wrong({self.name: str(wrong)}) from None
        return self._part({"amount": money.amount, "currency": money.currency})


class Choice(Struct, frozen=True):
    """One answer among several. ``why_not``: why it is not possible now, "" when it is; who gives
    it all the same is told by the command."""

    value: str
    label: str
    hint: str = ""
    why_not: str = ""


class OneOf(_Asked, frozen=True):
    """One answer among several. ``in_row``: it belongs to a group that can be left out whole, so
    that an answer can be taken back even where the group needs one."""

    kind: ClassVar[str] = "one_of"
    choices: tuple[Choice, ...]
    in_row: bool = False

    def read(self, posted: Posted) -> Part:
        value = posted.one(self.name)
        if not value:
            return self._left_out()
        if value not in {choice.value for choice in self.choices}:
            raise Wrong({self.name: _("Choose one of the answers shown.")})
        return self._part(value)


class OfferOf(OneOf, frozen=True):
    """An offer to agree to, together with the amount that was seen beside it."""

    def read(self, posted: Posted) -> Part:
        part = super().read(posted)
        if not part:
            return part
        offer, _mark, amount = str(part[self.key]).partition("|")
        value, _blank, currency = amount.partition(" ")
        named = {"amount": int(value), "currency": currency}
        return {self.key: offer, "amount": named}


class SomeOf(_Asked, frozen=True):
    """Any number of answers."""

    kind: ClassVar[str] = "some_of"
    choices: tuple[Choice, ...]
    empty: str = ""  # what is said when there is nothing to choose from

    def read(self, posted: Posted) -> Part:
        values = posted.all(self.name)
        if not values:
            return self._left_out()
        known = {choice.value for choice in self.choices}
        if not known.issuperset(values):
            raise Wrong({self.name: _("Choose among the answers shown.")})
        return self._part(list(dict.fromkeys(values)))


class YesNo(_Asked, frozen=True):
    """Yes or no; neither is chosen beforehand."""

    kind: ClassVar[str] = "yes_no"

    def read(self, posted: Posted) -> Part:
        value = posted.one(self.name)
        if value not in ("yes", "no"):
            return self._left_out()
        return self._part(value == "yes")


class Tick(_Asked, frozen=True):
    """A box to tick; not ticked is no."""

    kind: ClassVar[str] = "tick"

    def read(self, posted: Posted) -> Part:
        return self._part(True) if posted.one(self.name) else {}


class Moment(_Asked, frozen=True):
    """A date and a time of day, in UTC as the page says."""

    kind: ClassVar[str] = "moment"

    def read(self, posted: Posted) -> Part:
        text = posted.one(self.name).strip().removesuffix("Z")
        if not text:
            return self._left_out()
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            message = _("Write date and time like this: 2026-03-02 12:00")
            raise Wrong({self.name: message}) from None
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        return self._part(at.isoformat().replace("+00:00", "Z"))


class Unit(Struct, frozen=True):
    """A line of the order, to choose units of."""

    line: str
    title: str
    quantity: int


ALL = "all"


class Units(_Asked, frozen=True):
    """How many units of which lines; 0 leaves a line out. ``initial`` ALL: all stand in it."""

    kind: ClassVar[str] = "units"
    units: tuple[Unit, ...]

    def read(self, posted: Posted) -> Part:
        chosen: list[Part] = []
        wrong: dict[str, str] = {}
        for unit in self.units:
            name = f"{self.name}.{unit.line}"
            text = posted.one(name).strip()
            if text in ("", "0"):
                continue
            if not re.fullmatch(r"\d{1,6}", text):
                wrong[name] = _("Write a whole number, in digits only.")
            elif int(text) > unit.quantity:
                wrong[name] = _("{count} were bought, so choose at most {count}.").format(
                    count=unit.quantity
                )
            else:
                chosen.append({"line": unit.line, "quantity": int(text)})
        if wrong:
            raise Wrong(wrong)
        return self._part(chosen) if chosen else self._left_out()

    def typed_for(self, posted: Posted, unit: Unit) -> str:
        """The number to show for a line: what was typed, or at first all of it or none."""
        name = f"{self.name}.{unit.line}"
        if name in posted.texts:
            return posted.one(name)
        return str(unit.quantity) if self.initial == ALL else "0"


class Fixed(_Asked, frozen=True):
    """Not a question: a value the page knows."""

    kind: ClassVar[str] = "fixed"

    def read(self, posted: Posted) -> Part:
        return self._part(self.initial)


class Group(_Asked, frozen=True):
    """Questions that belong together: one struct inside the command."""

    kind: ClassVar[str] = "group"
    inputs: tuple[Input, ...]

    def read(self, posted: Posted) -> Part:
        if not self.required and not self._begun(posted):
            return {}
        return self._part(read_all(self.inputs, posted))

    def row(self, posted: Posted) -> Part:
        """The struct alone, or nothing when no question of it was answered."""
        return read_all(self.inputs, posted) if self._begun(posted) else {}

    def _begun(self, posted: Posted) -> bool:
        inside = (name for name in posted.texts if name.startswith(f"{self.name}."))
        return any(posted.one(name).strip() not in ("", "0") for name in inside)


class Rows(_Asked, frozen=True):
    """Several structs of one kind, a group of questions for each; empty groups are left out."""

    kind: ClassVar[str] = "rows"
    groups: tuple[Group, ...]

    def read(self, posted: Posted) -> Part:
        rows: list[Part] = []
        wrong: dict[str, str] = {}
        for group in self.groups:
            try:
                row = group.row(posted)
            except Wrong as error:
                wrong.update(error.messages)
            else:
                rows += [row] if row else []
        if wrong:
            raise Wrong(wrong)
        return self._part(rows) if rows else self._left_out()


class Pairs(_Asked, frozen=True):
    """Names and values, one pair a line: ``colour: white``."""

    kind: ClassVar[str] = "pairs"

    def read(self, posted: Posted) -> Part:
        pairs: dict[str, str] = {}
        for line in filter(None, (x.strip() for x in posted.one(self.name).splitlines())):
            name, mark, value = line.partition(":")
            if not mark or not name.strip():
                message = _("Write one name and value a line, like this: colour: white")
                raise Wrong({self.name: message})
            pairs[name.strip()] = value.strip()
        return self._part(pairs) if pairs else self._left_out()


def read_all(inputs: tuple[Input, ...], posted: Posted) -> Part:
    """The parts of several inputs together. Raises Wrong with the messages of all of them."""
    whole: Part = {}
    wrong: dict[str, str] = {}
    for question in inputs:
        try:
            whole.update(question.read(posted))
        except Wrong as error:
            wrong.update(error.messages)
    if wrong:
        raise Wrong(wrong)
    return whole


def _too_long(length: int, most: int) -> str:
    return _("This has {length} characters; at most {most} can be kept. Shorten it.").format(
        length=length, most=most
    )
