"""Messages that ask somebody to give up what protects them: found by word patterns, which are data.

A pattern holds where one sentence has a word of each of its groups and none of ``unless``. Texts
and patterns are compared without case, accents and invisible characters. All languages are looked
for in every text, because a text does not say what language it is in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal, get_args

from msgspec import Struct

Trick = Literal["private", "postage", "wait", "elsewhere"]
"""Close the dispute and settle privately; pay for a return; wait; leave the platform."""
TRICKS: tuple[Trick, ...] = get_args(Trick)
_TATWEEL = "\u0640"  # draws an Arabic word out
_END = re.compile(r"[.!?;\u061f\u061b]+(?=\s|$)|[\u3002\n]|[!?;](?=[\u4e00-\u9fff])")
# Lengths are bounded, so that no text takes longer than its length.
_MAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}\s?(?:@|[(\[](?:at|arroba|собак\w?)[)\]])\s?[\w-]{1,63}"
    r"\s?(?:\.|[(\[](?:dot|punto|точка)[)\]])\s?\w{2}"
)
_HOST = re.compile(
    r"(?:https?://|www\.)([\w.-]{1,253})"
    r"|(?<![\w@.-])((?:[\w-]{1,63}\.){1,5}(?:com|net|org|shop|store|me|ru|cn|io|co))\b"
)
_ABROAD = re.compile(r"(?<![\w+])(?:\+|00)[1-9](?:[\s().-]{0,2}\d){8,13}(?!\d)")
_NUMBER = r"(?<!\w)\d(?:[\s().-]?\d){6,13}(?!\w)"
_LONG_NUMBER = "{number}"
_UNBROKEN = re.compile("[\u3400-\u9fff]")


class Pattern(Struct, frozen=True, forbid_unknown_fields=True):
    """Each of ``all`` and ``unless`` are words, ``|`` between them: ``close* | drop the case``.
    A ``*`` stands for any letters at a word's end, or up to eight at its beginning; ``{number}``
    for a long number."""

    all: tuple[str, ...]
    unless: str = ""


class Patterns(Struct, frozen=True, forbid_unknown_fields=True):
    """Those of one language. ``spans``: words for a length of time, with how many days it has;
    ``hosts``: of links that lead nowhere one could be cheated."""

    private: tuple[Pattern, ...] = ()
    postage: tuple[Pattern, ...] = ()
    wait: tuple[Pattern, ...] = ()
    elsewhere: tuple[Pattern, ...] = ()
    spans: Mapping[str, int] = {}
    hosts: tuple[str, ...] = ()


class Found(Struct, frozen=True):
    """What a text asks for; ``days``: how long to wait, where it says so in figures."""

    trick: Trick
    days: int | None = None


class _Rule(Struct, frozen=True):
    """A pattern made ready. ``parts`` are its groups' words without their bounds: to look for them
    is much quicker, and most texts have none."""

    groups: tuple[re.Pattern[str], ...]
    parts: tuple[tuple[str, ...], ...]
    unless: re.Pattern[str] | None

    def may_hold(self, text: str) -> bool:
        return all(any(part in text for part in group) for group in self.parts)

    def holds(self, sentence: str) -> bool:
        if not all(group.search(sentence) for group in self.groups):
            return False
        return self.unless is None or not self.unless.search(sentence)


class Detector:
    """The patterns of all languages, ready to be looked for."""

    def __init__(self, languages: Iterable[Patterns]) -> None:
        known = tuple(languages)
        self._rules: dict[Trick, list[_Rule]] = {
            trick: [_rule(pattern) for of in known for pattern in getattr(of, trick)]
            for trick in TRICKS
        }
        self._spans = [
            (re.compile(rf"(\d{{1,3}})\s*(?:{_words(unit)})"), days)
            for of in known
            for unit, days in of.spans.items()
        ]
        self._hosts = frozenset(host for of in known for host in of.hosts)

    def found_in(self, text: str) -> tuple[Found, ...]:
        """What a text asks for, each once."""
        sentences = list(_sentences(text))
        whole = " ".join(sentences)
        asked = [trick for trick in TRICKS if self._asks(trick, whole, sentences)]
        if "elsewhere" not in asked and self._leads_away(sentences):
            asked.append("elsewhere")
        days = self._longest(sentences) if "wait" in asked else None
        return tuple(Found(trick, days if trick == "wait" else None) for trick in asked)

    def _asks(self, trick: Trick, whole: str, sentences: list[str]) -> bool:
        return any(
            rule.holds(sentence)
            for rule in self._rules[trick]
            if rule.may_hold(whole)
            for sentence in sentences
        )

    def _leads_away(self, sentences: list[str]) -> bool:
        return any(
            _MAIL.search(sentence)
            or _ABROAD.search(sentence)
            or any(not _is_of((a or b).strip("."), self._hosts) for a, b in _HOST.findall(sentence))
            for sentence in sentences
        )

    def _longest(self, sentences: list[str]) -> int | None:
        spans = [
            int(number) * days
            for sentence in sentences
            for unit, days in self._spans
            for number in unit.findall(sentence)
        ]
        return max(spans, default=None)


def _is_of(host: str, hosts: Collection[str]) -> bool:
    return any(host == known or host.endswith(f".{known}") for known in hosts)


def _sentences(text: str) -> Iterator[str]:
    return (" ".join(part.split()) for part in _END.split(_folded(text)) if part.strip())


def _folded(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.casefold()).replace(_TATWEEL, "")
    return "".join(c for c in parts if unicodedata.category(c) not in ("Mn", "Cf"))


def _rule(pattern: Pattern) -> _Rule:
    return _Rule(
        tuple(re.compile(_words(group)) for group in pattern.all),
        tuple(tuple(_part(word) for word in group.split("|")) for group in pattern.all),
        re.compile(_words(pattern.unless)) if pattern.unless else None,
    )


def _part(word: str) -> str:
    bare = _folded(word).strip().strip("*")
    return "" if bare == _LONG_NUMBER else bare


def _words(group: str) -> str:
    return "|".join(_word(word.strip()) for word in group.split("|"))


def _word(word: str) -> str:
    if word == _LONG_NUMBER:
        return _NUMBER
    folded, bare = _folded(word), _part(word)
    before = r"(?<!\w)\w{0,8}" if folded.startswith("*") else _edge(bare[0], r"(?<!\w)")
    after = "" if folded.endswith("*") else _edge(bare[-1], r"(?!\w)")
    return f"{before}{re.escape(bare)}{after}"


def _edge(character: str, bound: str) -> str:
    """Where a word ends; not in a script without blanks between words."""
    return "" if _UNBROKEN.match(character) else bound
