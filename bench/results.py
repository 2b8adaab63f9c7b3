"""What was measured, where and when, as a file that later runs add to."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec
from msgspec import Struct

Measured = tuple[str, float, str, float | None]
"""A name, a value, its unit, and the floor measured beside it, if there is one."""

_LIBRARIES = ("amends", "litestar", "uvicorn", "msgspec", "psycopg")
_ROOT = Path(__file__).parents[1]


class Figure(Struct, frozen=True, omit_defaults=True):
    """A value and its floor, both in ``unit``."""

    name: str
    value: float
    unit: str
    floor: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the floor it is."""
        return self.value / self.floor if self.floor else None


class Run(Struct, frozen=True):
    """One part measured on one database. ``load``: how many processes wanted to run on the machine
    in the minute before. ``distributions``: by what, the values at each hundredth of all, from the
    first to the last."""

    part: str
    database: str
    orders: int
    at: datetime
    commit: str
    load: float
    figures: tuple[Figure, ...]
    distributions: dict[str, tuple[float, ...]] = {}

    def figure(self, name: str) -> Figure | None:
        """The figure of that name."""
        return next((figure for figure in self.figures if figure.name == name), None)


class Results(Struct):
    """All runs, the latest of each part on each database."""

    machine: str = ""
    versions: dict[str, str] = {}
    runs: list[Run] = []

    def add(self, run: Run) -> None:
        """Put it in place of the one before."""
        same = (run.part, run.database, run.orders)
        self.runs = [r for r in self.runs if (r.part, r.database, r.orders) != same] + [run]
        self.runs.sort(key=lambda r: (r.part, r.database, r.orders))
        self.machine, self.versions = machine(), versions()

    def find(self, part: str, database: str, orders: int) -> Run | None:
        """The run, if it was made."""
        wanted = (part, database, orders)
        return next((r for r in self.runs if (r.part, r.database, r.orders) == wanted), None)


def read(path: Path) -> Results:
    """What the file holds; nothing when there is none."""
    return msgspec.json.decode(path.read_bytes(), type=Results) if path.exists() else Results()


def write(path: Path, results: Results) -> None:
    """Keep it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")


def now() -> datetime:
    """To the second."""
    return datetime.now(UTC).replace(microsecond=0)


def commit() -> str:
    """What the working tree was at, with a plus sign when it held more than that."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty=+", "--exclude=*"],
        cwd=_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return described.stdout.strip() or "unknown"


def machine() -> str:
    """Processor, cores and memory."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def versions() -> dict[str, str]:
    """Of what takes part."""
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: version(name) for name in _LIBRARIES},
    }
