"""The parts of the bench: what each measures, on which databases, how much in a quick run."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from bench import engine, http, importing, pages, running, state, sweep
from bench.results import Measured

Distributions = dict[str, tuple[float, ...]]
Found = tuple[list[Measured], Distributions]


class Given(Struct, frozen=True):
    """A copy of a stored database to do as one likes with, a second one for the floor where the
    part has one, and how many orders they came with. ``quick``: measure little, to see that it
    works."""

    url: str
    floor_url: str
    orders: int
    quick: bool


class Part(Struct, frozen=True):
    """``stored``: whether it is measured on databases, or once without one; ``floor``: whether on
    two."""

    name: str
    about: str
    measure: Callable[[Given], Found]
    stored: bool = True
    floor: bool = False


def _engine(given: Given) -> Found:
    batches, rounds = (2, 2) if given.quick else (40, 5)
    found = engine.measured(given.url, given.floor_url, 32, batches, rounds)
    return [("commands", found["engine_per_second"], "/s", found["floor_per_second"])], {}


def _http(given: Given) -> Found:
    if given.quick:
        return http.measure(
            given.url, orders=8, requests=50, connections=4, rounds=1, warm_up=10
        ), {}
    return http.measure(given.url), {}


def _sweep(given: Given) -> Found:
    orders = 30 if given.quick else 51_000
    alone = sweep.measure(given.url, orders)
    together, _ = sweep.measure(given.url, orders, processes=sweep.WORKERS)
    return [*alone, together], {}


def _import(given: Given) -> Found:
    orders = 200 if given.quick else 100_000
    return importing.measure(given.url, given.floor_url, orders), {}


def _pages(given: Given) -> Found:
    requests = 110 if given.quick else 4400
    return pages.measure(given.url, given.orders, requests=requests)


def _running(given: Given) -> Found:
    if given.quick:
        return running.measure(given.url, given.orders, requests=110, starts=1), {}
    return running.measure(given.url, given.orders), {}


def _state(given: Given) -> Found:
    return state.measure(runs=2 if given.quick else 200), {}


# They share a copy of a database: those that leave behind what a later one would meet come last.
PARTS = {
    part.name: part
    for part in (
        Part("state", "the state of a case", _state, stored=False),
        Part("pages", "pages and lists at 50 requests a second", _pages),
        Part("running", "start and memory", _running),
        Part("sweep", "what is due at once, decided without a visitor", _sweep),
        Part("http", "dispute commands through HTTP, against an empty handler", _http),
        Part(
            "engine", "dispute commands in the engine, against the bare driver", _engine, floor=True
        ),
        Part("import", "amends import, against a bulk load", _import, floor=True),
    )
}
