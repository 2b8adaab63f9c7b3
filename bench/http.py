"""Durable commands a second through HTTP on one worker, against an empty handler of that server.

A real ``amends serve`` on a real database is sent what clients send: in disputes that are open, an
offer by the side whose turn it is, and a message, alternating, each with its own idempotency key,
over connections that stay open. Only 2xx count, and afterwards each of them is looked up in the
record. The floor is sent the same requests, and answers them with nothing: a Litestar application
with one empty handler, run by the same function. Server and floor take turns; load generator,
server and database share the machine, so the ratio is the figure to quote.

    .venv/bin/python -m bench.http [--database URL] [--orders N] [--requests N]
        [--connections N] [--workers N]

Without a database: on a new file, and on the PostgreSQL server the tests bring.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from litestar import Litestar, Response, post
from tests.postgres_server import server

from amends.adapters.ids import new_id, new_token
from amends.engine.access import ApiKey
from amends.engine.store import AnswerKey
from amends.entrypoints.application import run_app
from amends.entrypoints.cli.serving import listening
from amends.kernel.people import Actor
from amends.store import migrate, open_store
from bench.engine import START, Bench
from bench.load import Answers, Plan

Figure = tuple[str, float, str, float | None]
NOTE = "The sleeve is torn along the seam; that much would put it right."
CONNECTIONS = 64
_FLOOR = "from bench.http import serve_nothing; serve_nothing()"


class Sent(msgspec.Struct):
    """A request, and where its answer is saved if it is acknowledged."""

    request: bytes
    saved: AnswerKey


class Orders:
    """Orders with an open dispute each, and what their people send."""

    def __init__(self, database: str, count: int) -> None:
        bench = Bench(database, count, now=datetime.now(UTC), prefix=f"{new_id()}-")
        self._keys: dict[Actor, str] = {}
        self._bench = bench
        self._turn = 0
        for actor in {f(order) for order in bench.orders for f in (bench.buyer, bench.seller)}:
            self._keys[actor] = secret = new_token()
            bench.store.access.add_key(ApiKey(new_id(), actor, (), START), secret)
        bench.store.close()

    def coming(self, count: int, connections: int) -> list[list[Sent]]:
        """The next requests of each connection: one order after the other, offer and message."""
        lists: list[list[Sent]] = [[] for _ in range(connections)]
        orders = self._bench.orders
        assert len(orders) >= connections * 2
        for _ in range(count):
            n, turn = self._turn % len(orders), self._turn // len(orders)
            # An order stays with its connection, so that its people's steps do not overtake
            # each other.
            lists[n % connections].append(self._step(orders[n], n + turn, turn))
            self._turn += 1
        return lists

    def _step(self, order: str, kind: int, turn: int) -> Sent:
        if kind % 2:
            by = self._bench.buyer(order)
            body: dict[str, object] = {"text": f"{NOTE} ({turn})"}
            path = f"/api/v1/orders/{order}/messages"
        else:
            by = (self._bench.buyer if turn // 2 % 2 else self._bench.seller)(order)
            amount = {"amount": 1000 + turn, "currency": "RUB"}
            body = {"type": "make_offer", "remedy": "refund", "amount": amount, "note": NOTE}
            path = f"/api/v1/disputes/{order}-D1/commands"
        return self._post(order, by, path, msgspec.json.encode(body))

    def _post(self, order: str, by: Actor, path: str, body: bytes) -> Sent:
        key = new_id()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self._keys[by]}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {key}\r\nAccept: */*\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return Sent(head.encode() + body, (order, f"{by.role.value}/{by.person}", key))


class Serving:
    """A server process that was started, and what it has used so far."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        begun = time.perf_counter()
        environment = {**os.environ, "AMENDS_HOME": str(folder)}
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=environment
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        address = next(word for word in line.split() if word.startswith("http://")).rstrip(",")
        split = urlsplit(address)
        self.host, self.port = str(split.hostname), int(split.port or 0)
        connection = HTTPConnection(self.host, self.port)
        connection.request("GET", "/api/v1/health")
        connection.getresponse().read()
        connection.close()
        self.started_in = time.perf_counter() - begun

    def cpu_seconds(self) -> float:
        """The processor time of all its threads, those of its workers among them."""
        ticks = 0
        for pid in self._processes():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """The memory that is its own or shared, as it is now, of the largest process."""
        pages = (int(Path(f"/proc/{p}/statm").read_text().split()[1]) for p in self._processes())
        return max(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def _processes(self) -> list[int]:
        mine = self._process.pid
        workers = Path(f"/proc/{mine}/task/{mine}/children").read_text().split()
        return [mine, *map(int, workers)]

    def stop(self) -> None:
        """In good order."""
        self._process.terminate()
        self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def serving(command: Sequence[str]) -> Iterator[Serving]:
    """A server while the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        running = Serving(command, Path(folder))
        try:
            yield running
        finally:
            running.stop()


def serve_nothing() -> None:
    """The floor: the same server, whose application has nothing to do."""

    @post(["/api/v1/orders/{order_id:str}/messages", "/api/v1/disputes/{dispute_id:str}/commands"])
    async def nothing() -> Response[bytes]:
        return Response(b"", status_code=200)

    with listening("127.0.0.1", 0) as (socket, address):
        print(address, flush=True)
        run_app(Litestar([nothing], openapi_config=None, logging_config=None), socket)


def loaded(target: Serving, requests: Sequence[Sequence[Sent]]) -> Answers:
    """Have a process of its own send them."""
    plan = Plan(target.host, target.port, [[s.request for s in each] for each in requests])
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=msgspec.msgpack.encode(plan),
        stdout=subprocess.PIPE,
        check=True,
    )
    return msgspec.msgpack.decode(done.stdout, type=Answers)


def acknowledged(requests: Sequence[Sequence[Sent]], answers: Answers) -> list[AnswerKey]:
    """Where the answers lie of those that were told 2xx."""
    return [
        sent.saved
        for each, statuses in zip(requests, answers.statuses, strict=True)
        for sent, status in zip(each, statuses, strict=True)
        if 200 <= status < 300
    ]


def missing_of(database: str, keys: Sequence[AnswerKey]) -> int:
    """How many of these acknowledged commands are not in the record."""
    store, missing = open_store(database), 0
    for n in range(0, len(keys), 200):
        part = keys[n : n + 200]
        found = store.records.load((), part, START).answers
        for key in part:
            saved = found.get(key)
            events = saved and store.records.events(key[0], saved.since, saved.version)
            missing += not events
    store.close()
    return missing


def _come_to_rest(database: str) -> None:
    """What placing the orders asked for, captures and notices, is no part of what is measured."""
    store = open_store(database)
    while (due := store.jobs.next_run()) is not None and due <= datetime.now(UTC):
        time.sleep(0.1)
    store.close()


def measure(
    database: str, *, orders: int = 2000, requests: int = 5000, connections: int = CONNECTIONS,
    rounds: int = 3, warm_up: int = 1000, workers: int = 1,
) -> list[Figure]:  # fmt: skip
    """Figures of one database, which may hold other orders: name, value, unit, and the floor's."""
    there = Orders(database, orders)
    amends = [sys.executable, "-m", "amends", "serve", "--database", database, "--port", "0"]
    amends += ["--workers", str(workers)]
    rates, floors, kept, latencies = [], [], [], []
    used = floor_used = 0.0
    told: dict[int, int] = {}
    with serving(amends) as real, serving([sys.executable, "-c", _FLOOR]) as floor:
        _come_to_rest(database)
        coming = there.coming(warm_up, connections)
        kept += acknowledged(coming, loaded(real, coming))
        loaded(floor, coming)
        before = real.megabytes()
        for _ in range(rounds):
            coming = there.coming(requests, connections)
            cpu = real.cpu_seconds()
            answers = loaded(real, coming)
            used += real.cpu_seconds() - cpu
            done = acknowledged(coming, answers)
            kept += done
            rates.append(len(done) / answers.seconds)
            latencies += [1000 * each for some in answers.latencies for each in some]
            for status in (status for some in answers.statuses for status in some):
                told[status] = told.get(status, 0) + 1
            cpu = floor.cpu_seconds()
            floors.append(requests / loaded(floor, coming).seconds)
            floor_used += floor.cpu_seconds() - cpu
        after, started_in = real.megabytes(), real.started_in
    if not told.keys() <= {200, 201}:
        raise RuntimeError(f"not everything was accepted: {told}")
    if missing := missing_of(database, kept):
        raise RuntimeError(f"{missing} acknowledged commands are not in the record")
    hundredths = statistics.quantiles(latencies, n=100)
    sent = rounds * requests
    return [
        ("commands through HTTP", statistics.median(rates), "1/s", statistics.median(floors)),
        ("processor time a command", 1e6 * used / sent, "us", 1e6 * floor_used / sent),
        ("latency, median", hundredths[49], "ms", None),
        ("latency, 99 of 100", hundredths[98], "ms", None),
        ("start to first answer", started_in, "s", None),
        ("memory before the load", before, "MB", None),
        (f"memory after {sent:,} requests", after, "MB", None),
    ]


def main() -> None:
    """Print a table for each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database")
    parser.add_argument("--orders", type=int, default=2000)
    parser.add_argument("--requests", type=int, default=5000, help="in each of three rounds")
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("--workers", type=int, default=1, help="processes; the floor has one")
    given = parser.parse_args()
    with ExitStack() as stack:
        if given.database:
            databases = [given.database]
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            databases = [f"sqlite:///{folder}/http.db"]
            migrate(databases[0])
            databases.append(stack.enter_context(stack.enter_context(server()).database()))
        for database in databases:
            print(f"{urlsplit(database).scheme}, {given.connections} connections")
            figures = measure(
                database,
                orders=given.orders,
                requests=given.requests,
                connections=given.connections,
                workers=given.workers,
            )
            for name, value, unit, floor in figures:
                compared = "" if floor is None else f"floor {floor:9.1f}, ratio {value / floor:.2f}"
                print(f"  {name:32} {value:9.1f} {unit:4} {compared}")


if __name__ == "__main__":
    main()
