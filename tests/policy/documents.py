"""The decoded files of a shipped pack, to be changed by a test."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from amends.policy.parse import parse
from amends.policy.problems import PackError, PackProblem

POLICIES = Path(__file__).parents[2] / "policies"
Documents = dict[str, dict[str, Any]]


def documents(pack: str = "aliexpress", version: str = "1") -> Documents:
    """Freshly decoded, so that a change stays in its test."""
    folder = POLICIES / pack / version
    return {path.name: tomllib.loads(path.read_text("utf-8")) for path in folder.glob("*.toml")}


def changed(path: str, value: object, pack: str = "aliexpress") -> Documents:
    """The files with one value set; ``path`` is the file's stem and the keys, split by slashes."""
    found = documents(pack)
    file, *keys, last = path.split("/")
    table = found[f"{file}.toml"]
    for key in keys:
        table = table.setdefault(key, {})
    table[last] = value
    return found


def without(path: str) -> Documents:
    """The files with one key taken out."""
    found = documents()
    file, *keys, last = path.split("/")
    table = found[f"{file}.toml"]
    for key in keys:
        table = table[key]
    del table[last]
    return found


def problems_of(files: Documents, base: Documents | None = None) -> tuple[PackProblem, ...]:
    """What parsing them complains about."""
    with pytest.raises(PackError) as caught:
        parse(files, base)
    return caught.value.problems
