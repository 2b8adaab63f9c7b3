"""Which language is spoken: said once for a request or a mail, asked wherever words are looked up.

A language is there when its folder is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

from babel import Locale, negotiate_locale

ENGLISH = "en"
_SPOKEN = ContextVar("language", default=ENGLISH)
_LONGEST = 200


def spoken() -> str:
    """The language of what is being answered now."""
    return _SPOKEN.get()


def speak(language: str) -> None:
    """From here on, in this request."""
    _SPOKEN.set(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """While the block lasts: a mail to somebody who reads another language."""
    before = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


@cache
def languages() -> tuple[str, ...]:
    """All there are, English first."""
    folders = (entry for entry in files("amends.entrypoints.words").iterdir() if entry.is_dir())
    found = {entry.name for entry in folders if (entry / "shared.toml").is_file()}
    return (ENGLISH, *sorted(found - {ENGLISH}))


def nearest(*asked: str | None) -> str:
    """The first of those asked for that is there, ``pt-BR`` being served by ``pt``; English where
    none is."""
    for one in asked:
        found = one and negotiate_locale([one], languages(), sep="-")
        if found:
            return found
    return ENGLISH


def accepted(header: str) -> list[str]:
    """The languages of an ``Accept-Language``, the most wanted first."""
    wanted: list[tuple[float, str]] = []
    for part in header[:_LONGEST].split(","):
        name, _, weight = part.strip().partition(";q=")
        try:
            rank = float(weight) if weight else 1.0
        except ValueError:
            continue
        if rank > 0 and name.replace("-", "").isalnum():
            wanted.append((rank, name))
    return [name for _rank, name in sorted(wanted, key=lambda each: -each[0])]


@cache
def called(language: str) -> str:
    """A language by its own name."""
    locale = Locale.parse(language, sep="-")
    return str(locale.get_display_name(locale))


@cache
def direction(language: str) -> str:
    """``ltr`` or ``rtl``."""
    return str(Locale.parse(language, sep="-").text_direction)
