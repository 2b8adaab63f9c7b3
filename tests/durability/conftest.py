from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from amends.store import migrate
from tests.postgres_server import Server


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy."""
    path = tmp_path_factory.mktemp("migrated") / "empty.db"
    migrate(path)
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path, migrated: Path) -> Iterator[str]:
    """The URL of an empty, migrated database: every proof holds on each kind."""
    if request.param == "sqlite":
        path = tmp_path / "amends.db"
        shutil.copy(migrated, path)
        yield f"sqlite:///{path}"
        return
    server: Server = request.getfixturevalue("postgres")
    with server.database() as url:
        yield url
