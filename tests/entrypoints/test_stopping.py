"""A server process that is told to stop under load: not ready, all answered, nothing lost."""

from __future__ import annotations

import http.client
import json
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from amends.store import open_store
from tests.entrypoints.cli.run import EXAMPLES, Terminal
from tests.entrypoints.cli.test_serve import served
from tests.postgres_server import Server

_CLIENTS = 8


@pytest.fixture(params=["sqlite", "postgresql"])
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    """A terminal on a database of either kind."""
    if request.param == "sqlite":
        yield Terminal(tmp_path)
        return
    server: Server = request.getfixturevalue("postgres")
    with server.database() as url:
        yield Terminal(tmp_path, url)


class Writing(threading.Thread):
    """Writes messages about one order over a connection that stays open, until it is closed."""

    def __init__(self, address: str, secret: str, order: str) -> None:
        super().__init__()
        self._address = urlsplit(address)
        self._secret = secret
        self._path = f"/api/v1/orders/{order}/messages"
        self.order = order
        self.acknowledged: list[int] = []
        self.others: list[int] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection(str(self._address.hostname), self._address.port)
        n = 0
        while True:
            headers = {
                "Authorization": f"Bearer {self._secret}",
                "Idempotency-Key": f"{self.order}-{n}",
            }
            try:
                connection.request("POST", self._path, json.dumps({"text": f"{n}"}), headers)
                answer = connection.getresponse()
                body = json.load(answer)
            except (OSError, http.client.HTTPException):
                # Whoever is cut off between two requests has lost nothing.
                connection.close()
                return
            if answer.status == 201:
                self.acknowledged.append(body["number"])
            else:
                self.others.append(answer.status)
            n += 1


def test_told_to_stop_it_is_not_ready_answers_all_and_ends_within_ten_seconds(
    terminal: Terminal,
) -> None:
    terminal.out("import", str(EXAMPLES / "feed.ndjson"))
    made = ("keys", "create", "--role", "support", "--person", "u1")
    secret = terminal.out(*made).strip()
    database = terminal.url or str(terminal.database)
    store = open_store(database)
    orders = store.upkeep.orders(limit=_CLIENTS)
    with served(terminal.folder, "serve", "--database", database) as (address, process):
        assert httpx.get(f"{address}/livez").json()["status"] == "ok"
        ready = httpx.get(f"{address}/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "ok")
        for name in ("livez", "readyz"):
            head = httpx.head(f"{address}/{name}")
            assert (head.status_code, head.content) == (200, b"")
        clients = [Writing(address, secret, order) for order in orders]
        for client in clients:
            client.start()
        while not all(client.acknowledged for client in clients):
            time.sleep(0.01)
        told = time.monotonic()
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        ready = httpx.get(f"{address}/readyz")
        assert (ready.status_code, ready.json()["checks"]["serving"]) == (503, False)
        # It goes on answering those who have not heard of it yet.
        assert httpx.get(f"{address}/livez").status_code == 200
        assert process.wait(20) == 0
        assert time.monotonic() - told < 10
        for client in clients:
            client.join(10)
        assert process.stderr is not None
        # That the sample's captures are not the provider's is told too, and is no matter here.
        errors = [
            line for line in process.stderr if '"error"' in line and "books_differ" not in line
        ]
    assert errors == []
    for client in clients:
        assert client.others == []
        assert client.acknowledged == list(range(1, len(client.acknowledged) + 1))
        recorded = [e for e in store.records.events(client.order) if e.type == "message_sent"]
        # One more may be on record whose answer its client did not wait for.
        assert len(recorded) in (len(client.acknowledged), len(client.acknowledged) + 1)
    store.close()


def test_a_database_of_another_version_is_not_ready(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.out("import", str(EXAMPLES / "feed.ndjson"))
    with served(tmp_path, "serve", "--database", "amends.db") as (address, process):
        assert httpx.get(f"{address}/readyz").status_code == 200
        with sqlite3.connect(terminal.database) as db:
            db.execute("UPDATE alembic_version SET version_num = 'newer'")
        db.close()
        ready = httpx.get(f"{address}/readyz")
        assert (ready.status_code, ready.json()["checks"]["schema"]) == (503, False)
        assert ready.json()["checks"]["database"] is True
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
