from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.entrypoints.casefile.case import lived, taken
from tests.entrypoints.sandbox import Shop, sandbox


@pytest.fixture(scope="module")
def lived_shop(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A sandbox with the whole case; its tests only read."""
    database = tmp_path_factory.mktemp("lived") / "sandbox.db"
    shutil.copy(empty_database, database)
    with sandbox(database) as opened:
        lived(opened)
        yield opened


@pytest.fixture(scope="module")
def case_file(lived_shop: Shop) -> bytes:
    """The buyer's, in English."""
    return taken(lived_shop, language="en")
