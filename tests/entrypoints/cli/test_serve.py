"""The server as a process of its own: started, asked, stopped."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.entrypoints.cli.run import EXAMPLES, Terminal


@contextmanager
def served(folder: Path, *arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A running server's address, and its process."""
    command = [sys.executable, "-m", "amends", *arguments, "--port", "0"]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            address = next((word for word in line.split() if word.startswith("http")), "")
            yield address.rstrip(",."), process
        finally:
            if process.poll() is None:
                process.kill()


def test_a_sandbox_answers_and_stops_in_good_order(tmp_path: Path) -> None:
    with served(tmp_path, "serve", "--sandbox", "--database", "s.db") as (address, process):
        health = httpx.get(f"{address}/api/v1/health")
        assert health.status_code == 200
        headers = {"Authorization": "Bearer sandbox.admin.a1"}
        clock = httpx.get(f"{address}/api/v1/sandbox/clock", headers=headers)
        assert clock.json() == {"now": "2026-01-01T00:00:00Z"}
        assert httpx.get(f"{address}/").status_code == 303
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stderr is not None
        assert process.stderr.read() == "Stopped.\n"


def test_a_server_of_one_s_own_lets_nobody_in_by_name(terminal: Terminal) -> None:
    terminal.out("import", str(EXAMPLES / "feed.ndjson"))
    secret = terminal.out("keys", "create", "--role", "admin", "--person", "a1").strip()
    with served(terminal.folder, "serve", "--database", "amends.db") as (address, process):
        orders = f"{address}/api/v1/orders"
        by_name = {"Authorization": "Bearer sandbox.admin.a1"}
        assert httpx.get(orders, headers=by_name).status_code == 401
        by_key = {"Authorization": f"Bearer {secret}"}
        assert len(httpx.get(orders, headers=by_key).json()["items"]) == 40
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_a_sandbox_and_a_server_refuse_each_other_s_database(terminal: Terminal) -> None:
    terminal.out("import", str(EXAMPLES / "feed.ndjson"))
    said = terminal.refused("serve", "--sandbox", "--port", "0")
    assert "not made by a sandbox" in said
    sandbox = str(terminal.folder / "s.db")
    with served(terminal.folder, "serve", "--sandbox", "--database", sandbox) as (address, _):
        assert address
    said = terminal.refused("serve", "--port", "0", "--database", sandbox)
    assert "made by a sandbox" in said


def test_a_port_that_is_taken(terminal: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = terminal.refused("serve", "--port", port)
    assert f"Cannot listen on port {port} of 127.0.0.1: Address already in use." in said
    assert not terminal.database.exists()


def test_help_needs_no_web_server(tmp_path: Path) -> None:
    names = "litestar", "uvicorn", "alembic", "PIL", "holidays"
    code = (
        "import sys; sys.argv = ['amends', '--help']\n"
        "from amends.bootstrap import main\n"
        "try: main()\n"
        f"finally: print([name for name in {names!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert "Order protection" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
