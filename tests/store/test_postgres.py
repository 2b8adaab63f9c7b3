from __future__ import annotations

from collections.abc import Iterator

import pytest

from amends.engine.store import Store
from amends.store import open_store
from tests.postgres_server import Server
from tests.store.contract import StoreContract
from tests.store.given import Reopen


@pytest.fixture
def database(postgres: Server) -> Iterator[str]:
    with postgres.database() as url:
        yield url


@pytest.fixture
def reopen(database: str) -> Iterator[Reopen]:
    opened: list[Store] = []

    def another() -> Store:
        opened.append(open_store(database))
        return opened[-1]

    yield another
    for store in opened:
        store.close()


@pytest.fixture
def store(reopen: Reopen) -> Store:
    return reopen()


class TestPostgres(StoreContract):
    """The port's contract, on PostgreSQL."""
