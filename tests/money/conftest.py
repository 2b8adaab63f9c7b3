from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.money.world import MEMORY, World


@pytest.fixture
def world() -> Iterator[World]:
    """One order's world, with nothing in it yet."""
    with TemporaryDirectory(dir=MEMORY) as folder:
        made = World(Path(folder))
        try:
            yield made
        finally:
            made.close()
