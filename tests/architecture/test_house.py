"""The house rules that can be checked by reading files. Each failure says how to comply."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "amends"
FILES = sorted(SOURCE.rglob("*.py"))
CORE = ("kernel", "policy", "order", "dispute", "guidance", "exploring", "projections")
STDLIB_OF_THE_CORE = {
    "__future__", "collections", "dataclasses", "datetime", "difflib", "enum", "functools",
    "base64", "hashlib", "itertools", "math", "operator", "re", "string", "types", "typing",
    "unicodedata",
}  # fmt: skip


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    lines = len(path.read_text().splitlines())
    assert lines <= 500, f"{name_of(path)} has {lines} lines: give one of its ideas its own file"


@pytest.mark.parametrize("path", sorted(SOURCE.glob("*/decide/*.py")), ids=name_of)
def test_a_command_can_be_read_whole(path: Path) -> None:
    lines = len(path.read_text().splitlines())
    assert lines <= 200, (
        f"{name_of(path)} has {lines} lines: move a rule that has a name of its own beside decide/"
    )


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_module_and_public_name_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text())
    missing = [] if ast.get_docstring(tree) else ["the module"]
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if not node.name.startswith("_") and not ast.get_docstring(node):
            missing.append(node.name)
    assert not missing, f"{name_of(path)}: write a docstring for {', '.join(missing)}"


@pytest.mark.parametrize(
    "path", [f for f in FILES if f.relative_to(SOURCE).parts[0] in CORE], ids=name_of
)
def test_the_core_imports_nothing_that_reads_the_world(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            top = name.split(".")[0]
            assert top in {"amends", "msgspec"} | STDLIB_OF_THE_CORE, (
                f"{name_of(path)} imports {name}: the core is pure; pass the value as an argument"
            )


@pytest.mark.parametrize(
    "path", [f for f in FILES if f.relative_to(SOURCE).parts[0] in CORE], ids=name_of
)
def test_the_core_never_asks_for_the_time(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        asks = isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}
        if asks and isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert node.value.id not in {"datetime", "date"}, (
                f"{name_of(path)}:{node.lineno}: use the stamp's instant, which the engine gives"
            )


def test_no_utils() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "base_classes", "managers"}
    found = [name_of(p) for p in FILES if p.stem in vague or p.parent.name in vague]
    assert not found, f"{found}: name the file after the one thing it is about"


def test_every_dependency_says_why_it_is_here() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)["project"]
    for dependency in project["dependencies"]:
        line = next(row for row in text.splitlines() if f'"{dependency}"' in row)
        assert "#" in line, f"pyproject.toml: say in a comment why {dependency} is here"


def test_every_dependency_is_locked() -> None:
    locked = (ROOT / "requirements.lock").read_text().lower()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for dependency in project["dependencies"]:
        name = re.split(r"[\[>=]", dependency)[0].strip().lower()
        assert f"\n{name}==" in f"\n{locked}", (
            f"{name} is not in requirements.lock: regenerate it (docs/decisions/0007)"
        )
