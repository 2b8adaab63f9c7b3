"""Policy packs on disk: folders ``<id>/<version>/`` of TOML files, read and put together."""

from __future__ import annotations

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
    """One version's terms and words; problems name files from ``root``."""
    texts = {path.name: path.read_text("utf-8") for path in sorted(pack.glob("*.toml"))}
    prefix = "" if pack == root else f"{_name(pack, root)}/"
    documents, problems = _decoded(texts, prefix)
    if problems:
        raise PackError(problems)
    base = _base(pack, documents)
    try:
        terms = parse(documents, _decoded(_texts(base), "")[0] if base else None)
    except PackError as error:
        raise PackError(_placed(error.problems, texts, prefix)) from None
    if (pack.parent.name, pack.name) != (terms.id, terms.version):
        problem = PackProblem(
            f"{prefix}pack.toml",
            "id",
            f"{terms.id} {terms.version} lies in a folder called {pack.parent.name}/{pack.name}",
            f"move it to {terms.id}/{terms.version}",
        )
        raise PackError([problem])
    words = _wordings(pack, prefix)
    for locale, given in _wordings(base, "").items() if base else ():
        words[locale] = words.get(locale, Wording(locale)).over(given)
    return terms, words
