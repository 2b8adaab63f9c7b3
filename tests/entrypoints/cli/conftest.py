"""A terminal, with a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.entrypoints.cli.run import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """No database is there yet."""
    return Terminal(tmp_path)
