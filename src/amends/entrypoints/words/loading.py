"""Reading a language: the files of its folder as one catalogue, checked before anybody reads it.

What a command needs stands in one file, ``dispute.toml`` or ``order.toml``; ``shared.toml`` holds
the rest. Any file may have any table. Another language holds texts only: what it leaves out, and
how a command or an event behaves, is as in English.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar, get_args

import msgspec
from msgspec import Struct
from msgspec.structs import fields

from amends.entrypoints.words.languages import ENGLISH

T = TypeVar("T")
Catalogue = TypeVar("Catalogue", bound=Struct)

# What a dispute's story can put into an event's sentence; ``web/story.py`` finds it in the event.
STORY_FACTS = frozenset(
    "who claim offer effect ruling evidence turn due asked condition carrier status decision"
    " outcome refund traced step proposed".split()
)
# What may stand in braces, by where it stands; ``*`` is any name. Elsewhere nothing may.
_BRACES: dict[tuple[str, ...], frozenset[str]] = {
    ("due",): frozenset({"until"}),
    ("reckoned", "*"): frozenset({"span", "since", "anchor"}),
    ("windows", "*"): frozenset({"days", "since"}),
    ("waiting", "*"): frozenset(
        {"turn", "since", "until", "step", "why", "outcome", "due", "span"}
    ),
    ("problems", "*"): frozenset({"least", "most", "value", "known"}),
    ("events", "*", "sentence"): STORY_FACTS,
    ("events", "*", "subject"): frozenset({"order", "dispute"}),
    ("events", "*", "notice"): frozenset({"order", "dispute"}),
    ("mails", "*", "text"): frozenset({"link", "minutes"}),
    ("help", "*"): frozenset(
        "days carriers count remedy proof amount ground reason percent first last step since then"
        " country".split()
    ),
    ("advice", "*"): frozenset(
        "amount postage leaves percent ask proofs items answer until".split()
    ),
}
# Rules are told with the facts of their refusal, whatever these are.
_ANY_FACT = ("rules", "*", "detail")
_TOGETHER = (("events", ("subject", "notice")),)


class BadWords(ValueError):
    """A catalogue that cannot be used: the message names the file, the key and what is wrong."""


def read_language(language: str, type_: type[Catalogue]) -> Catalogue | None:
    """The catalogue in the folder called ``language``, None when there is no such folder.

    Raises BadWords for text that is no TOML, a word given twice, an unknown table or key, and
    braces that nothing would fill.
    """
    if not language.replace("-", "").isalnum():
        return None
    folders = files("amends.entrypoints.words")
    folder = folders / language
    beneath = None if language == ENGLISH else folders / ENGLISH
    return merged(folder, type_, beneath) if folder.is_dir() else None


def merged(
    folder: Traversable, type_: type[Catalogue], beneath: Traversable | None = None
) -> Catalogue:
    """The files of a folder as one catalogue, over those of the folder ``beneath``. Raises
    BadWords."""
    whole = _read(folder, type_)
    if beneath is not None:
        for path, value in _leaves(whole, ()):
            if not isinstance(value, str):
                raise BadWords(f"{folder.name}: {'.'.join(path)} is for the English catalogue only")
        whole = _over(_read(beneath, type_), whole)
    return _converted(whole, type_, folder.name)


def _over(beneath: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    whole = dict(beneath)
    for key, value in own.items():
        under = whole.get(key)
        whole[key] = _over(under, value) if isinstance(under, dict) else value
    return whole


def _leaves(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _leaves(part, (*path, key))
    else:
        yield path, value


def _read(folder: Traversable, type_: type[Catalogue]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    places: dict[tuple[str, str], str] = {}
    # What a table's entries are; nothing for a key that stands by itself.
    kinds = {field.encode_name: get_args(field.type)[1:] for field in fields(type_)}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        try:
            document = tomllib.loads(file.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadWords(f"{file.name}: {error}") from None
        for table, value in document.items():
            if table not in kinds or isinstance(value, dict) != bool(kinds[table]):
                what = "table" if isinstance(value, dict) else "key"
                raise BadWords(f"{file.name}: there is no {what} called {table}")
            entries = value if isinstance(value, dict) else {"": value}
            for key, entry in entries.items():
                name = f"{table}.{key}" if key else table
                if (table, key) in places:
                    before = places[table, key]
                    raise BadWords(f"{file.name}: {name} stands in {before} already")
                places[table, key] = file.name
                for kind in kinds[table]:
                    _converted(entry, kind, f"{file.name}: {name}")
            whole[table] = {**whole.get(table, {}), **value} if kinds[table] else value
        _check(file.name, document)
    return whole


def _converted(value: object, type_: type[T], place: str) -> T:
    try:
        return msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        raise BadWords(f"{place}: {error}") from None


def _check(file: str, document: Mapping[str, Any]) -> None:
    for path, text in _texts(document):
        key = ".".join(path)
        if not text.strip():
            raise BadWords(f"{file}: {key} says nothing")
        for name in _braces(file, key, text):
            allowed = _allowed(path)
            if allowed is None:
                if not name.isidentifier():
                    raise BadWords(f"{file}: {key} has {{{name}}}, which is no fact's name")
            elif name not in allowed:
                known = ", ".join(sorted(allowed)) or "nothing"
                raise BadWords(f"{file}: {key} has {{{name}}}; there is: {known}")
    for table, names in _TOGETHER:
        for key, entry in document.get(table, {}).items():
            if 0 < sum(name in entry for name in names) < len(names):
                raise BadWords(f"{file}: {table}.{key} needs {' and '.join(names)}, or neither")


def _texts(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    for path, value in _leaves(document, ()):
        yield from ((path, text) for text in _as_list(value) if isinstance(text, str))


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _braces(file: str, key: str, text: str) -> Iterator[str]:
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise BadWords(f"{file}: {key}: {error}") from None
    for _text, name, spec, conversion in parts:
        if spec or conversion:
            raise BadWords(f"{file}: {key}: write {{{name}}} without anything after the name")
        if name is not None:
            yield name


def _allowed(path: tuple[str, ...]) -> frozenset[str] | None:
    """The names that may stand in braces; None for any."""
    if _fits(path, _ANY_FACT):
        return None
    found = (names for place, names in _BRACES.items() if _fits(path, place))
    return next(found, frozenset())


def _fits(path: tuple[str, ...], place: tuple[str, ...]) -> bool:
    return len(path) == len(place) and all(
        want in ("*", part) for part, want in zip(path, place, strict=True)
    )
