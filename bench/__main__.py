"""Measure what amends does at 10,000 and 1,000,000 stored orders, on SQLite and on PostgreSQL.

    make bench
    python -m bench [--quick] [--only PART ...] [--database KIND ...] [--orders N ...] [--renew]

The stored databases are made the first time (some ten minutes and 12 GB each) and kept in the
folder; what writes is measured in copies. Results are added to those in the results' folder, so
parts can be measured one by one, when nothing else runs.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from tests.postgres_server import NoServer

from bench.bars import DATABASES, SIZES, verdicts
from bench.parts import PARTS, Given, Part
from bench.places import Place, places
from bench.progress import Progress, say
from bench.report import in_words, number, place_of, report
from bench.results import Figure, Results, Run, commit, now, read, write
from bench.stored import NoRoom, Outdated, stored

_QUICK_SIZES = (200,)
_KEPT = "results.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, write and print; 1 when a bar is missed, 2 when something cannot be measured."""
    given = _given(arguments)
    with ExitStack() as stack:
        if given.quick:
            scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            given.folder, given.orders = given.folder or scratch, _QUICK_SIZES
        folder = given.folder or Path("var/bench")
        results = Results() if given.quick else read(given.to / _KEPT)
        parts = [part for name, part in PARTS.items() if name in given.only]
        try:
            for run in _runs(parts, folder, given):
                _say(run)
                results.add(run)
                write(given.to / _KEPT, results)
        except (NoServer, NoRoom, Outdated) as error:
            say(str(error))
            return 2
    report(results, given.to)
    # Figures of a quick run mean nothing.
    missed = [v for v in verdicts(results) if not v.holds] if not given.quick else []
    for verdict in missed:
        say(f"missed: {in_words(verdict)}")
    return 1 if missed else 0


def _given(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    abouts = "\n".join(f"{part.name}: {part.about}" for part in PARTS.values())
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help=abouts)
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--orders", nargs="+", type=int, default=SIZES)
    parser.add_argument("--server", help="a PostgreSQL server's URL; without, one is started")
    parser.add_argument("--folder", type=Path, help="where databases are kept: var/bench")
    parser.add_argument("--to", type=Path, default=Path("docs/bench"), help="docs/bench")
    parser.add_argument("--renew", action="store_true", help="make the stored databases anew")
    parser.add_argument("--quick", action="store_true", help="only to see that it works")
    return parser.parse_args(arguments)


def _runs(parts: Sequence[Part], folder: Path, given: argparse.Namespace) -> Iterator[Run]:
    for part in parts:
        if not part.stored:
            yield _measured(part, "", Given("", "", 0, given.quick))
    on_stored = [part for part in parts if part.stored]
    if not on_stored:
        return
    with places(folder, given.server, tuple(given.database)) as there:
        for place in there:
            kept = {n: stored(place, n, folder, renew=given.renew) for n in given.orders}
            yield from _on(place, kept, on_stored, quick=given.quick)


def _on(
    place: Place, kept: Mapping[int, str], parts: Sequence[Part], *, quick: bool
) -> Iterator[Run]:
    """Each part on copies of all sizes, one right after the other: what else the machine does is
    then most likely the same. Those with a floor come last, on a copy of their own: what the parts
    before have left behind would lie in the way of one of the two."""

    @cache
    def copied(orders: int, to: str) -> str:
        with Progress(f"a copy of {place.kind}'s {orders:,} orders", 1):
            return place.copy(kept[orders], f"{to}_{orders}")

    try:
        for part in parts:
            for orders in kept:
                floor = ""
                if part.floor:
                    place.drop(f"run_{orders}")
                    floor = copied(orders, "floor")
                own = copied(orders, "beside" if floor else "run")
                yield _measured(part, place.kind, Given(own, floor, orders, quick))
    finally:
        for orders in kept:
            for to in ("run", "beside", "floor"):
                place.drop(f"{to}_{orders}")


def _measured(part: Part, database: str, given: Given) -> Run:
    what = f"{part.name}: {part.about} ({place_of(database, given.orders) or 'alone'})"
    load = round(os.getloadavg()[0], 1)
    # In a process of its own, so that none finds what the ones before left in memory.
    with Progress(what, 1), ProcessPoolExecutor(1, get_context("spawn")) as alone:
        found, distributions = alone.submit(part.measure, given).result()
    figures = tuple(Figure(*measured) for measured in found)
    return Run(part.name, database, given.orders, now(), commit(), load, figures, distributions)


def _say(run: Run) -> None:
    for figure in run.figures:
        beside = (
            "" if figure.ratio is None else f"  {figure.ratio:.2f} of {number(figure.floor or 0)}"
        )
        print(f"  {figure.name:42} {number(figure.value):>9} {figure.unit}{beside}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
