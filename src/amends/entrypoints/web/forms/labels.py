"""What each field of a command is asked as, and what the codes in it are called.

Looked up by ``command.path`` first, then by the path, then by the field's own name, so that one
wording serves every command that asks for the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from amends.entrypoints.web.forms.inputs import Choice
from amends.entrypoints.web.forms.texts import CODES, HINTS, LABELS
from amends.entrypoints.web.language import translate as _


def asked(command: str, path: str) -> str:
    """The question for a field."""
    return _(_nearest(LABELS, command, path) or path.rpartition(".")[2].replace("_", " "))


def has_own_words(command: str, path: str) -> bool:
    """Whether somebody wrote words for this field, rather than its bare name being shown."""
    return _nearest(LABELS, command, path) is not None


def hinted(command: str, path: str) -> str:
    """A sentence under the question, "" where none is needed."""
    found = _nearest(HINTS, command, path)
    return _(found) if found else ""


def code_in_words(code: str) -> str:
    """A code in words; itself, more readable, where nobody wrote any."""
    return _(CODES.get(code, code.replace("_", " ").capitalize()))


def codes_in_words(path: str, codes: Sequence[str]) -> tuple[Choice, ...]:
    """Answers to choose from, in the order of the wording, then as the type names them."""
    known = [code for code in CODES if code in codes]
    rest = [code for code in codes if code not in CODES]
    field = path.rpartition(".")[2]
    return tuple(
        Choice(code, _(CODES.get(f"{field}.{code}", "")) or code_in_words(code))
        for code in (*known, *rest)
    )


def pattern_in_words(pattern: str) -> str:
    """What a text has to look like, said for the patterns commands use."""
    if pattern.startswith("^[A-Z]{3}"):
        return _("Write the currency as three capital letters, like EUR.")
    if pattern.startswith("^[A-Z]{2}"):
        return _("Write the country as two capital letters, like ES.")
    if pattern.startswith("^[A-Za-z0-9]["):
        return _("Use letters, digits and . _ ~ : @ - only, without blanks.")
    if pattern.startswith("^[a-z0-9_]+"):
        return _("Use small letters, digits and _ only.")
    if pattern.startswith("^[A-Za-z]{2,3}"):
        return _("Write the language as a code, like en or zh-CN.")
    return ""


def _nearest(table: Mapping[str, str], command: str, path: str) -> str | None:
    for key in (f"{command}.{path}", path, path.rpartition(".")[2]):
        if key in table:
            return table[key]
    return None
