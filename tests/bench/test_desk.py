"""The measuring of finance's desk runs, and what it loads is what the engine would have written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.places import Files

from amends.adapters.packs import load_packs, shipped_packs
from amends.engine.check import check
from amends.entrypoints.domain import OrderDomain
from amends.store import open_store

ROOT = Path(__file__).parents[2]


def test_a_small_desk_is_measured_and_sound(tmp_path: Path) -> None:
    run = [sys.executable, "-m", "bench.desk", "--intents", "100", "--database", "sqlite",
           "--folder", str(tmp_path)]  # fmt: skip
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "/finance/refunds?state=unknown" in done.stdout
    assert "Compared: 100 orders" in done.stdout
    store = open_store(Files(tmp_path).url("desk_100"))
    states = {str(state) for (state,) in store.views.totals("refunds", None, ("state",))}
    differences = list(check(store, OrderDomain(load_packs(shipped_packs()))))
    store.close()
    assert {"settled", "unknown", "failed"} <= states
    assert differences == []
