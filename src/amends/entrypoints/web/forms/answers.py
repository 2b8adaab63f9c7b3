"""What was filled in, in words: for the page on which a final step is confirmed."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from amends.entrypoints.web.forms.amounts import NoAmount, read_amount
from amends.entrypoints.web.forms.inputs import (
    Amount,
    Fixed,
    Group,
    Input,
    Line,
    Moment,
    OneOf,
    Pairs,
    Prose,
    Rows,
    SomeOf,
    Tick,
    Units,
    Whole,
    YesNo,
)
from amends.entrypoints.web.forms.posted import Posted
from amends.entrypoints.web.language import words_now
from amends.entrypoints.words import formatting


class Answer(Struct, frozen=True):
    """A question and what was answered."""

    label: str
    text: str


def answers_in_words(inputs: tuple[Input, ...], posted: Posted) -> tuple[Answer, ...]:
    """Every question that was answered, in order."""
    return tuple(answer for question in inputs for answer in _answers(question, posted))


def _answers(question: Input, posted: Posted) -> Iterator[Answer]:
    match question:
        case Group(inputs=inputs):
            for part in inputs:
                yield from _answers(part, posted)
        case Rows(groups=groups):
            for group in groups:
                if group.row(posted):
                    yield Answer(question.label, group.label)
                    yield from _answers(group, posted)
        case Units(units=units):
            for unit in units:
                count = posted.one(f"{question.name}.{unit.line}").strip()
                if count not in ("", "0"):
                    yield Answer(question.label, f"{unit.title} × {count}")
        case OneOf(choices=choices) | SomeOf(choices=choices):
            given = posted.all(question.name)
            for choice in choices:
                if choice.value in given:
                    yield Answer(question.label, choice.label)
        case Amount(currency=currency):
            if typed := posted.one(question.name).strip():
                yield Answer(question.label, _money(typed, currency))
        case YesNo() | Tick():
            if value := posted.one(question.name):
                yield Answer(question.label, words_now().label(value))
        case Line() | Prose() | Whole() | Moment() | Pairs():
            if text := posted.one(question.name).strip():
                yield Answer(question.label, text)
        case Fixed():
            return


def _money(typed: str, currency: str) -> str:
    try:
        return formatting.money(read_amount(typed, currency))
    except NoAmount:
        return typed
