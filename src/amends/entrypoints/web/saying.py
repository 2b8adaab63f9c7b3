"""Refusals as the pages say them."""

from __future__ import annotations

from collections.abc import Mapping

from amends.entrypoints.web.forms.inputs import Unit
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.words.catalogue import Words
from amends.kernel.decision import Fact, Facts, Refused
from amends.policy.wording import Wording

_ENDS = ".?!。？！؟"  # in all languages
_NO_WORDS = Wording()


def refused_in_words(
    refused: Refused,
    words: Words,
    wording: Wording = _NO_WORDS,
    units: tuple[Unit, ...] = (),
) -> str:
    """Why not, and what would help, as one text. The pack's codes are said in its ``wording``, the
    order's lines by what they hold (``units``)."""
    titles = {unit.line: unit.title for unit in units}
    facts: Facts = {
        name: _by_name(value, _names(refused.rule, name, words, wording, titles))
        for name, value in refused.facts.items()
    }
    return sentences(words.detail(refused.rule, facts), *words.steps_to_take(refused.next))


def sentences(*texts: str) -> str:
    """Each as a sentence, with what ends one."""
    return " ".join(_sentence(text) for text in texts if text)


def _names(
    rule: str, fact: str, words: Words, wording: Wording, titles: Mapping[str, str]
) -> Mapping[str, str]:
    """What the codes that a fact may hold are called."""
    match fact:
        case "line":
            return titles
        case "reason":
            return wording.reasons
        case "remedy" | "allowed":
            return wording.remedies
        case "grounds":
            return wording.grounds
        case "route":
            return wording.routes
        case "known" if rule in ("ruling_needs_clause", "unknown_clause"):
            return wording.clauses
        case "known" if rule in ("ruling_needs_reason", "unknown_ruling_reason"):
            return wording.ruling_reasons
        case "lines":
            return {**words.labels, **wording.remedies}
        case "finding" | "traced" | "resolution" | "outcome":
            return words.labels
        case "field":
            return words.fields
        case _:
            return {}


def _by_name(value: Fact, names: Mapping[str, str]) -> Fact:
    match value:
        case str() if value in names:
            return _("“{words}”").format(words=names[value])
        case tuple():
            return tuple(str(_by_name(one, names)) for one in value)
        case _:
            return value


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith(tuple(_ENDS)) else f"{text}."
