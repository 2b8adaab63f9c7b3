"""From a command's struct to the questions of its form.

The struct says what there is to fill in, the context what there is to choose from. A type nobody
has an input for raises NoInput, so that a new command cannot silently go without a form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

import msgspec
from msgspec import Struct
from msgspec import inspect as types
from msgspec.structs import replace

from amends.entrypoints.web.forms.inputs import (
    Amount,
    Choice,
    Fixed,
    Group,
    Input,
    Line,
    Moment,
    OfferOf,
    OneOf,
    Pairs,
    Prose,
    Rows,
    SomeOf,
    Tick,
    Unit,
    Units,
    Whole,
    YesNo,
)
from amends.entrypoints.web.forms.patterns import pattern_in_words
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.language import words_now
from amends.kernel.money import Money
from amends.order.units import LineQuantity

_PROSE_FROM = 1000  # texts that may be longer get a field of several lines
_EMPTY_ROWS = 3
_ADDRESS = ("name", "street", "further", "city", "region", "postcode", "country", "phone")
_ADDRESS_NEEDS = ("name", "street", "city", "country")


class NoInput(TypeError):
    """A command has a field no input can ask for; give it one in ``forms/building.py``."""


class FormContext(Struct, frozen=True, kw_only=True):
    """What a form can offer for choice: the order's currency and units, and codes by field name
    (``offer``, ``evidence``, ``reason``, ...), most specific first: ``command.field``.
    ``gives_up``: by command, what is said of that which it takes the place of."""

    currency: str
    units: tuple[Unit, ...] = ()
    choices: Mapping[str, tuple[Choice, ...]] = {}
    initial: Mapping[str, str] = {}
    gives_up: Mapping[str, str] = {}

    def choices_for(self, command: str, field: str) -> tuple[Choice, ...] | None:
        """What there is to choose from, None when it is not a choice."""
        own = self.choices.get(f"{command}.{field}")
        return own if own is not None else self.choices.get(field)

    def without_hints(self) -> FormContext:
        """The same choices by their names alone: for what was explained above."""
        brief = {
            field: tuple(Choice(choice.value, choice.label) for choice in choices)
            for field, choices in self.choices.items()
        }
        return replace(self, choices=brief)


def inputs_of(command: type[Struct], context: FormContext) -> tuple[Input, ...]:
    """The questions of a command's form, in the order people think in. Raises NoInput."""
    made = _Maker(str(command.__struct_config__.tag), context)
    info = types.type_info(command)
    assert isinstance(info, types.StructType)  # noqa: S101
    fields = [field for field in info.fields if not made.implied(field)]
    first = words_now().command(made.command).asks_first
    fields.sort(key=lambda f: first.index(f.name) if f.name in first else len(first))
    return tuple(made.input(field, "") for field in fields)


class _Common(TypedDict):
    name: str
    label: str
    hint: str
    required: bool
    initial: str


class _Maker:
    def __init__(self, command: str, context: FormContext, *, in_row: bool = False) -> None:
        self.command = command
        self.context = context
        self.in_row = in_row

    def implied(self, field: types.Field) -> bool:
        """Whether this is no question: agreeing to an offer is to its amount, a refund knows its
        dispute, and what a carrier's format says of a number is the server's to say."""
        return field.name == "number_check" or (self.command, field.name) in (
            ("accept_offer", "amount"),
            ("report_missing_money", "dispute"),
        )

    def input(self, field: types.Field, prefix: str, row: str = "") -> Input:
        """A field's question. ``row``: which of several like structs it is in, which its words do
        not depend on."""
        type_ = _bare(field.type)
        path = f"{prefix.replace(f'.{row}.', '.') if row else prefix}{field.name}"
        choices = self.context.choices_for(self.command, field.name)
        words = words_now().field(self.command, path)
        common: _Common = {
            "name": f"{prefix}{field.encode_name}",
            "label": words.label,
            "hint": words.hint,
            "required": field.required,
            "initial": self.context.initial.get(f"{self.command}.{path}", ""),
        }
        match type_:
            case types.StructType(cls=cls) if cls is Money:
                return Amount(currency=self.context.currency, **common)
            case types.StructType():
                return Group(inputs=self._of(type_, f"{common['name']}."), **common)
            case types.VarTupleType() | types.ListType():
                return self._several(_bare(type_.item_type), choices, common)
            case types.BoolType() if field.required:
                return YesNo(**common)
            case types.BoolType():
                return Tick(**common)
            case types.LiteralType():
                return OneOf(choices=choices or _literals(type_), in_row=self.in_row, **common)
            case types.EnumType():
                return OneOf(
                    choices=choices_in_words([str(m.value) for m in type_.cls]),
                    **common,
                )
            case types.DateTimeType():
                return Moment(**common)
            case types.IntType():
                return Whole(least=_least(type_), most=_most(type_), **common)
            case types.StrType() if choices is not None:
                possible = [choice.value for choice in choices if not choice.why_not]
                if field.required and len(possible) == 1:
                    (common["initial"],) = possible
                kind = OfferOf if self.command == "accept_offer" else OneOf
                return kind(choices=choices, **common)
            case types.StrType() if (type_.max_length or 0) >= _PROSE_FROM:
                return Prose(most=type_.max_length or _PROSE_FROM, **common)
            case types.StrType():
                return Line(
                    most=type_.max_length or 300,
                    pattern=type_.pattern or "",
                    pattern_words=pattern_in_words(type_.pattern or ""),
                    **common,
                )
            case types.DictType() if field.name == "address":
                return Group(inputs=_address(common["name"]), **common)
            case types.DictType():
                return Pairs(**common)
        raise NoInput(f"{self.command}.{path} is of a type no input asks for: {type_}")

    def _several(
        self, item: types.Type, choices: tuple[Choice, ...] | None, common: _Common
    ) -> Input:
        match item:
            case types.StructType(cls=cls) if cls is LineQuantity:
                return Units(units=self.context.units, **common)
            case types.StructType():
                return Rows(groups=self._groups(item, common["name"]), **common)
            case types.LiteralType():
                return SomeOf(choices=_literals(item), **common)
            case types.StrType() if choices is not None:
                return SomeOf(choices=choices, empty=_("There is nothing to choose yet."), **common)
        raise NoInput(f"{self.command}.{common['name']} is a list no input asks for: {item}")

    def _groups(self, item: types.StructType, name: str) -> tuple[Group, ...]:
        """A group for each line of the order when the struct is about a line; else a few."""
        if any(field.name == "line" for field in item.fields):
            brief = _Maker(self.command, self.context.without_hints(), in_row=True)
            return tuple(
                Group(
                    name=f"{name}.{unit.line}",
                    label=unit.title,
                    inputs=brief._of(item, f"{name}.{unit.line}.", unit.line),
                )
                for unit in self.context.units
            )
        return tuple(
            Group(
                name=f"{name}.{number}",
                label=_("Number {number}").format(number=number),
                inputs=self._of(item, f"{name}.{number}."),
            )
            for number in range(1, _EMPTY_ROWS + 1)
        )

    def _of(self, struct: types.StructType, prefix: str, line: str = "") -> tuple[Input, ...]:
        return tuple(
            Fixed(name=f"{prefix}line", label="", initial=line)
            if line and field.name == "line"
            else self.input(field, prefix, line)
            for field in struct.fields
        )


def _bare(type_: types.Type) -> types.Type:
    """The type without its notes, and without the null that stands for leaving it out."""
    if isinstance(type_, types.Metadata):
        return _bare(type_.type)
    if isinstance(type_, types.UnionType):
        rest = [t for t in type_.types if not isinstance(t, types.NoneType)]
        if len(rest) == 1:
            return _bare(rest[0])
    return type_


def _address(name: str) -> tuple[Input, ...]:
    """The usual parts of an address; only what is filled in is kept."""
    return tuple(
        Line(
            name=f"{name}.{part}",
            label=words_now().field("", part).label,
            required=part in _ADDRESS_NEEDS,
        )
        for part in _ADDRESS
    )


def _literals(type_: types.LiteralType) -> tuple[Choice, ...]:
    return choices_in_words([str(value) for value in type_.values])


def choices_in_words(codes: Sequence[str]) -> tuple[Choice, ...]:
    """Answers to choose from, in the order of the catalogue, then as they came."""
    words = words_now()
    return tuple(Choice(code, words.label(code)) for code in words.in_order(codes))


def _least(type_: types.IntType) -> int | None:
    return type_.ge if type_.gt is None else type_.gt + 1


def _most(type_: types.IntType) -> int | None:
    return type_.le if type_.lt is None else type_.lt - 1


def convert(command: type[Struct], part: Mapping[str, object]) -> Struct:
    """The command from the parts its questions gave. Raises msgspec.ValidationError."""
    return msgspec.convert(dict(part), command, strict=True)
