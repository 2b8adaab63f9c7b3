from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres_server import Cluster, NoServer, Server, cluster, server


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
