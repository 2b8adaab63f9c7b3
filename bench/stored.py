"""Databases of many orders, made once and kept.

The orders are copies of some that were lived (``bench.templates``, ``bench.copying``), nine in ten
of them long at rest. Whoever measures writes does so in a copy of the database.
"""

from __future__ import annotations

import gc
import json
import os
import random
import shutil
import tempfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import msgspec

from amends.adapters.packs import load_packs, shipped_packs
from amends.engine.check import check
from amends.entrypoints.domain import OrderDomain
from amends.kernel.instants import to_micros
from amends.policy.library import Library
from amends.store import open_store, schema_is_current
from amends.store.schema import SCHEMA
from bench.bulk import load
from bench.copying import Copier, Marketplace, Rows
from bench.places import Place
from bench.progress import Progress
from bench.templates import NOW, Templates, lived

# Raise it when the templates or their copying change.
_RECIPE = 1
_NAMED = "bench_recipe"
_AT_ONCE = 500
_AHEAD = 6
_ALONE = 20_000
_BYTES_PER_ORDER = 14_000
_CHECKED = 200


class Outdated(Exception):
    """A kept database was made for another schema or other packs, or by another recipe."""


class NoRoom(Exception):
    """There is too little free space on the disk."""


class Wrong(Exception):
    """What was loaded is not what the engine would have written."""


def stored(place: Place, orders: int, folder: Path, *, renew: bool = False) -> str:
    """The name of the kept database with so many orders, which is made if there is none.

    Raises Outdated; NoRoom when it and a copy of it would not fit the disk of ``folder``; and Wrong
    when a sample of the orders fails its check.
    """
    name = f"orders_{orders}"
    if place.there(name) and not renew:
        _refuse_outdated(place.url(name))
        return name
    place.drop(name)
    room, needed = shutil.disk_usage(folder).free, 2 * orders * _BYTES_PER_ORDER
    if room < needed:
        raise NoRoom(
            f"{orders:,} orders need {needed / 1e9:.0f} GB in {folder}, of which"
            f" {room / 1e9:.0f} are free"
        )
    templates = _templates(folder, renew=renew)
    url = place.make("unfinished")
    with Progress(f"{place.kind}: {orders:,} orders", orders) as progress:
        load(url, _chunks(templates, orders, progress))
    _finish(url, orders)
    place.rename("unfinished", name)
    return name


def _refuse_outdated(url: str) -> None:
    found = None
    if schema_is_current(url):
        store = open_store(url)
        found = store.meta.get(_NAMED)
        store.close()
    if found != _recipe():
        raise Outdated(f"{url} was made by another version of amends; make it anew with --renew")


def _recipe() -> str:
    packs = [f"{terms.ref.id} {terms.ref.version} {terms.ref.digest}" for terms in _library().all()]
    return json.dumps([_RECIPE, SCHEMA, OrderDomain.state_code, packs])


def _library() -> Library:
    return load_packs(shipped_packs())


def _templates(folder: Path, *, renew: bool) -> Path:
    """A file with the templates, kept as well: a small database is loaded sooner than they are
    lived."""
    path = folder / "templates.msgpack"
    if path.exists() and not renew and _read(path)[0] == _recipe():
        return path
    with tempfile.TemporaryDirectory() as scratch, Progress("a sample, lived", 100) as progress:
        templates = lived(Path(scratch), progress.advance)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.msgpack.encode((_recipe(), templates)))
    return path


def _read(path: Path) -> tuple[str, Templates]:
    return msgspec.msgpack.decode(path.read_bytes(), type=tuple[str, Templates])


def _chunks(templates: Path, orders: int, progress: Progress) -> Iterator[Rows]:
    """All rows, some orders at a time, by their ids. Many are made by all processors."""
    numbers = [range(n, min(n + _AT_ONCE, orders)) for n in range(0, orders, _AT_ONCE)]
    given = (templates, Marketplace(orders))
    known: set[object] = set()
    if orders < _ALONE:
        made: Iterator[Rows] = map(_copier(*given).rows, numbers)
    else:
        made = _side_by_side(given, numbers)
    for some, rows in zip(numbers, made, strict=True):
        # Many an order has the same buyer; the key is the same too.
        rows["person_keys"] = [row for row in rows["person_keys"] if row[0] not in known]
        known.update(row[0] for row in rows["person_keys"])
        yield rows
        progress.advance(len(some))


def _side_by_side(given: tuple[Path, Marketplace], numbers: list[range]) -> Iterator[Rows]:
    waiting: deque[Future[Rows]] = deque()
    with ProcessPoolExecutor(
        os.cpu_count(), get_context("spawn"), initializer=_begin, initargs=given
    ) as pool:
        for some in numbers:
            waiting.append(pool.submit(_made, some))
            if len(waiting) == _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


_working: list[Copier] = []


def _copier(templates: Path, marketplace: Marketplace) -> Copier:
    return Copier(_library(), _read(templates)[1], marketplace)


def _begin(templates: Path, marketplace: Marketplace) -> None:
    _working.append(_copier(templates, marketplace))
    # What is made is taken by its number of references alone.
    gc.disable()


def _made(numbers: range) -> Rows:
    return _working[0].rows(numbers)


def _finish(url: str, orders: int) -> None:
    """Hold some orders against what their events give, and say by which recipe all were made."""
    store = open_store(url)
    try:
        chosen = random.Random(orders).sample(range(orders), min(_CHECKED, orders))
        names = [Marketplace(orders).name(n) for n in chosen]
        for difference in check(store, OrderDomain(_library()), names):
            raise Wrong(f"{difference.order}: {difference.what}")
        # The simulated provider knows nothing of these refunds: its books are not asked for.
        store.meta.put("reconciled_at", str(to_micros(NOW)))
        store.meta.put(_NAMED, _recipe())
    finally:
        store.close()
