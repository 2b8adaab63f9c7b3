"""What README and docs tell people to type works when it is typed, top to bottom."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from amends.entrypoints.api.routes import ROUTES
from tests.entrypoints.cli.run import ROOT
from tests.entrypoints.cli.test_serve import served

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="the documents use curl")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder that looks like a checkout after ``make setup``."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    shutil.copytree(ROOT / "policies", tmp_path / "policies")  # a document has it copied again
    bin_ = tmp_path / ".venv" / "bin"
    bin_.mkdir(parents=True)
    amends = bin_ / "amends"
    amends.write_text(f'#!/bin/sh\nexec {sys.executable} -m amends "$@"\n')
    amends.chmod(0o755)
    (tmp_path / "var").mkdir()
    return tmp_path


def typed(text: str) -> str:
    """The commands of all shell blocks but those that serve, which run meanwhile."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = (line for block in blocks for line in block.splitlines())
    return "\n".join(line for line in lines if "amends serve" not in line)


def run(folder: Path, script: str, address: str) -> str:
    """What it prints; any command that fails fails the test."""
    script = re.sub(r"(http://)?localhost:8000", address, script).replace("curl ", "curl -sSf ")
    done = subprocess.run(
        ["/bin/sh", "-euc", f'PATH="$PWD/.venv/bin:$PATH"\n{script}'],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr}"
    return done.stdout


@pytest.fixture
def sandbox(checkout: Path) -> Iterator[str]:
    with served(checkout, "serve", "--sandbox", "--database", "var/sandbox.db") as (address, _):
        yield address


def test_a_marketplace_is_put_on_it_as_the_document_says(checkout: Path, sandbox: str) -> None:
    said = run(checkout, typed((ROOT / "docs/integrating.md").read_text("utf-8")), sandbox)
    assert '"state":"settled"' in said
    assert "/enter/" in said
    assert "Nothing differs from the record." in said
    assert (checkout / "var/again.db").exists()


def test_the_calls_shown_carry_a_key_where_one_counts_and_nowhere_else() -> None:
    calls = typed((ROOT / "docs/integrating.md").read_text("utf-8")).replace("\\\n", "")
    posted = re.findall(r"-X POST \$API(/\S+)(.*)", calls)
    keyed = {route.path: route.keyed for route in ROUTES if route.method == "POST"}
    assert len(posted) > 5
    for path, rest in posted:
        (route,) = [r for r in keyed if re.fullmatch(re.sub(r"{\w+}", "[^/]+", r), path)]
        assert ("Idempotency-Key" in rest) == keyed[route], path


def part(heading: str) -> str:
    readme = (ROOT / "README.md").read_text("utf-8")
    return readme.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def test_the_readme_s_first_calls_are_answered(checkout: Path, sandbox: str) -> None:
    said = run(checkout, typed(part("Integrate")), sandbox)
    assert '"now":"2026-01-07T00:00:00Z"' in said


def test_the_readme_s_commands_work_on_one_database(checkout: Path) -> None:
    said = run(checkout, typed(part("Run it")), "")
    assert "message_sent" in said
    assert "Nothing differs from the record." in said


def test_a_pack_is_read_copied_changed_and_checked_as_the_document_says(checkout: Path) -> None:
    document = (ROOT / "docs/policy-packs.md").read_text("utf-8")
    before, _, after = document.partition("## Change\n")
    said = run(checkout, typed(before), "")
    changes = re.findall(r"```toml\n(.*?)\n```", after)
    for file, line in zip(("pack.toml", "clocks.toml"), changes, strict=True):
        path = checkout / "packs/harbour/1" / file
        key = line.split()[0]
        text, count = re.subn(rf"(?m)^{key} .*$", line, path.read_text("utf-8"))
        assert count == 1, line
        path.write_text(text, "utf-8")
    said += run(checkout, typed(after), "")
    shown = re.findall(r"```text\n(.*?)```", document, re.DOTALL)
    told = {line for line in "".join(shown).splitlines() if line != "..."}
    assert len(told) > 10
    assert told - set(said.splitlines()) == set()
