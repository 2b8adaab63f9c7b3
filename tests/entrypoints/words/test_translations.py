"""Every language that is there: whole, and holding what the English holds in braces."""

from __future__ import annotations

import string
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

import amends
from amends.entrypoints.words.languages import languages

ROOT = Path(__file__).parents[3]
FOLDERS = Path(amends.__file__).parent / "entrypoints" / "words"
LEAST = 0.95
# A form for one thing or two may spell out how many.
COUNTS = frozenset({"n", "days"})

each_language = pytest.mark.parametrize("language", languages()[1:])


def braces(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def leaves(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from leaves(part, f"{path}.{key}")
    elif isinstance(value, str):
        yield path.removeprefix("."), value


def texts(folder: Path) -> dict[str, str]:
    """Every text of a folder's TOML files, by its dotted key."""
    documents = (tomllib.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.toml")))
    return {key: text for document in documents for key, text in leaves(document, "")}


@cache
def strings(language: str) -> Catalog:
    """A language's strings of the pages."""
    with (FOLDERS / language / "pages.po").open("rb") as po:
        return read_po(po, locale=language.replace("-", "_"))


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What "make words" finds in modules and templates."""
    pot = tmp_path_factory.mktemp("gathered") / "pages.pot"
    subprocess.run(
        [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg",
         "-k", "_", "-k", "mark", "-k", "translate", "-k", "translate_plural:1,2",
         "--no-location", "-o", pot, "."],
        cwd=ROOT, check=True,
    )  # fmt: skip
    with pot.open("rb") as found:
        return read_po(found)


def forms(message: Message) -> tuple[str, ...]:
    """What a string is in another language: a form for each plural, or just one."""
    said = message.string
    return (said,) if isinstance(said, str) else tuple(said or ("",))


def nearly_all(wanted: set[str], there: set[str]) -> None:
    missing = sorted(wanted - there)
    assert len(missing) <= (1 - LEAST) * len(wanted), "without words:\n" + "\n".join(missing)


@each_language
def test_a_catalogue_has_nearly_all_that_the_english_has(language: str) -> None:
    nearly_all(set(texts(FOLDERS / "en")), set(texts(FOLDERS / language)))


@each_language
def test_a_catalogue_has_nothing_the_english_has_not(language: str) -> None:
    assert set(texts(FOLDERS / language)) <= set(texts(FOLDERS / "en"))


@each_language
def test_a_catalogue_says_every_fact_and_no_other(language: str) -> None:
    english = texts(FOLDERS / "en")
    own = texts(FOLDERS / language)
    wrong = [key for key in own if braces(own[key]) != braces(english.get(key, own[key]))]
    assert wrong == []


@each_language
def test_nearly_every_string_of_the_pages_is_translated(language: str, gathered: Catalog) -> None:
    translated = {key(m) for m in strings(language) if m.id and all(forms(m))}
    nearly_all({key(message) for message in gathered if message.id}, translated)


def key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


@each_language
def test_strings_say_every_fact_and_are_whole(language: str) -> None:
    catalog = strings(language)
    wrong = []
    for message in catalog:
        said = forms(message)
        if not message.id or not any(said):
            continue
        wanted = braces(message.id if isinstance(message.id, str) else message.id[-1])
        spared = COUNTS if message.pluralizable else frozenset()
        if (
            message.fuzzy
            or len(said) != (catalog.num_plurals if message.pluralizable else 1)
            or not all(said)
            or any(not wanted - spared <= braces(form) <= wanted for form in said)
            or braces(said[-1]) != wanted
        ):
            wrong.append(key(message))
    assert wrong == []


@each_language
@pytest.mark.parametrize(
    "pack", sorted(p.parent.relative_to(ROOT).as_posix() for p in ROOT.glob("policies/*/*/wording"))
)
def test_a_pack_is_worded_whole(pack: str, language: str) -> None:
    english = tomllib.loads((ROOT / pack / "wording" / "en.toml").read_text("utf-8"))
    own = tomllib.loads((ROOT / pack / "wording" / f"{language}.toml").read_text("utf-8"))
    assert dict(leaves(own, "")).keys() == dict(leaves(english, "")).keys()
