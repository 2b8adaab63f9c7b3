"""Several processes behind one port, as somebody starts and stops them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.entrypoints.cli.run import Terminal
from tests.entrypoints.cli.test_serve import served

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks into /proc")


def children(pid: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def serving(pid: int) -> bool:
    """Whether the process lives, and is not only waiting to be missed."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end, "it did not happen within thirty seconds"
        time.sleep(0.05)


def healthy(address: str, times: int) -> bool:
    return all(
        httpx.get(f"{address}/api/v1/health", timeout=30).status_code == 200 for _ in range(times)
    )


def test_workers_share_a_port_and_one_that_dies_is_started_again(tmp_path: Path) -> None:
    with served(tmp_path, "serve", "--workers", "2", "--database", "a.db") as (address, process):
        assert healthy(address, 6)
        until(lambda: len(children(process.pid)) == 2)
        first, second = children(process.pid)
        os.kill(first, signal.SIGKILL)
        until(lambda: first not in children(process.pid) and len(children(process.pid)) == 2)
        assert second in children(process.pid)
        assert healthy(address, 6)
        all_of_them = children(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert not any(map(serving, all_of_them))
        assert process.stderr is not None
        *logged, last = process.stderr.read().splitlines()
        assert last == "Stopped."
        died = [line for line in logged if '"event": "worker_died"' in line]
        assert len(died) == 1
        assert '"code": -9' in died[0]
        assert not [line for line in logged if "Traceback" in line or "failed" in line]


def test_workers_do_not_outlive_the_one_that_started_them(tmp_path: Path) -> None:
    with served(tmp_path, "serve", "--workers", "2", "--database", "a.db") as (address, process):
        assert healthy(address, 2)
        until(lambda: len(children(process.pid)) == 2)
        left = children(process.pid)
        process.kill()
        process.wait(30)
        until(lambda: not any(map(serving, left)))


def test_a_worker_that_cannot_start_is_tried_again_and_says_why(tmp_path: Path) -> None:
    with served(tmp_path, "serve", "--workers", "2", "--database", "a.db") as (address, process):
        assert healthy(address, 1)
        until(lambda: len(children(process.pid)) == 2)
        (tmp_path / "a.db").rename(tmp_path / "away.db")
        (tmp_path / "a.db").mkdir()
        for worker in children(process.pid):
            os.kill(worker, signal.SIGKILL)
        assert process.stderr is not None
        said = iter(process.stderr.readline, "")
        assert any("does not have the schema" in line for line in said)
        (tmp_path / "a.db").rmdir()
        (tmp_path / "away.db").rename(tmp_path / "a.db")
        assert healthy(address, 4)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_sandbox_is_one_process(terminal: Terminal) -> None:
    said = terminal.refused("serve", "--sandbox", "--workers", "2", "--port", "0", code=2)
    assert "A sandbox is one process" in said
    assert not terminal.database.exists()
