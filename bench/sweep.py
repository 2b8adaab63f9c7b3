"""How fast what is due is decided.

A third of the orders' protection has ended, and the seller's money goes; in a third the seller's
time to answer a dispute has run out, and a mediator is called; in a third the buyer is reminded.
All of it is due at once, as after an outage, and swept by slots in two threads, as a server does
it. Then it is measured how long a look takes that finds nothing.

    .venv/bin/python -m bench.sweep [--orders 51000] [--processes 1] [--database KIND ...]

With several processes each has its part of the slots, as workers have. The PostgreSQL server is the
one the tests bring (``tests.postgres_server``).
"""

from __future__ import annotations

import argparse
import gc
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from tests.postgres_server import server

from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.judge import OnOrder
from amends.engine.slots import SLOTS
from amends.engine.sweep import Swept, sweep
from amends.entrypoints.clock import SWEEPERS
from amends.entrypoints.service import CaseRequest
from amends.kernel.instants import Instant, from_micros, to_micros
from amends.kernel.people import Actor
from amends.order.decide.place_order import PlaceOrder
from amends.order.decide.ship_order import ShipOrder
from amends.store import migrate
from bench.engine import NOTE, ORDER, SHOP, START, Bench
from bench.results import Measured
from bench.templates import NOW

_AT_ONCE = 500
_LOOKS = 200
_MINUTE = timedelta(minutes=1)
# By the pack of the example: protection lasts as long from the parcel's leaving, its last reminder
# comes a day before its end, and the seller has five days to answer.
PROTECTED, _LAST_REMINDER, _ANSWERED = timedelta(days=23), timedelta(days=1), timedelta(days=5)


WORKERS = 2
"""As many as the machine has cores for which the bars are."""


def measure(
    url: str, orders: int = 51_000, *, processes: int = 1, due: Instant = NOW
) -> list[Measured]:
    """Orders decided a second, and milliseconds for a look that finds nothing.

    What else becomes due within a minute of ``due`` is decided and counted with them.
    """
    bench = Bench(url, 0, now=due - PROTECTED)
    try:
        _let_wait(bench, [f"W{processes}-{n:06d}" for n in range(orders)], due)
        bench.now = due + _MINUTE
        decided, seconds = (
            _timed(bench, range(SLOTS)) if processes == 1 else _shared(url, processes, bench.now)
        )
        assert decided >= orders, f"{decided} of {orders} orders were decided"
        looks = []
        for _ in range(_LOOKS):
            began = time.perf_counter()
            assert sweep(bench.engine) == Swept()
            looks.append(time.perf_counter() - began)
    finally:
        bench.store.close()
    by = "" if processes == 1 else f" by {processes} workers"
    return [
        (f"decided{by}", decided / seconds, "/s", None),
        ("nothing due", median(looks) * 1000, "ms", None),
    ]


def place(bench: Bench, names: Sequence[str]) -> None:
    """Place the example's order under these ids and ship it, at the bench's own instant."""
    example: dict[str, Any] = msgspec.json.decode(ORDER.read_bytes())
    # Its dates lie as far back as they do from START.
    later = bench.now - START
    example["placed_at"] = datetime.fromisoformat(example["placed_at"]) + later
    example["shipping"] = {
        what: datetime.fromisoformat(at) + later for what, at in example["shipping"].items()
    }
    shipped = ShipOrder("DHL", "1234567890")
    for n in range(0, len(names), _AT_ONCE):
        some = names[n : n + _AT_ONCE]
        bench.ask([_asked(name, SHOP, _of(name, example)) for name in some])
        bench.ask([_asked(name, bench.seller(name), shipped) for name in some])


def _of(name: str, example: dict[str, Any]) -> PlaceOrder:
    people = {
        "buyer": {**example["buyer"], "id": Bench.buyer(name).person},
        "seller": {**example["seller"], "id": Bench.seller(name).person},
    }
    return msgspec.convert({**example, **people}, PlaceOrder)


def _asked(name: str, by: Actor, command: Any) -> CaseRequest:
    return CaseRequest(name, OnOrder(name, command), by)


def _let_wait(bench: Bench, names: Sequence[str], due: Instant) -> None:
    """Orders of which nothing more is due until then, and of each something at that instant."""
    bench.now = due - PROTECTED
    place(bench, names[::3])
    bench.now = due - PROTECTED + _LAST_REMINDER
    place(bench, names[1::3])
    bench.now = due - _ANSWERED
    place(bench, disputed := names[2::3])
    claim = OpenDispute(True, "not_as_described", "refund", NOTE)
    for n in range(0, len(disputed), _AT_ONCE):
        bench.ask([_asked(o, bench.buyer(o), claim) for o in disputed[n : n + _AT_ONCE]])
    bench.now = due - _MINUTE
    assert not sweep(bench.engine).failed


def _timed(bench: Bench, slots: Sequence[int]) -> tuple[int, float]:
    """How many orders are decided, and in how many seconds."""
    # As the server does, which lives long.
    gc.collect()
    gc.freeze()
    parts = [slots[n :: len(SWEEPERS)] for n in SWEEPERS]
    began = time.perf_counter()
    with ThreadPoolExecutor(len(parts)) as threads:
        swept = list(threads.map(lambda part: sweep(bench.engine, lambda: part), parts))
    seconds = time.perf_counter() - began
    assert not any(s.failed for s in swept)
    return sum(s.orders for s in swept), seconds


def _shared(url: str, processes: int, now: Instant) -> tuple[int, float]:
    """The same by processes that begin together; as many seconds as the slowest takes."""
    command = [sys.executable, "-m", "bench.sweep", "--part-of", url, str(to_micros(now))]
    with ExitStack() as stack:
        running = [
            stack.enter_context(
                subprocess.Popen(
                    [*command, str(n), str(processes)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for n in range(processes)
        ]
        for process in running:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        answers = [process.communicate("go\n")[0] for process in running]
    found = [answer.split() for answer in answers]
    return sum(int(count) for count, _ in found), max(float(seconds) for _, seconds in found)


def _do_part(url: str, now: int, which: int, of: int) -> None:
    bench = Bench(url, 0, now=from_micros(now))
    print("ready", flush=True)
    sys.stdin.readline()
    decided, seconds = _timed(bench, range(which, SLOTS, of))
    print(decided, seconds)
    bench.store.close()


def main() -> None:
    """Measure on both databases and print a line a figure."""
    if sys.argv[1:2] == ["--part-of"]:
        url, *numbers = sys.argv[2:]
        _do_part(url, *map(int, numbers))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=51_000)
    parser.add_argument("--processes", type=int, default=1)
    kinds = ("sqlite", "postgresql")
    parser.add_argument("--database", nargs="+", choices=kinds, default=kinds)
    given = parser.parse_args()
    with ExitStack() as stack:
        for kind in given.database:
            if kind == "sqlite":
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                url = f"sqlite:///{folder}/sweep.db"
                migrate(url)
            else:
                url = stack.enter_context(stack.enter_context(server()).database())
            for name, value, unit, _ in measure(url, given.orders, processes=given.processes):
                print(f"{kind:12} {name:14} {value:10.2f} {unit}", flush=True)


if __name__ == "__main__":
    main()
