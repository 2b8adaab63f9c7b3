"""Policy packs on disk: folders ``<id>/<version>/`` of TOML files, read and put together."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from amends.policy.library import Library
from amends.policy.parse import base_of, parse
from amends.policy.problems import PackError, PackProblem
from amends.policy.terms import Terms
from amends.policy.wording import Wording, gaps, parse_wording

Table = Mapping[str, object]
Wordings = dict[str, Wording]
_TABLE = re.compile(r"\s*\[\[?([^\]]+)\]")
_ENTRY = re.compile(r"\s*([A-Za-z0-9_-]+|\"[^\"]+\")\s*=")


def shipped_packs() -> Path:
    """The folder of the packs that come with the product, installed or in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "policies"
    return installed if installed.is_dir() else package.parents[1] / "policies"


def load_packs(folder: Path) -> Library:
    """Every pack under ``folder``, laid out as ``<id>/<version>/pack.toml``.

    Raises PackError with every problem of every pack, files named from ``folder``.
    """
    packs: list[Terms] = []
    wordings: dict[tuple[str, str], Wordings] = {}
    problems: list[PackProblem] = []
    for pack in _folders(folder):
        try:
            terms, words = _load(pack, folder)
        except PackError as error:
            problems += error.problems
            continue
        for other in packs:
            if (other.id, other.in_force_from) == (terms.id, terms.in_force_from):
                problems.append(
                    PackProblem(
                        str((pack / "pack.toml").relative_to(folder)),
                        "in_force_from",
                        f"version {other.version} is in force from the same instant",
                        "let each version begin at an instant of its own",
                    )
                )
        packs.append(terms)
        wordings[terms.id, terms.version] = words
    if not packs and not problems:
        problems.append(_nothing_in(folder))
    if problems:
        raise PackError(problems)
    return Library(packs, wordings)


def check_packs(folder: Path) -> tuple[PackProblem, ...]:
    """Everything wrong with the packs in ``folder``, words missing in English included.

    ``folder`` is one version of a pack, a pack with its versions, or a folder of packs.
    """
    packs = _folders(folder)
    if not packs:
        return (_nothing_in(folder),)
    problems: list[PackProblem] = []
    for pack in packs:
        try:
            terms, words = _load(pack, folder)
        except PackError as error:
            problems += error.problems
        else:
            file = _name(pack / "wording" / "en.toml", folder)
            problems += gaps(terms, words.get("en", Wording()), file)
    return tuple(problems)


def _nothing_in(folder: Path) -> PackProblem:
    return PackProblem(
        str(folder),
        "",
        "no policy pack is here",
        "name a folder that holds <id>/<version>/pack.toml",
    )


def _folders(folder: Path) -> list[Path]:
    found = {
        path.parent for depth in ("", "*/", "*/*/") for path in folder.glob(f"{depth}pack.toml")
    }
    return sorted(found)


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _load(pack: Path, root: Path) -> tuple[Terms, Wordings]:
    prefix = "" if pack == root else f"{_name(pack, root)}/"
    texts, documents = _read(pack, prefix)
    base = _base(pack, documents, prefix)
    try:
        terms = parse(documents, _read(base, "")[1] if base else None)
    except PackError as error:
        raise PackError(_placed(problem, texts, prefix) for problem in error.problems) from None
    if (pack.parent.name, pack.name) != (terms.id, terms.version):
        problem = PackProblem(
            f"{prefix}pack.toml",
            "id",
            f"{terms.id} {terms.version} lies in a folder called {pack.parent.name}/{pack.name}",
            f"move it to {terms.id}/{terms.version}",
        )
        raise PackError([problem])
    words = _wordings(pack, prefix)
    for locale, given in (_wordings(base, "") if base else {}).items():
        words[locale] = words.get(locale, Wording(locale)).over(given)
    return terms, words


def _read(folder: Path, prefix: str) -> tuple[dict[str, str], dict[str, Table]]:
    """The texts and tables of a folder's TOML files, by name."""
    texts: dict[str, str] = {}
    documents: dict[str, Table] = {}
    problems: list[PackProblem] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            texts[path.name] = path.read_text("utf-8")
            documents[path.name] = tomllib.loads(texts[path.name])
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            problems.append(
                PackProblem(prefix + path.name, "", f"not TOML: {error}", "mend it at that place")
            )
    if problems:
        raise PackError(problems)
    return texts, documents


def _base(pack: Path, documents: Mapping[str, Table], prefix: str) -> Path | None:
    """The folder of the pack this one extends: beside it, or among the shipped ones."""
    named = base_of(documents)
    if named is None:
        return None
    for packs in (pack.parents[1], shipped_packs()):
        base = packs.joinpath(*named)
        if (base / "pack.toml").is_file():
            _check_base(base, f"{prefix}pack.toml")
            return base
    return None


def _check_base(base: Path, file: str) -> None:
    """A base that is broken would be reported again, with places in files it does not have."""
    name = f"{base.parent.name} {base.name}"
    try:
        documents = _read(base, "")[1]
        if base_of(documents) is None:
            parse(documents)
            return
    except PackError:
        problem, suggestion = f"{name} has problems of its own", "mend those first"
    else:
        problem = f"{name} extends another pack itself"
        suggestion = "extend a pack that stands alone, so that two folders tell it all"
    raise PackError([PackProblem(file, "extends", problem, suggestion)])


def _wordings(pack: Path, prefix: str) -> Wordings:
    folder = f"{prefix}wording/"
    return {
        name.removesuffix(".toml").replace("_", "-").casefold(): parse_wording(
            folder + name, name.removesuffix(".toml"), document
        )
        for name, document in _read(pack / "wording", folder)[1].items()
    }


def _placed(problem: PackProblem, texts: Mapping[str, str], prefix: str) -> PackProblem:
    """The same problem, its file named from the root and its line looked up."""
    line = _line_of(problem.key, texts.get(problem.file, ""))
    return replace(problem, file=prefix + problem.file, line=line)


def _line_of(key: str, text: str) -> int | None:
    """The line on which the longest part of a dotted key is written that is written at all."""
    written: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if head := _TABLE.match(line):
            table = head[1].strip()
            written.setdefault(table, number)
        elif entry := _ENTRY.match(line):
            name = entry[1].strip('"')
            written.setdefault(f"{table}.{name}" if table else name, number)
    while key and key not in written:
        key = key.rpartition(".")[0]
    return written.get(key)
