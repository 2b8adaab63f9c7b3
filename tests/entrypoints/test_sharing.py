"""A long feed taken in by several processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from multiprocessing import active_children
from pathlib import Path

import msgspec
import pytest

from amends.bootstrap import open_service
from amends.entrypoints import taking
from amends.entrypoints.checking import differences
from amends.entrypoints.feeds import Counts, Imported
from amends.entrypoints.taking import take
from amends.kernel.people import Actor, Role
from amends.store import migrate
from tests.entrypoints.cli.run import EXAMPLES
from tests.postgres_server import Server

SHOP = Actor("shop", Role.MARKETPLACE)
FEED = (EXAMPLES / "feed.ndjson").read_bytes()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    monkeypatch.setattr(taking, "_ALONE", 10)
    monkeypatch.setenv("AMENDS_HOME", str(tmp_path))
    if request.param == "sqlite":
        yield str(tmp_path / "amends.db")
        return
    postgres: Server = request.getfixturevalue("postgres")
    with postgres.database() as url:
        yield url


def taken(database: str, feed: bytes) -> tuple[Imported, int]:
    """What came of a feed, and of how many bytes progress was told."""
    another = partial(open_service, database, sandbox=None)
    sizes: list[int] = []
    service = another()
    try:
        imported = take(service, BytesIO(feed), "ndjson", SHOP, sizes.append, helpers=(another, 2))
        assert list(differences(service)) == []
    finally:
        service.close()
    return imported, sum(sizes)


def test_what_several_take_in_is_what_one_would(database: str) -> None:
    lines = FEED.splitlines()
    lines[100:100] = [b"{", b"", b'{"type": "invoice", "id": "A-1001"}']
    imported, size = taken(database, b"\n".join(lines))
    assert imported.lines == 211
    assert (imported.orders, imported.shipments) == (Counts(40, 0), Counts(36, 0))
    assert imported.tracking == Counts(132, 0)
    assert imported.bad_lines == 2
    told = [(bad.line, bad.rule) for bad in imported.bad]
    assert told == [(101, "broken_json"), (103, "unknown_line_type")]
    assert size == len(b"\n".join(lines))
    again, _ = taken(database, FEED)
    assert (again.orders, again.bad_lines) == (Counts(0, 40), 0)


def test_a_helper_that_is_ended_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "_ALONE", 1)
    database = str(tmp_path / "amends.db")
    migrate(database)
    another = partial(open_service, database, sandbox=None)
    service = another()
    given = msgspec.json.decode((EXAMPLES / "order.json").read_bytes())
    feed = b"\n".join(
        msgspec.json.encode({**given, "type": "order", "id": f"K-{n}"}) for n in range(20_000)
    )
    ended = threading.Thread(target=end_a_helper)
    ended.start()
    try:
        with pytest.raises(ChildProcessError, match="send the feed again"):
            take(service, BytesIO(feed), "ndjson", SHOP, helpers=(another, 2))
    finally:
        ended.join()
        service.close()


def end_a_helper() -> None:
    """Kill one of this process's helpers as soon as there is one."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for helper in active_children():
            helper.kill()
            return
        time.sleep(0.02)
