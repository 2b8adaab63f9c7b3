"""The sample marketplace: made through the engine, once, in a phase of each kind."""

from __future__ import annotations

import time
from pathlib import Path

import httpx

from amends.bootstrap import toolkit
from amends.entrypoints.cli.sampling import make_demo
from tests.entrypoints.cli.run import Terminal
from tests.entrypoints.cli.test_serve import served


def test_the_demo_has_every_phase_and_is_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    began = time.monotonic()
    database = make_demo(toolkit(), folder)
    assert time.monotonic() - began < 30
    terminal = Terminal(folder)
    assert terminal.database == database
    rows = [row.split() for row in terminal.out("disputes", "list").splitlines()[1:]]
    assert {row[1] for row in rows} == {
        "awaiting_seller", "awaiting_buyer", "mediation", "ruled", "appeal", "returning",
        "replacing", "settling", "closed",
    }  # fmt: skip
    assert terminal.out("db", "check") == "Nothing differs from the record.\n"
    changed = database.stat().st_mtime_ns
    assert make_demo(toolkit(), folder) == database
    assert database.stat().st_mtime_ns == changed

    with served(tmp_path, "demo", "--folder", "demo") as (address, process):
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(5)]
        links = [line.split()[-1] for line in said[:4]]
        assert [line.split()[0] for line in said[:4]] == [
            "buyer", "seller", "mediator", "supervisor",
        ]  # fmt: skip
        assert f"{address}/api/v1/docs" in said[4]
        assert httpx.get(f"{address}/api/v1/health").status_code == 200
        for link in links:
            assert link.startswith(f"{address}/enter/")
            assert httpx.get(link).status_code == 200


def test_the_demo_does_not_touch_a_folder_of_something_else(terminal: Terminal) -> None:
    terminal.file("diary.txt", "Dear diary")
    said = terminal.refused("demo", "--folder", str(terminal.folder), "--port", "0")
    assert "holds something else" in said
    assert [path.name for path in terminal.folder.iterdir()] == ["diary.txt"]
