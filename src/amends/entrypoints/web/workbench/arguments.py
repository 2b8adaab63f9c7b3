"""An appeal's arguments, each of which a decision answers: told apart, and put together again."""

from __future__ import annotations

import re
from collections.abc import Mapping

from amends.entrypoints.web.forms.posted import Posted
from amends.entrypoints.web.language import translate as _

# "1.", "2)", "-", "*" or a bullet at the beginning of a line.
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*•])\s+", re.M)
_MOST = 20


def arguments_of(text: str) -> tuple[str, ...]:
    """The arguments in a text as its writer told them apart: by numbers, else by empty lines.

    What is past the twentieth belongs to the last one, so that none is lost.
    """
    parts = _NUMBERED.split(text) if _NUMBERED.search(text) else re.split(r"\n\s*\n", text)
    found = [part.strip() for part in parts if part.strip()]
    return (*found[: _MOST - 1], *(["\n\n".join(found[_MOST - 1 :])] if found[_MOST - 1 :] else []))


def name_of(number: int) -> str:
    """The field in which the argument called so, from 1, is answered."""
    return f"answer.{number}"


def missing(arguments: tuple[str, ...], posted: Posted) -> Mapping[str, str]:
    """What is to be said by field of each argument that has no answer yet."""
    return {
        name_of(n): _("Answer argument {n}.").format(n=n)
        for n, _argument in enumerate(arguments, 1)
        if not posted.one(name_of(n)).strip()
    }


def put_together(arguments: tuple[str, ...], posted: Posted) -> Posted:
    """The decision's text with each argument and its answer before it; the answers' own fields are
    in it then, and are left out."""
    texts = {name: given for name, given in posted.texts.items() if not name.startswith("answer.")}
    answered = [
        f"{n}. “{argument}”\n{posted.one(name_of(n)).strip()}"
        for n, argument in enumerate(arguments, 1)
    ]
    text = posted.one("text").strip()
    # Without a reason of its own the decision says nothing, however much was answered.
    return Posted({**texts, "text": ["\n\n".join([*answered, text])] if text else []})
