"""The sample marketplace: made through the engine, once, in a phase of each kind."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import get_args

import httpx

from amends.adapters.carriers.numbers import check_number
from amends.bootstrap import toolkit
from amends.dispute.state import Phase
from amends.entrypoints.cli.sampling import make_demo
from amends.entrypoints.demo.market import steps
from amends.entrypoints.demo.tries import TRIES
from amends.kernel.people import STAFF
from tests.entrypoints.cli.run import Terminal
from tests.entrypoints.cli.test_serve import served

DEMO = files("amends.entrypoints.demo")
EXAMPLES = Path(__file__).parents[3] / "examples"


def test_the_demo_has_every_phase_and_is_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    began = time.monotonic()
    database = make_demo(toolkit(), folder)
    # Far below it on a machine that has nothing else to do.
    assert time.monotonic() - began < 90
    terminal = Terminal(folder)
    assert terminal.database == database
    for phase in get_args(Phase):
        found = terminal.out("disputes", "list", "--phase", phase).splitlines()[1:]
        assert found, phase
    assert terminal.out("db", "check") == "Nothing differs from the record.\n"
    _every_desk_has_a_day(terminal)
    changed = database.stat().st_mtime_ns
    assert make_demo(toolkit(), folder) == database
    assert database.stat().st_mtime_ns == changed

    assert len(terminal.out("orders", "list", "--limit", "200").splitlines()) > 200
    with served(tmp_path, "demo", "--folder", "demo") as (address, process):
        assert process.stdout is not None
        assert f"{address}/api/v1/docs" in process.stdout.readline()
        assert httpx.get(f"{address}/api/v1/health").status_code == 200
        first = httpx.get(address, follow_redirects=True)
        assert first.url.path == "/sandbox"
        for one in TRIES:
            assert f"Be {one.actor.person}" in first.text
            with httpx.Client(base_url=address, follow_redirects=True) as browser:
                who = {"role": one.actor.role.value, "person": one.actor.person, "at": one.at}
                entered = browser.post("/sandbox/enter", data=who)
                assert (entered.status_code, entered.url.path) == (200, one.at)
                assert one.actor.person in entered.text


def _every_desk_has_a_day(terminal: Terminal) -> None:
    support = terminal.out("support", "list")
    for kind in ("follow_up", "message", "raised", "missing_money", "goodwill"):
        assert kind in support
    assert "vera" in support, "something is with a supervisor"
    tasks = terminal.out("money", "tasks")
    for kind in ("difference", "missing_money", "refund_failed"):
        assert kind in tasks
    assert "unknown" in terminal.out("money", "refunds", "--state", "unknown")
    staff = terminal.out("staff", "list")
    assert {one.actor.person for one in TRIES if one.actor.role in STAFF} <= set(staff.split())
    assert "not set up" in staff
    assert "disabled" in staff
    queue = terminal.out("queue", "list", "--who", "sofia")
    assert all(f"C-300{n}-D1" in queue for n in (1, 2, 3))


def test_no_parcel_of_the_sample_has_an_impossible_number() -> None:
    sent = [
        *(step.feed for step in steps(datetime(2026, 6, 1, tzinfo=UTC), orders=300)),
        *(json.loads(line) for line in (EXAMPLES / "feed.ndjson").read_text().splitlines()),
        *(json.loads(line) for line in DEMO.joinpath("cases.ndjson").read_text().splitlines()),
    ]
    parcels = [line for line in sent if line and line["type"] == "shipment"]
    assert {p["carrier"] for p in parcels} > {"DHL", "FedEx", "Japan Post EMS", "Royal Mail"}
    for parcel in parcels:
        carrier, number = parcel["carrier"], parcel["tracking_number"]
        assert check_number(carrier, number).status != "invalid", f"{carrier} {number}"


def test_the_demo_does_not_touch_a_folder_of_something_else(terminal: Terminal) -> None:
    terminal.file("diary.txt", "Dear diary")
    said = terminal.refused("demo", "--folder", str(terminal.folder), "--port", "0")
    assert "holds something else" in said
    assert [path.name for path in terminal.folder.iterdir()] == ["diary.txt"]
