from __future__ import annotations

from pathlib import Path

from amends.store import migrate
from tests.durability.kills import Kills, killing_database
from tests.postgres_server import Cluster


def test_kill_9_of_the_server_loses_nothing_and_does_nothing_twice(
    database: str, tmp_path: Path
) -> None:
    kills = Kills(database, tmp_path, seed=1, servers=2)
    assert list(kills.run(2, kills.kill_server)) == [1, 2]
    kills.settle()
    assert kills.counts["nobody answered"]
    assert kills.counts["commands answered"] > 50
    assert kills.counts["deadlines"]
    assert kills.counts["refunds"]


def test_nor_does_kill_9_of_its_database(own_cluster: Cluster, tmp_path: Path) -> None:
    migrate(own_cluster.url)
    kills = Kills(own_cluster.url, tmp_path, seed=1)
    assert list(kills.run(1, killing_database(own_cluster, least=6.5))) == [1]
    kills.settle()
    assert kills.counts["told 503"]
    assert kills.counts["commands answered"] > 50
