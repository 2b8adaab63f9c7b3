"""A command's form: its questions, what has to be confirmed, and reading it back."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from amends.entrypoints.kinds import kind_at, place_of, problem_of
from amends.entrypoints.web.forms.building import FormContext, convert, inputs_of
from amends.entrypoints.web.forms.inputs import Input, OneOf, SomeOf, Wrong, read_all
from amends.entrypoints.web.forms.posted import Posted
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.language import words_now


class Form(Struct, frozen=True, kw_only=True):
    """What a page shows of a command. ``version`` is what the person was looking at; ``gives_up``
    says what the step takes the place of, "" where that is nothing. ``warned``: they were told that
    it is against the rules, and may send it all the same."""

    type: str
    title: str
    action: str
    key: str
    inputs: tuple[Input, ...]
    version: int | None = None
    posted: Posted = Posted()
    errors: Mapping[str, str] = {}
    gives_up: str = ""
    warned: bool = False

    @property
    def possible(self) -> bool:
        """Whether it can be filled in: not where an answer is needed and there is none to choose.
        Evidence is then put to a dispute by uploading it there."""
        return not any(
            ask.required and not ask.choices
            for ask in self.inputs
            if isinstance(ask, OneOf | SomeOf)
        )

    @property
    def intro(self) -> str:
        """What the step changes, where that is not plain from its name."""
        return words_now().command(self.type).intro

    @property
    def final(self) -> bool:
        """Whether it cannot be taken back, and is confirmed on a page of its own."""
        return words_now().command(self.type).final

    @property
    def grave(self) -> bool:
        """Whether one of the platform's people proves once more who they are."""
        return words_now().command(self.type).grave


def read_command(
    command: type[Struct], context: FormContext, posted: Posted
) -> Struct | dict[str, str]:
    """The command as it was filled in, or a message for each question that needs another answer.

    A message under "" belongs to no single question.
    """
    inputs = inputs_of(command, context)
    try:
        return convert(command, read_all(inputs, posted))
    except Wrong as wrong:
        return wrong.messages
    except msgspec.ValidationError as error:
        # The inputs check what the struct asks; what is left is a bound only the struct knows.
        _what, path, name = place_of(str(error))
        why = words_now().problem(problem_of(kind_at(command, path, name=name)))
        field = re.sub(r"\[(\d+)\]", "", path)
        return {field: _("This cannot be taken as it is: {why}.").format(why=why)}
