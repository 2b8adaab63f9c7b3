"""The measuring of the desks' pages runs, and what it loads is what the engine would write."""

from __future__ import annotations

from pathlib import Path

from bench.places import Files

from amends.adapters.packs import load_packs, shipped_packs
from amends.engine.check import check
from amends.entrypoints.domain import OrderDomain
from amends.store import open_store
from tests.judging import many


def test_a_small_queue_is_measured_and_sound(tmp_path: Path) -> None:
    url = many.fill(Files(tmp_path), list(many.lived(tmp_path)), 120)
    many.watched(url)
    took = dict(many.asked(url, tries=2))
    assert len(took) == len(many.LOOKS)
    assert {len(times) for times in took.values()} == {2}
    store = open_store(url)
    rare, common = (
        store.watching.page(who, {"phase": "mediation"}, order_by="due_at", also={}, limit=200)
        for who in ("vera", "will")
    )
    assert [row["order_id"] for row in rare.rows] == ["M0000007"]
    assert len(common.rows) > 80
    phases = {str(phase) for (phase,) in store.views.totals("disputes", None, ("phase",))}
    differences = list(check(store, OrderDomain(load_packs(shipped_packs()))))
    store.close()
    assert {"mediation", "appeal", "ruled"} <= phases
    assert differences == []
