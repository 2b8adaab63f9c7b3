from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from amends.engine.engine import Engine
from amends.engine.store import Store
from amends.store import migrate, open_store
from tests.engine.toy import Account, Clock, Command, Counter, Event, Ids, no_holidays

Toy = Engine[Account, Command, Event, int]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "record.db"
    migrate(path)
    return path


@pytest.fixture
def store(database: Path) -> Iterator[Store]:
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
