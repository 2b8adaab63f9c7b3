"""How long like cases take to find among many rulings, by words, by meanings and by codes, on both
databases.

    python -m tests.entrypoints.many_rulings [--rulings 1000000] [--folder PLACE]

Rows are put in bulk, as many as are asked for, into a database that is thrown away. Words come as
often as they do in a language: the n-th most frequent one n times more seldom than the first. So do
the places of sentences; those of one place are alike.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import accumulate, islice
from pathlib import Path

import psycopg

from amends.engine.ruling_meanings import Sentence
from amends.engine.store import Store
from amends.entrypoints.precedents import Sought, overturned, precedents
from amends.entrypoints.similar.text import MOST_WORDS
from amends.store import migrate, open_store
from amends.store.tables import TABLES
from tests.postgres_server import server

REASONS = ("not_as_described", "damaged", "defective", "not_received", "late", "wrong_item")
CATEGORIES = tuple(f"category-{n}" for n in range(40))
COLUMNS = TABLES["rulings"].columns
_LOOKS = 100
# What is claimed, bought and said of a case, without the words of every text.
_WORDS_OF_A_CASE = 60
_VOCABULARY = 200_000
# As the adapter of the extra ``vectors`` has them.
_PLACES, _NEAREST, _SIGNATURE = 2_304, 32, 256
_MEANINGS = ("place", "n", "part", "person", "signature")
_AT_ONCE = 100_000


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


@cache
def vocabulary() -> list[int]:
    """The digests of all words there are, the most frequent one first."""
    chance = random.Random(0)  # noqa: S311
    return [chance.randrange(2**48) for _ in range(_VOCABULARY)]


def words(count: int, seed: int = 2) -> Iterator[set[int]]:
    """The digests of so many cases' words; always the same ones."""
    chance = random.Random(seed)  # noqa: S311
    often = list(accumulate(1 / (n + 1) for n in range(_VOCABULARY)))
    for _ in range(count):
        yield set(chance.choices(vocabulary(), cum_weights=often, k=_WORDS_OF_A_CASE))


def numbers(count: int) -> Iterator[tuple[int, str, str]]:
    """What the rulings are called in the index."""
    return ((n + 1, f"L-{n}", f"L-{n}-D1") for n in range(count))


def index(count: int) -> Iterator[tuple[int, int]]:
    """Each word of each ruling."""
    return ((digest, n + 1) for n, case in enumerate(words(count)) for digest in case)


def _place(chance: random.Random) -> int:
    return int(_PLACES ** chance.random()) - 1


def _like(place: int, chance: random.Random, bits: int) -> bytes:
    """A signature of which one bit in two to the power of ``bits`` is not its place's."""
    off = (1 << 8 * _SIGNATURE) - 1
    for _ in range(bits):
        off &= chance.getrandbits(8 * _SIGNATURE)
    whole = hashlib.shake_256(str(place).encode()).digest(_SIGNATURE)
    return (int.from_bytes(whole) ^ off).to_bytes(_SIGNATURE)


def meanings(count: int) -> Iterator[tuple[int, int, int, str, bytes]]:
    """One to three sentences of each claim, by the place each lies at."""
    chance = random.Random(4)  # noqa: S311
    for n in range(count):
        for part in range(chance.choice((1, 1, 2, 3))):
            place = _place(chance)
            yield place, n + 1, part, f"buyer-{n % 300_000}", _like(place, chance, 2)


def sentences(n: int) -> tuple[Sentence, ...]:
    """What the n-th case looked for says."""
    chance = random.Random(n)  # noqa: S311
    found = []
    for _ in range(1 + n % 3):
        places: dict[int, None] = {}
        while len(places) < _NEAREST:
            places[_place(chance)] = None
        nearest = tuple(places)
        found.append(Sentence(f"Sentence {n}.", nearest, _like(nearest[0], chance, 3)))
    return tuple(found)


def load_sqlite(path: Path, count: int) -> None:
    """Put them into a migrated file, without their words."""
    with sqlite3.connect(path) as db:
        _insert(db, "rulings", COLUMNS, rows(count))
    db.close()


def index_sqlite(path: Path, count: int) -> None:
    """Put in their words as well, and what was meant."""
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA synchronous = OFF")
        _insert(db, "ruling_numbers", ("n", "order_id", "dispute_id"), numbers(count))
        # In the order of the index, so that a page is written once.
        db.execute("CREATE TEMP TABLE unsorted (digest INTEGER, n INTEGER)")
        _insert(db, "unsorted", ("digest", "n"), index(count))
        db.execute("INSERT INTO ruling_words SELECT digest, n FROM unsorted ORDER BY digest, n")
        db.execute("CREATE TEMP TABLE said AS SELECT * FROM ruling_meanings")
        _insert(db, "said", _MEANINGS, meanings(count))
        db.execute("INSERT INTO ruling_meanings SELECT * FROM said ORDER BY place, n, part")
    db.close()


def _insert(
    db: sqlite3.Connection,
    table: str,
    columns: Iterable[str],
    values: Iterator[tuple[str | int | bytes, ...]],
) -> None:
    named = tuple(columns)
    marks = ", ".join("?" * len(named))
    statement = f"INSERT INTO {table} ({', '.join(named)}) VALUES ({marks})"  # noqa: S608
    while block := list(islice(values, _AT_ONCE)):
        db.executemany(statement, block)


def load_postgres(url: str, count: int) -> None:
    """Put them into a migrated database, with their words."""
    with psycopg.connect(url, autocommit=True) as db:
        _copy(db, "rulings", COLUMNS, rows(count))
        numbered = ("n", "order_id", "dispute_id")
        _copy(db, "ruling_numbers", numbered, numbers(count))
        db.execute("ALTER TABLE ruling_words DROP CONSTRAINT ruling_words_pkey")
        _copy(db, "ruling_words", ("digest", "n"), index(count))
        db.execute("ALTER TABLE ruling_words ADD PRIMARY KEY (digest, n)")
        _copy(db, "ruling_meanings", _MEANINGS, meanings(count))
        db.execute("VACUUM ANALYZE")


def _copy(
    db: psycopg.Connection,
    table: str,
    columns: Iterable[str],
    values: Iterator[tuple[str | int | bytes, ...]],
) -> None:
    with db.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)


def looks(store: Store, *, said: bool = False) -> list[float]:
    """Milliseconds of looks for like cases, each for another reason and category, every fourth
    without words and every fourth by common ones alone; by what is ``said``, too."""
    taken = []
    common = vocabulary()[:MOST_WORDS]
    for n, case in enumerate(words(_LOOKS, seed=3)):
        looked_for = ((), common, case, case)[n % 4]
        asked = sought(n, looked_for, sentences(n) if said else ())
        begun = time.perf_counter()
        found = precedents(store, asked)
        taken.append((time.perf_counter() - begun) * 1000)
        assert found.quartiles is not None
    return sorted(taken)


def sought(n: int, digests: Iterable[int] = (), said: tuple[Sentence, ...] = ()) -> Sought:
    """A case that is none of those ruled on."""
    category = "" if n % 5 == 0 else CATEGORIES[n % len(CATEGORIES)]
    by_digest = {digest: str(digest) for digest in digests}
    return Sought("X", "X-D1", REASONS[n % len(REASONS)], category, by_digest, said)


@contextmanager
def stores(folder: Path, count: int) -> Iterator[dict[str, Store]]:
    """Both databases, filled."""
    path = folder / "rulings.db"
    migrate(path)
    load_sqlite(path, count)
    index_sqlite(path, count)
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
            taken, meant = looks(store), looks(store, said=True)
            begun = time.perf_counter()
            overturned(store.views)
            counted = (time.perf_counter() - begun) * 1000
            print(  # noqa: T201
                f"{name}, {given.rulings:,} rulings: like cases in"
                f" {statistics.median(taken):.1f} ms, at most {taken[-1]:.1f} ms of {len(taken)};"
                f" by what is said too in {statistics.median(meant):.1f} ms, at most"
                f" {meant[-1]:.1f} ms; overturned ones counted in {counted:.0f} ms"
            )


if __name__ == "__main__":
    main()
