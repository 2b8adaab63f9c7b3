"""The bench itself: it runs, what it loads is sound, and it says what holds and what does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from bench.bars import verdicts
from bench.parts import PARTS
from bench.places import Files
from bench.report import report
from bench.results import Figure, Results, Run, now, read
from bench.stored import Outdated, stored

from amends.adapters.packs import load_packs, shipped_packs
from amends.engine.check import check
from amends.entrypoints.domain import OrderDomain
from amends.store import open_store

ROOT = Path(__file__).parents[2]


def test_a_quick_run_loads_sound_orders_and_measures_every_part(tmp_path: Path) -> None:
    run = [sys.executable, "-m", "bench", "--quick", "--database", "sqlite",
           "--folder", str(tmp_path), "--to", str(tmp_path)]  # fmt: skip
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    results = read(tmp_path / "results.json")
    assert {run.part for run in results.runs} == set(PARTS)
    judged = {verdict.bar for verdict in verdicts(results) if verdict.bar.part == "pages"}
    assert len(judged) > 10
    assert "pages.svg" not in (tmp_path / "README.md").read_text()

    store = open_store(Files(tmp_path).url("orders_200"))
    orders = store.upkeep.orders(limit=500)
    differences = list(check(store, OrderDomain(load_packs(shipped_packs()))))
    store.close()
    assert len(orders) == 200
    assert differences == []


def test_a_kept_database_of_another_recipe_is_refused(tmp_path: Path) -> None:
    place = Files(tmp_path)
    place.make("orders_20")
    with pytest.raises(Outdated, match="--renew"):
        stored(place, 20, tmp_path)


def results_of(*rates: tuple[int, float]) -> Results:
    results = Results()
    for orders, rate in rates:
        figure = Figure("commands", rate, "/s", 1000.0)
        results.add(Run("engine", "sqlite", orders, now(), "c0ffee", 0.1, (figure,)))
    return results


def test_bars_are_held_against_the_floor_and_between_sizes(tmp_path: Path) -> None:
    results = results_of((10_000, 600.0), (1_000_000, 450.0))
    held = [(v.orders, v.bar.of, round(v.value, 2), v.holds) for v in verdicts(results)]
    assert held == [
        (10_000, "ratio", 0.6, True),
        (1_000_000, "ratio", 0.45, False),
        (0, "sizes", 1.33, False),
    ]
    report(results, tmp_path)
    shown = (tmp_path / "README.md").read_text()
    assert "| sqlite, 1,000,000 orders | ≥ 0.5 | 0.45 of the floor | **missed** |" in shown
    assert {path.name for path in tmp_path.iterdir()} == {"README.md", "ratios.svg", "sizes.svg"}


def test_a_later_run_takes_the_place_of_the_one_before() -> None:
    results = results_of((10_000, 600.0), (10_000, 700.0))
    assert [run.figures[0].value for run in results.runs] == [700.0]
