from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from amends.engine.engine import Engine
from amends.engine.store import Store
from amends.store import migrate, open_store
from tests.engine.toy import Account, Clock, Command, Counter, Event, Ids, no_holidays
from tests.postgres_server import Server

Toy = Engine[Account, Command, Event, int]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty, migrated database: every test here runs on each kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/record.db"
        migrate(url)
        yield url
        return
    server: Server = request.getfixturevalue("postgres")
    with server.database() as url:
        yield url


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    opened = open_store(database)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def domain() -> Counter:
    return Counter()


@pytest.fixture
def engine(domain: Counter, store: Store, clock: Clock) -> Toy:
    return Engine(domain, store, clock, Ids(), no_holidays)
