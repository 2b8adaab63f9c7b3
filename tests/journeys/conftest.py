"""A server of its own for each file of journeys on each kind of database, so that its clock is
nobody else's."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

from tests.journeys.market import Market
from tests.postgres_server import Server as DatabaseServer

_PATIENCE = 60
# Every commit is forced to the disk; what is proven here does not need one.
MEMORY = Path("/dev/shm")  # noqa: S108


class Server:
    """``amends serve --sandbox`` on ``database``, in a process of its own and in ``folder``."""

    def __init__(self, folder: Path, database: str) -> None:
        self.told = folder / "told.txt"
        amends = str(Path(sys.executable).parent / "amends")
        with self.told.open("wb") as out:
            self.process = subprocess.Popen(
                [amends, "serve", "--sandbox", "--port", "0", "--database", database],
                stdout=out, stderr=subprocess.STDOUT, cwd=folder,
            )  # fmt: skip
        self.market = Market(_address(self.process, self.told))

    def end(self) -> None:
        """Stopped in good order, without having failed at anything."""
        self.market.http.close()
        self.process.terminate()
        self.process.wait(30)
        assert "Traceback" not in self.told.read_text(), self.told.read_text()

    def kill(self) -> None:
        """Stopped between two instructions."""
        self.market.http.close()
        self.process.kill()
        self.process.wait(30)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of database; a file for which it is of no account says which."""
    assert isinstance(request.param, str)
    return request.param


@pytest.fixture(scope="module")
def new_database(kind: str, request: pytest.FixtureRequest) -> Iterator[Callable[[Path], str]]:
    """Makes a database for a server whose folder is given."""
    with ExitStack() as stack:

        def made(folder: Path) -> str:
            if kind == "sqlite":
                return str(folder / "a.db")
            server: DatabaseServer = request.getfixturevalue("postgres")
            return stack.enter_context(server.database())

        yield made


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for a server of one test."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as made:
        yield Path(made)


@pytest.fixture(scope="module")
def market(new_database: Callable[[Path], str]) -> Iterator[Market]:
    """The sandbox that the tests of a file share."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as made:
        server = Server(Path(made), new_database(Path(made)))
        try:
            yield server.market
        finally:
            server.end()


def _address(server: subprocess.Popen[bytes], told: Path) -> str:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and server.poll() is None:
        said = told.read_text()
        if "http://" in said and said.endswith("\n"):
            address = said[said.index("http://") :].split(",")[0].split()[0]
            try:
                if httpx.get(f"{address}/api/v1/health").status_code == 200:
                    return address
            except httpx.TransportError:
                pass
        time.sleep(0.05)
    raise AssertionError(f"the sandbox did not start: {told.read_text()}")
