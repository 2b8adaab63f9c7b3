from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from amends.store import migrate
from tests.entrypoints.sandbox import Shop, sandbox


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database to copy: migrating takes longer than all the rest of a test."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    migrate(path)
    return path


@pytest.fixture
def shop(empty_database: Path, tmp_path: Path) -> Iterator[Shop]:
    """A sandbox of the test's own."""
    database = tmp_path / "sandbox.db"
    shutil.copy(empty_database, database)
    with sandbox(database) as opened:
        yield opened
