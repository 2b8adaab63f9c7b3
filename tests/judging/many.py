"""How long a page of the queue takes among very many open cases.

``python -m tests.judging.many --cases 100000 --database sqlite`` (or ``postgresql``) fills a
database with open cases in mediation and asks for pages as a mediator, and as a supervisor with
filters that an index finds, that the database looks through, and that leave nothing.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random

import psycopg
from msgspec.structs import replace

from amends.bootstrap import Settings, build_service
from amends.engine.store import Write
from amends.entrypoints.judging import queue
from amends.entrypoints.service import Service
from amends.kernel.instants import to_micros
from amends.kernel.people import Actor, Role
from tests.postgres_server import server
from tests.store.given import dispute_row, event, state

TRIES = 20
MEDIATORS = 50
LANGUAGES, CATEGORIES = ("en", "es", "ru", "zh", "ar"), tuple(f"c{n}" for n in range(20))
REASONS = ("not_received", "not_as_described", "damaged", "late", "counterfeit")
VERA, MIA = Actor("v1", Role.SUPERVISOR), Actor("m7", Role.MEDIATOR)
ASKED = {
    "all, first page": (VERA, queue.Filters()),
    "a mediator's own": (MIA, queue.Filters()),
    "nobody's": (VERA, queue.Filters(who="nobody")),
    "of one language": (VERA, queue.Filters(language="ru")),
    "language, goods and reason": (
        VERA, queue.Filters(language="ru", category="c3", reason="late")
    ),
    "one seller's, of many": (VERA, queue.Filters(find="s77")),
    "what is not there": (VERA, queue.Filters(find="nobody at all")),
    "a mediator's, by language": (VERA, queue.Filters(who="m7", language="zh")),
}  # fmt: skip


def fill(service: Service, cases: int) -> None:
    """So many cases, of which a tenth are nobody's."""
    random = Random(1)  # noqa: S311
    now = to_micros(service.clock.now())
    day = 86_400_000_000
    for start in range(0, cases, 1000):
        writes = []
        for n in range(start, min(cases, start + 1000)):
            mediator = None if n % 10 == 0 else f"m{random.randrange(MEDIATORS)}"
            row = dispute_row("D1", now + random.randrange(15 * day), mediator)
            values = {
                **(row.values or {}), "language": random.choice(LANGUAGES),
                "category": random.choice(CATEGORIES), "reason": random.choice(REASONS),
                "seller": f"s{random.randrange(5000)}", "buyer": f"b{n}",
                "opened_at": now - random.randrange(15 * day),
            }  # fmt: skip
            writes.append(
                Write(f"O{n:07}", 0, (event(1),), state(1), rows=(replace(row, values=values),))
            )
        assert not service.store.records.write(writes)


def analyse(url: str) -> None:
    """What a server does by itself after a while: it looks at what is in the tables."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("ANALYZE")


def measure(service: Service) -> dict[str, float]:
    """The middle of the tries in milliseconds, by what was asked."""
    took: dict[str, float] = {}
    for name, (by, filters) in ASKED.items():
        took[name] = _slow(partial(queue.queue, service, by, filters))
    deep = queue.queue(service, VERA, queue.Filters(), limit=200)
    for _ in range(20):
        deep = queue.queue(service, VERA, queue.Filters(), limit=200, after=deep.next)
    took["page 80"] = _slow(partial(queue.queue, service, VERA, queue.Filters(), after=deep.next))
    took["loads and ages"] = _slow(partial(queue.figures, service))
    return took


def _slow(ask: Callable[[], object]) -> float:
    tries = []
    for _ in range(TRIES):
        began = time.perf_counter()
        ask()
        tries.append((time.perf_counter() - began) * 1000)
    return sorted(tries)[TRIES // 2]


@contextmanager
def opened(kind: str) -> Iterator[tuple[Service, Callable[[], None]]]:
    """A service on a database of this kind, and what the database does in its own time."""
    with tempfile.TemporaryDirectory() as folder:
        if kind == "sqlite":
            service = build_service(
                Settings(database=Path(folder) / "many.db", base_url="http://x")
            )
            yield service, lambda: None
            service.close()
            return
        with server() as started, started.database() as url:
            environment = {"AMENDS_HOME": folder}
            service = build_service(Settings.read(url, environment=environment))
            yield service, partial(analyse, url)
            service.close()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = parser.parse_args()
    with opened(given.database) as (service, settle):
        fill(service, given.cases)
        settle()
        for name, milliseconds in measure(service).items():
            print(f"{milliseconds:8.1f} ms  {name}")  # noqa: T201


if __name__ == "__main__":
    main()
