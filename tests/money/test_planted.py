"""Bugs planted on purpose are found; ``python -m tests.money.planted`` plants all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.money.planted import BUGS, ROOT, Bug, finds, planted


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_each_has_its_place_in_the_source(bug: Bug, tmp_path: Path) -> None:
    planted(bug, tmp_path)


def test_each_is_told_of_with_what_finds_it() -> None:
    page = (ROOT / "docs" / "money-proofs.md").read_text("utf-8")
    for bug in BUGS:
        assert f"| {bug.name} | `{bug.found_by.rpartition('/')[2]}` |" in page


def test_there_are_fifteen_at_least_and_one_is_found(tmp_path: Path) -> None:
    assert len(BUGS) >= 15
    assert finds(BUGS[0].found_by, planted(BUGS[0], tmp_path))


def test_without_a_bug_nothing_is_found(tmp_path: Path) -> None:
    bug = BUGS[0]
    harmless = Bug(bug.name, bug.file, bug.before, bug.before, bug.found_by)
    assert finds(bug.found_by, planted(harmless, tmp_path)) == ""
