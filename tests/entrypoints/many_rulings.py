"""How long like cases take to find among many rulings, on both databases.

    python -m tests.entrypoints.many_rulings [--rulings 1000000] [--folder PLACE]

Rows are put in bulk, as many as are asked for, into a database that is thrown away.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from amends.engine.store import Store
from amends.entrypoints.precedents import overturned, precedents
from amends.store import migrate, open_store
from amends.store.tables import TABLES
from tests.postgres_server import server

REASONS = ("not_as_described", "damaged", "defective", "not_received", "late", "wrong_item")
CATEGORIES = tuple(f"category-{n}" for n in range(40))
COLUMNS = TABLES["rulings"].columns
MOST_MS = 200
_LOOKS = 100


def rows(count: int, seed: int = 1) -> Iterator[tuple[str | int, ...]]:
    """So many rulings, over three years, each of its own order; always the same ones."""
    chance = random.Random(seed)  # noqa: S311
    for n in range(count):
        claimed = chance.randrange(500, 500_000)
        share = chance.choice((0, 2_500, 5_000, 10_000, 10_000))
        values: dict[str, str | int] = {
            "order_id": f"L-{n}", "dispute_id": f"L-{n}-D1", "reason": chance.choice(REASONS),
            "category": chance.choice(CATEGORIES),
            "finding": "for_buyer" if share else "for_seller",
            "remedy": "refund", "reasons": "item_differs_from_listing", "clauses": "proportion",
            "currency": "USD", "claimed": claimed, "awarded": claimed * share // 10_000,
            "share": share, "author": f"m{chance.randrange(200)}",
            "appeal": chance.choice(("", "", "", "", "upheld", "changed")),
            "at": 1_700_000_000_000_000 + chance.randrange(3 * 365 * 86_400) * 1_000_000,
        }  # fmt: skip
        yield tuple(values[column] for column in COLUMNS)


def load_sqlite(path: Path, count: int) -> None:
    """Put them into a migrated file."""
    marks = ", ".join("?" * len(COLUMNS))
    with sqlite3.connect(path) as db:
        statement = f"INSERT INTO rulings ({', '.join(COLUMNS)}) VALUES ({marks})"  # noqa: S608
        db.executemany(statement, rows(count))
    db.close()


def load_postgres(url: str, count: int) -> None:
    """Put them into a migrated database."""
    with psycopg.connect(url, autocommit=True) as db:
        with db.cursor().copy(f"COPY rulings ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in rows(count):
                copy.write_row(row)
        db.execute("ANALYZE rulings")


def looks(store: Store) -> list[float]:
    """Milliseconds of looks for like cases, each for another reason and category."""
    taken = []
    for n in range(_LOOKS):
        begun = time.perf_counter()
        reason, category = REASONS[n % len(REASONS)], CATEGORIES[n % len(CATEGORIES)]
        found = precedents(store.views, reason, "" if n % 5 == 0 else category, "none")
        taken.append((time.perf_counter() - begun) * 1000)
        assert found.quartiles is not None
    return sorted(taken)


@contextmanager
def stores(folder: Path, count: int) -> Iterator[dict[str, Store]]:
    """Both databases, filled."""
    path = folder / "rulings.db"
    migrate(path)
    load_sqlite(path, count)
    with server() as postgres, postgres.database() as url:
        load_postgres(url, count)
        found = {"SQLite": open_store(path), "PostgreSQL": open_store(url)}
        try:
            yield found
        finally:
            for store in found.values():
                store.close()


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rulings", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where the file of SQLite is made")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(dir=given.folder) as folder,
        stores(Path(folder), given.rulings) as found,
    ):
        for name, store in found.items():
            taken = looks(store)
            begun = time.perf_counter()
            overturned(store.views)
            counted = (time.perf_counter() - begun) * 1000
            print(  # noqa: T201
                f"{name}, {given.rulings:,} rulings: like cases in"
                f" {statistics.median(taken):.1f} ms, at most {taken[-1]:.1f} ms of {len(taken)};"
                f" overturned ones counted in {counted:.0f} ms"
            )


if __name__ == "__main__":
    main()
