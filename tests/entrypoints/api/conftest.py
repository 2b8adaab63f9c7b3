from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.entrypoints.sandbox import Shop, sandbox
from tests.postgres_server import Server


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of database; a file for which it is of no account says which."""
    assert isinstance(request.param, str)
    return request.param


@pytest.fixture
def shop(
    kind: str, request: pytest.FixtureRequest, empty_database: Path, tmp_path: Path
) -> Iterator[Shop]:
    """A sandbox of the test's own."""
    if kind == "sqlite":
        database = tmp_path / "sandbox.db"
        shutil.copy(empty_database, database)
        with sandbox(database) as opened:
            yield opened
        return
    server: Server = request.getfixturevalue("postgres")
    with server.database() as url, sandbox(url, tmp_path) as opened:
        yield opened
