from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.authorisation.house import House, house


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One server for all: nothing that is asked there changes what anybody may do."""
    with house(tmp_path_factory.mktemp("house") / "house.db") as opened:
        yield opened
