from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres_server import NoServer, Server, server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server for this process's tests."""
    try:
        with server() as running:
            yield running
    except NoServer as error:
        pytest.skip(str(error))
