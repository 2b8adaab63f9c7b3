from __future__ import annotations

from pathlib import Path

import pytest

from tests.durability.restore_drill import Drill
from tests.postgres_server import Server


def test_what_was_answered_before_a_back_up_outlives_the_database(
    request: pytest.FixtureRequest, database: str, tmp_path: Path
) -> None:
    target = f"sqlite:///{tmp_path / 'new.db'}"
    if not database.startswith("sqlite"):
        postgres: Server = request.getfixturevalue("postgres")
        target = postgres.empty()
    drilled = Drill(database, target, tmp_path).run(orders=300)
    assert drilled.orders > 300
    assert drilled.commands > drilled.lost > 0
    assert drilled.lost_seconds < drilled.backup_seconds + 5
    assert drilled.recovery_seconds < 30
