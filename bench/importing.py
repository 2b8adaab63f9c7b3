"""How long `amends import` takes for many orders, against the bare driver's bulk load of the same
rows.

The command runs as somebody types it, in a process of its own. The rows it left are then read back
and loaded into a second database by the driver alone, durably and in one transaction:
``executemany`` on SQLite, ``COPY`` on PostgreSQL, with every index in place and the journal that
the store keeps.

    .venv/bin/python -m bench.importing [--orders 100000] [--database sqlite postgresql]

The PostgreSQL server is the one the tests bring (``tests.postgres_server``).
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from psycopg import sql
from tests.postgres_server import Server, server

from amends.store import migrate
from amends.store.migrate import database_path
from amends.store.tables import TABLES
from amends.store.urls import is_postgres, target_of
from bench.results import Measured

ORDER = Path(__file__).parents[1] / "examples" / "order.json"
FIRST = datetime(2026, 3, 1, 10, tzinfo=UTC)
LOADED = ("events", "contents", "person_keys", "states", "jobs", *TABLES)
AT_ONCE = 10_000
# Which rows of a database that holds others are the feed's.
_OURS = {"person_keys": "person LIKE 'buyer-%' OR person LIKE 'seller-%'"}
_OF_OURS = "order_id >= 'I' AND order_id < 'J'"
_COMMAND = "import sys; from amends.bootstrap import main; sys.argv[0] = 'amends'; main()"


def measure(url: str, floor_url: str, orders: int = 100_000) -> list[Measured]:
    """Import into the migrated database ``url``, and load the same rows into ``floor_url``, which
    holds what the first did before.

    Seconds of the whole command, orders a second of both ways and their ratio, and the memory the
    command and its helpers held when it was half through and at most.
    """
    with tempfile.TemporaryDirectory() as folder:
        feed = Path(folder, "feed.ndjson")
        write_feed(feed, orders)
        seconds, halfway, most = imported(url, feed, Path(folder))
    bare = loaded(url, floor_url)
    rate, floor = orders / seconds, orders / bare
    return [
        ("import", seconds, "s", None),
        ("import, orders", rate, "/s", floor),
        ("import / bulk load", rate / floor, "", None),
        ("import, memory half through", halfway, "MB", None),
        ("import, most memory", most, "MB", None),
    ]


def write_feed(path: Path, orders: int) -> None:
    """``orders`` lines: five orders of every four buyers, from five hundred sellers."""
    given = msgspec.json.decode(ORDER.read_bytes())
    with path.open("wb") as file:
        for n in range(orders):
            placed = FIRST + timedelta(seconds=n)
            line = {
                **given,
                "type": "order",
                "id": f"I{n:07d}",
                "placed_at": placed,
                "buyer": {**given["buyer"], "id": f"buyer-{n * 4 // 5}"},
                "seller": {**given["seller"], "id": f"seller-{n * 7 % 500}"},
                "shipping": {
                    "ship_by": placed + timedelta(days=5),
                    "promised_by": placed + timedelta(days=33),
                },
                "payment": {**given["payment"], "reference": f"pay_{n}"},
            }
            file.write(msgspec.json.encode(line) + b"\n")


def imported(url: str, feed: Path, home: Path) -> tuple[float, float, float]:
    """Seconds of the command, and its memory half through and at most, in MB."""
    environment = {**os.environ, "AMENDS_DATABASE": url, "AMENDS_HOME": str(home)}
    begun = time.perf_counter()
    held = []
    with subprocess.Popen(
        [sys.executable, "-c", _COMMAND, "import", str(feed)],
        env=environment,
        stdout=subprocess.PIPE,
    ) as process:
        while process.poll() is None:
            held.append(_memory(process.pid))
            time.sleep(0.2)
        said = process.stdout.read().decode() if process.stdout else ""
    seconds = time.perf_counter() - begun
    assert process.returncode == 0, said
    return seconds, held[len(held) // 2], max(held)


def _memory(process: int) -> float:
    """What a process and its helpers hold; pages they share count for each."""
    held = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = status.read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        found = dict(line.split(":", 1) for line in lines if ":" in line)
        if process in (int(found["Pid"]), int(found["PPid"])):
            held += int(found.get("VmRSS", "0 kB").split()[0])
    return held / 1024


def loaded(url: str, floor_url: str) -> float:
    """Seconds that the bare driver takes to put what is in ``url`` into ``floor_url``."""
    return (_copied if is_postgres(url) else _inserted)(url, floor_url)


def _inserted(url: str, floor_url: str) -> float:
    with (
        closing(sqlite3.connect(database_path(url))) as source,
        closing(sqlite3.connect(database_path(floor_url), isolation_level=None)) as target,
    ):
        target.execute("PRAGMA journal_mode = WAL").fetchall()
        target.execute("PRAGMA synchronous = FULL")
        target.execute("BEGIN")
        spent = 0.0
        for table in LOADED:
            found = source.execute(_rows_of(table))
            marks = ", ".join("?" * len(found.description))
            put = f"INSERT INTO {table} VALUES ({marks})"  # noqa: S608
            while rows := found.fetchmany(AT_ONCE):
                spent += _timed(partial(target.executemany, put, rows))
        return spent + _timed(lambda: target.execute("COMMIT"))


def _copied(url: str, floor_url: str) -> float:
    with (
        psycopg.connect(target_of(url).conninfo) as source,
        psycopg.connect(target_of(floor_url).conninfo) as target,
    ):
        spent = 0.0
        for table in LOADED:
            name = sql.Identifier(table)
            with source.cursor(f"all_{table}", binary=True) as found, target.cursor() as put:
                found.execute(_rows_of(table))
                with put.copy(sql.SQL("COPY {} FROM STDIN").format(name)) as copy:
                    while rows := found.fetchmany(AT_ONCE):
                        spent += _timed(partial(_put, copy, rows))
                    begun = time.perf_counter()
                spent += time.perf_counter() - begun
        return spent + _timed(target.commit)


def _rows_of(table: str) -> str:
    return f"SELECT * FROM {table} WHERE {_OURS.get(table, _OF_OURS)}"  # noqa: S608


def _put(copy: psycopg.Copy, rows: list[tuple[Any, ...]]) -> None:
    for row in rows:
        copy.write_row(row)


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def databases(postgres: Server, folder: Path, stack: ExitStack) -> Iterator[tuple[str, str, str]]:
    """Each kind's name, and two empty databases of it."""
    files = [f"sqlite:///{folder}/{name}.db" for name in ("import", "floor")]
    for url in files:
        migrate(url)
    yield "sqlite", files[0], files[1]
    first, second = (stack.enter_context(postgres.database()) for _ in range(2))
    yield "postgresql", first, second


def main() -> None:
    """Measure, and print a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"])
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for kind, url, floor_url in databases(stack.enter_context(server()), folder, stack):
            if kind in given.database:
                for name, value, unit, floor in measure(url, floor_url, given.orders):
                    beside = f"  bulk load {floor:,.0f}" if floor else ""
                    print(f"{kind:11} {name:28} {value:10,.2f} {unit}{beside}")


if __name__ == "__main__":
    main()
