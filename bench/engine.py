"""Durable dispute commands a second, against a floor: the same rows written by the bare driver.

Buyer and seller make each other offers, with notes and idempotency keys, in as many disputes as a
batch is long, so that no two commands of a batch are about one order. The rows the engine wrote
are then written again, in batches of the same length, as plain statements of the driver in one
durable transaction each, on a database that stands where the engine's began. Engine and floor take
turns, batch by batch, for both share the machine with whatever else runs; the ratio of their
medians over several rounds is the figure to quote.

    .venv/bin/python -m bench.engine [--batch 32] [--batches 40] [--rounds 5] [--json FILE]

The PostgreSQL server is the one the tests bring (``tests.postgres_server``).
"""

from __future__ import annotations

import argparse
import gc
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from tests.postgres_server import server

from amends.adapters.ids import new_id
from amends.adapters.packs import load_packs, shipped_packs
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.judge import OnDispute, OnOrder
from amends.engine.engine import Engine
from amends.engine.requests import Answer
from amends.engine.store import Store, Write
from amends.entrypoints.domain import OrderDomain
from amends.entrypoints.service import CaseEngine, CaseRequest
from amends.kernel.decision import Accepted
from amends.kernel.instants import Calendar
from amends.kernel.money import Money
from amends.kernel.people import Actor, Role
from amends.order.decide.place_order import PlaceOrder
from amends.order.decide.ship_order import ShipOrder
from amends.store import migrate, open_store
from amends.store.batch import laid_out, owners_of
from amends.store.migrate import database_path
from amends.store.rows import changes
from amends.store.sealing import new_key
from amends.store.tables import TABLES
from amends.store.urls import is_postgres

START = datetime(2026, 3, 1, 10, tzinfo=UTC)
ORDER = Path(__file__).parents[1] / "examples" / "order.json"
SHOP = Actor("shop", Role.MARKETPLACE)
NOTE = "The sleeve is torn along the seam; that much would put it right."
Table = tuple[str, list[tuple[Any, ...]]]

# What the driver is given for each table of the record; the projections are upserts.
RECORD = {
    "events": "INSERT INTO events VALUES ({})",
    "contents": "INSERT INTO contents VALUES ({})",
    "states": "INSERT INTO states VALUES ({}) ON CONFLICT (order_id) DO UPDATE SET"
    " version = excluded.version, state = excluded.state, code = excluded.code,"
    " next_due = excluded.next_due, head = excluded.head",
    "jobs": "INSERT INTO jobs VALUES ({})",
    "answers": "INSERT INTO answers VALUES ({})",
}


class Bench:
    """An engine on a database, with a dispute open in each of ``count`` orders."""

    def __init__(self, url: str, count: int, *, now: datetime = START, prefix: str = "B") -> None:
        self.now = now
        self.store: Store = open_store(url)
        self.written: list[list[Write]] = []
        self.engine: CaseEngine = Engine(
            OrderDomain(load_packs(shipped_packs())),
            self.store,
            lambda: self.now,
            new_id,
            lambda _state: Calendar(),
        )
        self.orders = [f"{prefix}{n:06d}" for n in range(count)]
        placing = msgspec.json.decode(ORDER.read_bytes())
        # Its dates lie as far back as they do from START.
        away = now - START
        placing["placed_at"] = datetime.fromisoformat(placing["placed_at"]) + away
        shipping = placing["shipping"]
        placing["shipping"] = {d: datetime.fromisoformat(at) + away for d, at in shipping.items()}
        for n in range(0, count, 100):
            names = self.orders[n : n + 100]
            self.ask([self._placed(name, placing) for name in names])
            self.ask(
                [
                    self._of(name, ShipOrder("DHL", "1234567890"), self.seller(name))
                    for name in names
                ]
            )
            claim = OpenDispute(True, "not_as_described", "refund", NOTE)
            self.ask([self._of(name, claim, self.buyer(name)) for name in names])

    @staticmethod
    def buyer(order: str) -> Actor:
        return Actor(f"b{order}", Role.BUYER)

    @staticmethod
    def seller(order: str) -> Actor:
        return Actor(f"s{int(order[-6:]) % 50}", Role.SELLER)

    def ask(self, requests: Sequence[CaseRequest]) -> None:
        for answer in self.engine.handle(requests):
            assert isinstance(answer, Answer), answer
            assert isinstance(answer.outcome, Accepted), answer.outcome

    def offers(self, orders: Sequence[str], turn: int) -> list[CaseRequest]:
        """An offer in each of these orders' disputes, by the side whose turn it is."""
        by = self.buyer if turn % 2 else self.seller
        offer = MakeOffer("refund", Money(1000 + turn, "RUB"), f"{NOTE} ({turn})")
        return [
            CaseRequest(name, OnDispute(name, f"{name}-D1", offer), by(name), new_id(), "d" * 64)
            for name in orders
        ]

    @contextmanager
    def keeping(self) -> Iterator[list[list[Write]]]:
        """Collects what the engine writes."""
        kept: list[list[Write]] = []
        records = self.store.records
        write = records.write

        def and_keep(writes: Iterable[Write]) -> frozenset[str]:
            batch: list[Write] = []
            kept.append(batch)

            def each() -> Iterator[Write]:
                for one in writes:
                    batch.append(one)
                    yield one

            return write(each())

        records.write = and_keep  # type: ignore[method-assign]
        yield kept
        records.write = write  # type: ignore[method-assign]

    def _placed(self, name: str, placing: dict[str, Any]) -> CaseRequest:
        people = {
            "buyer": {**placing["buyer"], "id": self.buyer(name).person},
            "seller": {**placing["seller"], "id": self.seller(name).person},
        }
        command = msgspec.convert({**placing, **people}, PlaceOrder)
        return self._of(name, command, SHOP)

    @staticmethod
    def _of(name: str, command: Any, by: Actor) -> CaseRequest:
        return CaseRequest(name, OnOrder(name, command), by)


def rows_of(writes: Sequence[Write]) -> list[Table]:
    """What a batch of writes puts into each table, statement and values."""
    heads = {w.order: w.head for w in writes if w.head is not None}
    batch = laid_out(writes, heads, {owner: new_key() for owner in owners_of(writes)})
    tables = [(name, getattr(batch, name)) for name in RECORD]
    changed = changes((w.order, row) for w in writes for row in w.rows)
    assert not changed.gone
    return [(name, rows) for name, rows in (*tables, *changed.put.items()) if rows]


def statement(table: str, values: Sequence[Any], mark: str) -> str:
    """A plain statement for one row."""
    marks = ", ".join([mark] * len(values))
    if table in RECORD:
        return RECORD[table].format(marks)
    of = TABLES[table]
    sets = ", ".join(f"{c} = excluded.{c}" for c in of.values)
    key = ", ".join(of.whole_key)
    return f"INSERT INTO {table} VALUES ({marks}) ON CONFLICT ({key}) DO UPDATE SET {sets}"  # noqa: S608


def sqlite_floor(url: str) -> Callable[[list[Table]], None]:
    """Writes a batch by the bare driver, as durably as the store does."""
    db = sqlite3.connect(database_path(url), isolation_level=None)
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA wal_autocheckpoint = 16000").fetchall()

    def write(tables: list[Table]) -> None:
        db.execute("BEGIN IMMEDIATE")
        for table, rows in tables:
            db.executemany(statement(table, rows[0], "?"), rows)
        db.execute("COMMIT")

    return write


def postgres_floor(url: str) -> Callable[[list[Table]], None]:
    """The same through a server, all of it in one round trip."""
    db = psycopg.connect(url, autocommit=True, prepare_threshold=0)
    db.prepared_max = 500

    def write(tables: list[Table]) -> None:
        with db.pipeline(), db.cursor() as cursor:
            db.execute("BEGIN")
            for table, rows in tables:
                cursor.executemany(statement(table, rows[0], "%s"), rows)
            db.execute("COMMIT")

    return write


def measured(url: str, floor_url: str, batch: int, batches: int, rounds: int) -> dict[str, Any]:
    """Commands a second of engine and floor, by round."""
    count = batch * batches
    bench = Bench(url, count)
    Bench(floor_url, count).store.close()
    # The writes kept below are the bench's own: the collector is not to go through them.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    floor = (postgres_floor if is_postgres(url) else sqlite_floor)(floor_url)
    engine_rates, floor_rates = [], []
    for turn in range(rounds + 1):
        bench.now += timedelta(minutes=1)
        engine_took = floor_took = 0.0
        for n in range(0, count, batch):
            asked = bench.offers(bench.orders[n : n + batch], turn)
            with bench.keeping() as written:
                begun = time.perf_counter()
                bench.ask(asked)
                engine_took += time.perf_counter() - begun
            rows = rows_of(written[0])
            begun = time.perf_counter()
            floor(rows)
            floor_took += time.perf_counter() - begun
        engine_rates.append(count / engine_took)
        floor_rates.append(count / floor_took)
    bench.store.close()
    # The first round warms both up: statements are prepared, pages are read.
    engine, bare = statistics.median(engine_rates[1:]), statistics.median(floor_rates[1:])
    written_rows = sum(len(values) for _, values in rows) / batch
    return {
        "batch": batch,
        "rows_per_command": round(written_rows, 1),
        "engine_per_second": round(engine),
        "floor_per_second": round(bare),
        "ratio": round(engine / bare, 3),
        "rounds": [
            {"engine": round(a), "floor": round(b)}
            for a, b in zip(engine_rates[1:], floor_rates[1:], strict=True)
        ],
    }


def main() -> None:
    """Measure both databases, print a table, and write the figures as JSON where told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--batches", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    figures = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        files = [f"sqlite:///{folder}/{name}.db" for name in ("engine", "floor")]
        for url in files:
            migrate(url)
        postgres = stack.enter_context(server())
        servers = [stack.enter_context(postgres.database()) for _ in range(2)]
        for name, (url, floor_url) in {"sqlite": files, "postgresql": servers}.items():
            figures[name] = measured(url, floor_url, given.batch, given.batches, given.rounds)
    print(f"{'database':12} {'batch':>5} {'rows':>5} {'engine/s':>9} {'floor/s':>9} {'ratio':>6}")
    for name, row in figures.items():
        print(
            f"{name:12} {row['batch']:5} {row['rows_per_command']:5} {row['engine_per_second']:9}"
            f" {row['floor_per_second']:9} {row['ratio']:6.2f}"
        )
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
