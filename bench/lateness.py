"""How late deadlines fire on a server that is busy: many of them within one minute, while people
send their commands.

Orders are placed so that the protection of all of them ends within a minute that is yet to come. A
real ``amends serve --workers 2`` on the machine's own clock is sent commands at a steady rate
through that minute. Afterwards each order is looked up: its protection has ended once, and how long
after its instant that was decided is told by the id the engine gave it.

    .venv/bin/python -m bench.lateness [--orders 10000] [--rate 100] [--workers 2]
"""

from __future__ import annotations

import argparse
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

from tests.postgres_server import server

from amends.engine.store import StoredEvent
from amends.engine.sweep import sweep
from amends.kernel.instants import Instant, from_micros
from amends.store import migrate
from bench.engine import Bench
from bench.http import Orders, Sent, Serving, acknowledged, missing_of, serving
from bench.load import Answers
from bench.results import Measured
from bench.sweep import PROTECTED, place

_SECOND = timedelta(seconds=1)
_SPAN = 60
_BEFORE, _AFTER = 5, 5
_CONNECTIONS = 16
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_BITS = 74


def measure(url: str, orders: int = 10_000, *, rate: int = 100, workers: int = 2) -> list[Measured]:
    """Seconds from a deadline to its decision, and milliseconds to the answers meanwhile."""
    people = Orders(url, 2000)
    began = time.monotonic()
    _due_within(url, "T", datetime.now(UTC), 60)
    # It takes as long for all of them, and some more.
    minute = datetime.now(UTC) + timedelta(seconds=10 + (time.monotonic() - began) * orders / 40)
    names = _due_within(url, "L", minute, orders)
    early = (minute - datetime.now(UTC)).total_seconds()
    assert early > _BEFORE, f"the orders were placed {_BEFORE - early:.0f} seconds too late"
    coming = people.coming(rate * (_BEFORE + _SPAN + _AFTER), _CONNECTIONS)
    command = ["serve", "--workers", str(workers), "--database", url, "--port", "0"]
    with serving([sys.executable, "-m", "amends", *command]) as there:
        time.sleep(max(0.0, (minute - datetime.now(UTC)).total_seconds() - _BEFORE))
        answers = _sent(there, coming, rate)
        bench = Bench(url, 0)
        while (due := bench.store.records.next_due()) and due < datetime.now(UTC):
            time.sleep(0.1)
    late = [_late(name, bench.store.records.events(name)) for name in names]
    bench.store.close()
    kept = acknowledged(coming, answers)
    assert len(kept) == sum(map(len, coming)), "not everything was accepted"
    assert not missing_of(url, kept), "not all that was acknowledged is in the record"
    waited = quantiles([1000 * each for some in answers.latencies for each in some], n=100)
    return [
        ("deadlines fired once", len(late), "", None),
        ("late, median", quantiles(late, n=2)[0], "s", None),
        ("late, at most", max(late), "s", None),
        ("answers meanwhile, median", waited[49], "ms", None),
        ("answers meanwhile, 99 of 100", waited[98], "ms", None),
    ]


def _due_within(url: str, prefix: str, since: Instant, orders: int) -> list[str]:
    """Orders whose protection ends within the minute from then, as many in each of its seconds;
    nothing else is due of them."""
    bench = Bench(url, 0)
    names = [f"{prefix}{n:06d}" for n in range(orders)]
    for second in range(_SPAN):
        bench.now = since + second * _SECOND - PROTECTED
        if mine := names[second::_SPAN]:
            place(bench, mine)
    bench.now = since - _SECOND
    assert not sweep(bench.engine).failed
    bench.store.close()
    return names


def _late(order: str, events: Sequence[StoredEvent]) -> float:
    """Seconds from the end of the protection to its being decided."""
    ended = [event for event in events if event.type == "protection_ended"]
    assert len(ended) == 1, f"the protection of {order} ended {len(ended)} times"
    value = 0
    for letter in ended[0].command_id:
        value = value << 5 | _ALPHABET.index(letter)
    return (from_micros(value >> _RANDOM_BITS) - ended[0].at).total_seconds()


def _sent(there: Serving, coming: Sequence[Sequence[Sent]], rate: int) -> Answers:
    """Send everybody's, each connection its share of the rate."""
    statuses: list[list[int]] = [[] for _ in coming]
    latencies: list[list[float]] = [[] for _ in coming]
    began = time.perf_counter()

    def send(which: int) -> None:
        with socket.create_connection((there.host, there.port)) as connection:
            for n, sent in enumerate(coming[which]):
                due = began + (n * len(coming) + which) / rate
                time.sleep(max(0.0, due - time.perf_counter()))
                connection.sendall(sent.request)
                statuses[which].append(_status(connection))
                latencies[which].append(time.perf_counter() - due)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(len(coming))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Answers(statuses, latencies, time.perf_counter() - began)


def _status(connection: socket.socket) -> int:
    with connection.makefile("rb") as answer:
        status = int(answer.readline().split()[1])
        length = 0
        while (line := answer.readline()) != b"\r\n":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        answer.read(length)
    return status


def main() -> None:
    """Measure on both databases and print a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--rate", type=int, default=100, help="commands a second")
    parser.add_argument("--workers", type=int, default=2)
    kinds = ("sqlite", "postgresql")
    parser.add_argument("--database", nargs="+", choices=kinds, default=kinds)
    given = parser.parse_args()
    with ExitStack() as stack:
        for kind in given.database:
            if kind == "sqlite":
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                url = f"sqlite:///{folder}/late.db"
                migrate(url)
            else:
                url = stack.enter_context(stack.enter_context(server()).database())
            figures = measure(url, given.orders, rate=given.rate, workers=given.workers)
            for name, value, unit, _ in figures:
                print(f"{kind:12} {name:30} {value:10.2f} {unit}", flush=True)


if __name__ == "__main__":
    main()
